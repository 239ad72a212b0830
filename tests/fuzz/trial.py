"""One case on the ladder, rung by rung; what fails is named after the stage that is to blame."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.base.traps import TrapKind
from mlpl.driver import Compilation
from mlpl.ir.module import Module
from mlpl.ir.pipeline import PASSES
from mlpl.ir.verify import require_valid
from mlpl.lang.entry import parse_arguments
from mlpl.lang.interpreter import Undefined
from mlpl.options import NARROWEST_COMPILED, Options
from mlpl.program import Program
from tests.fuzz.case import Case
from tests.fuzz.coverage import features
from tests.ladder import (
    Difference,
    Said,
    agree,
    by_interpreter,
    by_ir,
    climb_engines,
    climb_passes,
)

Words = Sequence[Sequence[int]]

STEPS = 300_000
"""Iterations and calls in the interpreter; generated programs take far fewer."""
ROOM = 4
"""Times the memory that a program gets where its recursion did not fit."""


class Verdict(Enum):
    """How a climb ended that found no fault."""

    AGREED = "agreed"
    TOO_LARGE = "too large for its words"
    UNDEFINED = "undefined without checks"
    OVERFLOWED = "out of stack"


class Failure(Exception):  # noqa: N818 - what a fuzzer looks for
    """A rung differs, or something broke.

    Attributes:
        stage: the rung, or the stage that broke.
        kind: "difference", or the name of the exception.
    """

    def __init__(self, stage: str, kind: str, detail: str) -> None:
        super().__init__(f"{stage}: {kind}\n{detail}")
        self.stage = stage
        self.kind = kind
        self.detail = detail

    @property
    def signature(self) -> tuple[str, str]:
        """What stays the same while a failure is made smaller."""
        return self.stage, self.kind


def run(case: Case) -> Verdict:
    """Climbs with a case.

    Raises:
        Failure: at the first rung that differs or breaks.
    """
    with _beside(case) as folder:
        return _Trial(case, folder).run()


def shown(case: Case) -> set[str]:
    """Returns what of the language a case has and does, by the interpreter; see `coverage`."""
    with _beside(case) as folder:
        trial = _Trial(case, folder)
        compilation = trial.compilation(case.levels[0])
        words = parse_arguments(compilation.entry, case.arguments, case.word_bits)
        try:
            said = by_interpreter(compilation, words, case.input, STEPS)
        except Undefined:
            return features(compilation, None)
        return features(compilation, said.trap[0] if said.trap else None)


@contextmanager
def _beside(case: Case) -> Iterator[str | None]:
    """Gives the folder that has the case's modules, or None."""
    if not case.modules:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, text in case.modules.items():
            Path(folder, f"{name}.mlpl").write_text(text)
        yield folder


@contextmanager
def _blaming(stage: str) -> Iterator[None]:
    """Turns every exception inside into a Failure of the stage; a Difference names its own."""
    try:
        yield
    except Failure:
        raise
    except Difference as difference:
        raise Failure(difference.stage, "difference", str(difference)) from difference
    except CompileError as error:
        if any(d.rule == "program-too-large" for d in error.diagnostics):
            raise
        raise Failure(stage, "rejected", str(error.diagnostics[0])) from error
    except Exception as error:
        raise Failure(stage, type(error).__name__, str(error)) from error


class _Trial:
    """The climb of one case; the stages up to the IR are shared by all levels."""

    def __init__(self, case: Case, folder: str | None) -> None:
        self.case = case
        self.folder = folder

    def run(self) -> Verdict:
        case = self.case
        compilation = self.compilation(case.levels[0])
        with _blaming("check"):
            entry = compilation.entry
            words = parse_arguments(entry, case.arguments, case.word_bits)
        try:
            with _blaming("interpreter"):
                expected = by_interpreter(compilation, words, case.input, STEPS)
        except Failure as failure:
            if isinstance(failure.__cause__, Undefined) and not case.checked:
                return Verdict.UNDEFINED
            raise
        if expected.trap is not None and expected.trap[0] is TrapKind.STACK_OVERFLOW:
            return Verdict.OVERFLOWED
        with _blaming("ir"):
            module = require_valid(compilation.ir, "build")
            agree("ir", expected, by_ir(module, words, case.input))
        self._passes(module, words, expected)
        return self._levels(compilation, words, expected)

    def compilation(self, level: str, memory: int | None = None) -> Compilation:
        """Returns the case's compilation at a level; nothing is made yet."""
        case = self.case
        options = Options(case.word_bits, level, case.checked, "main", memory)
        return Compilation(Source("test.mlpl", case.source), options, base_directory=self.folder)

    def _passes(self, module: Module, words: Words, expected: Said) -> None:
        """Climbs through the passes in the order of the case."""
        done: list[str] = []
        for name in self.case.passes:
            done.append(name)
            with _blaming(f"{name} in any order"):
                after = require_valid(PASSES[name](module), name, module)
                if after != module:
                    found = by_ir(after, words, self.case.input)
                    agree(f"{name} in any order", expected, found)
            module = after

    def _levels(self, shared: Compilation, words: Words, expected: Said) -> Verdict:
        verdict = Verdict.AGREED
        for level in self.case.levels:
            compilation = self._share(shared, level)
            with _blaming(f"passes at {level}"):
                module = climb_passes(compilation.ir, words, self.case.input, level, expected)
                vars(compilation)["optimized"] = module
            if self.case.word_bits < NARROWEST_COMPILED:
                continue
            try:
                with _blaming(f"back end at {level}"):
                    _ = compilation.image
            except CompileError:
                verdict = Verdict.TOO_LARGE
                continue
            if not self._machines(compilation, words, expected):
                verdict = Verdict.OVERFLOWED
        return verdict

    def _share(self, shared: Compilation, level: str, memory: int | None = None) -> Compilation:
        """Returns a compilation at another level or memory that shares what does not depend."""
        compilation = self.compilation(level, memory)
        for stage in ("checked", "entry", "ir"):
            vars(compilation)[stage] = getattr(shared, stage)
        return compilation

    def _machines(self, compilation: Compilation, words: Words, expected: Said) -> bool:
        """Climbs the machine and the network; False where the stack has too little room."""
        level = compilation.options.level
        engines = ("machine", "network") if self.case.network else ("machine",)
        try:
            self._engines(compilation, words, expected, engines)
        except Failure as failure:
            if TrapKind.STACK_OVERFLOW.name not in failure.detail.partition("found")[2]:
                raise
            memory = ROOM * compilation.image.memory
            if memory > 1 << (self.case.word_bits - 1):
                return False
            larger = self._share(compilation, level, memory)
            self._engines(larger, words, expected, engines)
        return True

    def _engines(
        self, compilation: Compilation, words: Words, expected: Said, engines: Sequence[str]
    ) -> None:
        level = compilation.options.level
        try:
            with _blaming(f"engines at {level}"):
                climb_engines(Program(compilation), words, self.case.input, engines, expected)
        except Failure as failure:
            if failure.kind == "difference":
                failure.stage = f"{failure.stage} at {level}"
            raise
