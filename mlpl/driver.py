"""The stages of a compilation, each made once, when it is first asked for.

A stage is imported when it is made: to check a program takes no back end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mlpl.base.diagnostics import CompileError, Diagnostic
from mlpl.base.source import Source
from mlpl.errors import unknown
from mlpl.options import NARROWEST_COMPILED, STAGES, Options

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network
    from mlpl.backend.subleq.assembly import Assembly
    from mlpl.backend.subleq.compile import Allocation, Selected
    from mlpl.backend.subleq.image import Image
    from mlpl.backend.subleq.layout import Layout, TooLargeError
    from mlpl.ir.module import Module
    from mlpl.ir.remarks import Remark
    from mlpl.lang import syntax, typed
    from mlpl.lang.check import Checked
    from mlpl.lang.typed import Function
    from mlpl.smallest import Smallest

LINKED = ("math", "bits", "text")
"""Modules of the library whose functions the compiler calls where the program has operators,
`print` or `read`."""


_FAST, _SMALL = ("O1", "O2"), "Os"
"""Levels for few steps, and the one for few cells that stands in where their code does not fit."""


class _Placed(NamedTuple):
    """Code that has its place in memory, and the level that it was made at."""

    level: str
    allocation: Allocation
    layout: Layout


class Compilation:
    """A source on its way to a network; every stage is an attribute.

    Attributes:
        source: the main file.
        options: how it is compiled.
        on_stage: is told the name of each stage before the stage is made.
    """

    def __init__(
        self,
        source: Source,
        options: Options | None = None,
        *,
        base_directory: str | Path | None = None,
        on_stage: Callable[[str], object] = lambda stage: None,
    ) -> None:
        self.source = source
        self.options = options or Options()
        self.on_stage = on_stage
        self._base_directory = base_directory
        self._remarks: list[Remark] = []

    def with_options(self, **changes: Any) -> Compilation:
        """Returns a compilation of the same source, not begun, with some options changed."""
        options = replace(self.options, **changes)
        return Compilation(self.source, options, base_directory=self._base_directory)

    @cached_property
    def syntax(self) -> syntax.Module:
        """The main file as it is written.

        Raises:
            CompileError: it is not a text of the language.
        """
        from mlpl.lang.parse import parse

        return parse(self.source)

    @cached_property
    def checked(self) -> Checked:
        """The typed program and the warnings about it.

        Raises:
            CompileError: the program breaks a rule of the language.
        """
        from mlpl.lang.check import check

        self.on_stage("typed")
        return check(
            self.source,
            word_bits=self.options.word_bits,
            checked=self.options.checked,
            entry=self.options.entry,
            paths=self.options.paths,
            base_directory=self._base_directory,
            extra_modules=LINKED,
        )

    @property
    def typed(self) -> typed.Program:
        """The program with names resolved and every expression typed."""
        return self.checked.program

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is odd about the program, without being wrong."""
        return tuple(self.checked.warnings)

    @cached_property
    def entry(self) -> Function:
        """The function in which the program starts.

        Raises:
            CompileError: there is none, or its parameters cannot be inputs (L7.1).
        """
        from mlpl.lang.entry import check_entry

        return check_entry(self.typed, self.options.entry)

    @property
    def has_entry(self) -> bool:
        """Whether there is a function of the entry's name; a module to import needs none."""
        return self.options.entry in self.typed.functions

    @cached_property
    def ir(self) -> Module:
        """SSA, not optimised, library linked."""
        from mlpl.ir.build import build

        entry = self.entry.name
        self.on_stage("ir")
        return build(self.typed, entry)

    @cached_property
    def optimized(self) -> Module:
        """SSA after the passes of the level."""
        from mlpl.backend.subleq.costs import SubleqCosts
        from mlpl.ir.pipeline import optimize

        module = self.ir
        self.on_stage("optimized")
        self._remarks.clear()
        if self._counts_cells:
            self._remarks += self._smallest.remarks
            return self._smallest.module
        return optimize(
            module, self.options.level, costs=SubleqCosts(), listen=self._remarks.append
        )

    @property
    def remarks(self) -> tuple[Diagnostic, ...]:
        """What the passes of the level did where, and what they did not, and why.

        One more where the image is that of another level.
        """
        from mlpl.ir.remarks import Remark
        from mlpl.remarks import remark_diagnostics

        _ = self.optimized
        found = [*self._remarks]
        if self._fits_small_only:
            message = (
                f"the code of `-{self.options.level}` does not fit: that of `-{_SMALL}` is taken"
            )
            found.append(Remark(True, "", message, by="fit"))
        return tuple(remark_diagnostics(found, self.sources))

    @cached_property
    def selected(self) -> Selected:
        """SUBLEQ over virtual cells.

        Raises:
            UsageError: words are too narrow.
        """
        from mlpl.backend.subleq.compile import select_module

        self.options.check_compiled()
        module = self.optimized
        self.on_stage("selected")
        return self._smallest.allocation.selected if self._counts_cells else select_module(module)

    @cached_property
    def allocation(self) -> Allocation:
        """SUBLEQ over memory cells."""
        from mlpl.backend.subleq.compile import allocate

        selected = self.selected
        self.on_stage("allocation")
        return self._smallest.allocation if self._counts_cells else allocate(selected)

    @property
    def _counts_cells(self) -> bool:
        return self.options.level == _SMALL and self.options.word_bits >= NARROWEST_COMPILED

    @cached_property
    def _smallest(self) -> Smallest:
        """SSA and code with the fewest cells."""
        from mlpl.smallest import smallest

        return smallest(self.ir)

    @cached_property
    def _placed(self) -> _Placed:
        """The code in its place: that of the level, or if it does not fit, that for few cells."""
        from mlpl.backend.subleq.compile import assemble
        from mlpl.backend.subleq.layout import TooLargeError

        allocation, level = self.allocation, self.options.level
        self.on_stage("assembly")
        try:
            return _Placed(level, allocation, assemble(allocation, self.options.memory))
        except TooLargeError as error:
            if level not in _FAST:
                raise CompileError([self._too_large(error)]) from error
        return self.with_options(level=_SMALL)._placed

    @property
    def level(self) -> str:
        """The level of the image: that of the options, or `Os` where only its code fits.

        Raises:
            CompileError: no code fits.
        """
        return self._placed.level

    @property
    def _fits_small_only(self) -> bool:
        if self.options.word_bits < NARROWEST_COMPILED:
            return False
        try:
            return self.level != self.options.level
        except CompileError:  # reported when the image is asked for
            return False

    @property
    def layout(self) -> Layout:
        """Where everything goes in memory.

        Raises:
            CompileError: it does not fit.
        """
        return self._placed.layout

    @property
    def assembly(self) -> Assembly:
        """Labels, instructions with their source lines, data."""
        return self.layout.assembly

    @cached_property
    def _made_image(self) -> Image:
        """The words and what is known about them; no cell is fixed."""
        from mlpl.backend.subleq.compile import make_image

        placed = self._placed
        self.on_stage("image")
        return make_image(placed.allocation, placed.layout)

    @cached_property
    def image(self) -> Image:
        """The words and what is known about them; baked if the options say so.

        Raises:
            UsageError: the options name cells that the memory does not have.
        """
        if not self.options.bake:
            return self._made_image
        from mlpl.networks import bake_image

        written = self.options.written
        cells = None if written is None else chain.from_iterable(written)
        return bake_image(self._made_image, cells, self.source.path)

    def baked(self, written: Iterable[int] | None = None) -> Compilation:
        """Returns this compilation, with the stages that are made, on its way to a baked network.

        Args:
            written: the cells that a run may write; None for what the compiler knows.
        """
        again = copy(self)
        cells = None if written is None else (tuple(written),)
        again.options = replace(self.options, bake=True, written=cells)
        for stage in ("image", "network"):
            again.__dict__.pop(stage, None)
        return again

    @cached_property
    def network(self) -> Network:
        """The looped network that executes the image.

        Raises:
            CompileError: it would not fit the memory of this computer.
        """
        from mlpl.networks import network_of

        image = self.image
        self.on_stage("network")
        options = self.options
        return network_of(image, options.construction, self.source.path, options.clean)

    def text(self, stage: str) -> str:
        """Returns a stage as text for people; `ir`, `assembly` and `image` can be read back.

        Raises:
            UsageError: there is no such stage.
            CompileError: the program is rejected before it gets there.
        """
        match stage:
            case "syntax" | "typed":
                from mlpl.outline import outline, typed_outline

                return outline(self.syntax) if stage == "syntax" else typed_outline(self.typed)
            case "ir" | "optimized":
                from mlpl.ir.text import module_text

                return module_text(self.ir if stage == "ir" else self.optimized)
            case "selected" | "allocation" | "assembly":
                made: Selected | Allocation | Assembly = getattr(self, stage)
                return made.text()
            case "image":
                from mlpl.backend.subleq.decimal_text import write_decimal

                return write_decimal(self.image)
            case "network":
                from mlpl.networks import network_text

                return network_text(self.network)
            case _:
                raise unknown("stage", stage, STAGES)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The files of the program by path, as far as functions are declared in them."""
        found = {self.source.path: self.source}
        for function in self.typed.functions.values():
            found.setdefault(function.span.source.path, function.span.source)
        return found

    def _too_large(self, error: TooLargeError) -> Diagnostic:
        memory = self.options.memory
        if memory is not None and error.limit == memory:
            remedy = f"`--memory {error.needed}` or more has room for it"
        else:
            remedy = "wider words address more cells: `--word-bits`"
            if self.options.level != _SMALL:
                remedy += "; `-Os` makes programs smaller"
        return Diagnostic("program-too-large", str(error), help=remedy, path=self.source.path)
