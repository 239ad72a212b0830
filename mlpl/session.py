"""A run of a program: prepared, driven, and read when it is over or was interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from mlpl.backend.subleq.drive import Reader, Writer, drive
from mlpl.backend.subleq.engine import Change, Engine
from mlpl.backend.subleq.halting import read_halt
from mlpl.backend.subleq.image import Image, Variable
from mlpl.backend.subleq.state import State, Words
from mlpl.base.words import unsigned
from mlpl.driver import Compilation
from mlpl.errors import UndefinedError
from mlpl.result import Result
from mlpl.values import Value, read_value

if TYPE_CHECKING:
    from mlpl.lang.interpreter import Outcome

_NORMAL_END = -1
"""The halt code of a compiled program that was not trapped (M2.11)."""


class Session(Protocol):
    """A run."""

    def warm_up(self) -> None:
        """Makes sure that what runs the program is loaded, so that the run can be timed."""

    def run(self, reader: Reader, writer: Writer, max_steps: int | None = None) -> None:
        """Runs to the end, or to `max_steps` steps; after an exception, what was done stays."""

    def result(self, output: bytes = b"") -> Result:
        """Returns what the run has done by now; `output` is what the writer took."""


class MachineSession:
    """A run of an image in an engine."""

    def __init__(self, image: Image, engine: Engine, words: Sequence[Sequence[int]]) -> None:
        self.image = image
        self.engine = engine
        engine.restore(start_state(image, words))

    def warm_up(self) -> None:
        """Makes sure that what runs the program is loaded, so that the run can be timed."""
        self.engine.run(0)

    def run(self, reader: Reader, writer: Writer, max_steps: int | None = None) -> None:
        """Runs to the end, or to `max_steps` steps; after an exception, what was done stays."""
        drive(self.engine, reader, writer, max_steps=max_steps)

    def result(self, output: bytes = b"") -> Result:
        """Returns what the run has done by now; `output` is what the writer took."""
        engine = self.engine
        run = MachineRun(engine.state(), engine.changes(), engine.steps, engine.passes)
        return machine_result(self.image, run, output)


@dataclass(frozen=True, slots=True)
class MachineRun:
    """How far a machine has come.

    Attributes:
        state: where it stands.
        changes: what its last step altered.
        steps: counted from the start (M2.10).
        passes: of the network; the same as `steps` where there is none.
    """

    state: State
    changes: tuple[Change, ...]
    steps: int
    passes: int


def machine_result(
    image: Image, run: MachineRun, output: bytes, *, keeps_state: bool = True
) -> Result:
    """Returns what a run of an image has done, read from where its machine stands."""
    state = run.state
    finished = bool(state.pc >> (image.word_bits - 1))
    halt = read_halt(image, state, run.changes) if finished else None
    trap = halt.trap if halt else None
    return Result(
        value=_value(image, state) if halt and trap is None else None,
        output=output,
        steps=run.steps,
        passes=run.passes,
        halt=halt.code if halt else None,
        trap=trap,
        finished=finished,
        arrays={
            v.name: value
            for v in image.facts.arguments
            if isinstance(value := _read(image, state, v), list)
        },
        state=state if keeps_state else None,
    )


def _value(image: Image, state: State) -> int | bool | None:
    """Returns the entry's result after a normal end; None after `halt()` (L7.3)."""
    facts = image.facts
    if facts.result is None:
        return None
    if facts.returned is not None and not state.memory[facts.returned]:
        return None
    value = _read(image, state, facts.result)
    assert not isinstance(value, list)
    return value


def _read(image: Image, state: State, variable: Variable) -> Value:
    words = state.memory[variable.address : variable.address + variable.length].tolist()
    return read_value(words, variable.type, image.word_bits)


def start_state(image: Image, words: Sequence[Sequence[int]], begin: State | None = None) -> State:
    """Returns the state in which the run begins, with the arguments in memory (L7.1).

    Args:
        image: of the program.
        words: of each argument.
        begin: `image.start()`, which is copied, where many runs begin.
    """
    state = image.start() if begin is None else replace(begin, memory=begin.memory.copy())
    for variable, given in zip(image.facts.arguments, words, strict=True):
        cells: Words = state.memory[variable.address : variable.address + variable.length]
        cells[:] = [unsigned(word, image.word_bits) for word in given]
    return state


class InterpreterSession:
    """A run of a typed program in the reference interpreter."""

    def __init__(self, compilation: Compilation, words: Sequence[Sequence[int]]) -> None:
        self.compilation = compilation
        self.words = words
        self.outcome: Outcome | None = None

    def warm_up(self) -> None:
        """Does nothing: the interpreter is plain Python."""

    def run(self, reader: Reader, writer: Writer, max_steps: int | None = None) -> None:
        """Runs to the end, or to `max_steps` steps; after an exception, what was done stays."""
        from mlpl.lang.interpreter import Undefined, run

        try:
            self.outcome = run(
                self.compilation.typed,
                self.words,
                entry=self.compilation.entry.name,
                input=reader,
                output=writer,
                max_steps=max_steps,
            )
        except Undefined as error:
            message = str(error).removeprefix(f"{error.location}: ")
            raise UndefinedError(message, error.location) from error

    def result(self, output: bytes = b"") -> Result:
        """Returns what the run has done; nothing is known of one that did not end."""
        done, entry = self.outcome, self.compilation.entry
        if done is None:
            return Result(None, output, 0, 0, None, None, False, {})
        types = {parameter.name: str(parameter.type) for parameter in entry.parameters}
        w = self.compilation.options.word_bits
        return Result(
            value=done.value,
            output=output,
            steps=done.steps,
            passes=done.steps,
            halt=_NORMAL_END if done.finished and done.trap is None else None,
            trap=done.trap,
            finished=done.finished,
            arrays={n: _array(words, types[n], w) for n, words in done.arrays.items()},
        )


def _array(words: Sequence[int], type_: str, word_bits: int) -> list[Value]:
    value = read_value(words, type_, word_bits)
    assert isinstance(value, list)
    return value
