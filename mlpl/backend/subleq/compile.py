"""SSA to image: the stages of the back end, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.backend.subleq.color import Coloring, color
from mlpl.backend.subleq.expand import expand
from mlpl.backend.subleq.facts import collect
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.layout import Layout, lay_out
from mlpl.backend.subleq.linkage import Linkage, back_of, exit_of, link
from mlpl.backend.subleq.peephole import tidy
from mlpl.backend.subleq.select import select
from mlpl.backend.subleq.selected import Label, SelectedFunction, Sub, spell
from mlpl.ir.module import Module


@dataclass(frozen=True, slots=True)
class Selected:
    """A program as SUBLEQ over virtual cells.

    Attributes:
        linkage: what the functions know about each other.
        functions: by name, the entry first.
    """

    linkage: Linkage
    functions: Mapping[str, SelectedFunction]

    def text(self) -> str:
        """Returns the code for people."""
        lines = []
        for function in self.functions.values():
            parameters = ", ".join(map(str, function.parameters))
            lines += [f"function {function.name}({parameters})", *map(spell, function.items), ""]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The cells of every function's frame, and the code with them.

    Attributes:
        selected: what was allocated.
        colorings: by function.
        codes: by function, plain SUBLEQ.
    """

    selected: Selected
    colorings: Mapping[str, Coloring]
    codes: Mapping[str, tuple[Sub | Label, ...]]

    def text(self) -> str:
        """Returns which virtual cells share which cell of the frame, for people."""
        lines = []
        for name, function in self.selected.functions.items():
            coloring = self.colorings[name]
            names = {c.id: str(c) for c in function.cells()}
            lines.append(f"function {name}: {coloring.size} cells")
            for number in range(coloring.size):
                members = sorted(i for i, c in coloring.colors.items() if c == number)
                lines.append(f"  {number}: {' '.join(names.get(i, f'%{i}') for i in members)}")
        return "\n".join(lines) + "\n"


def select_module(module: Module) -> Selected:
    """Returns the program as SUBLEQ over virtual cells.

    `module` must be verified and free of ops that have routines.
    """
    linkage = link(module)
    names = [module.entry, *(n for n in module.functions if n != module.entry)]
    return Selected(linkage, {n: select(module.functions[n], linkage) for n in names})


def allocate(selected: Selected) -> Allocation:
    """Returns the program with a cell of a frame for every virtual cell."""
    functions, linkage = selected.functions, selected.linkage
    colorings = {name: color(function) for name, function in functions.items()}
    outside = frozenset(
        label for f in functions for label in (linkage.entry(f), back_of(f), exit_of(f).label)
    )
    codes = {
        name: tidy(expand(function, colorings, linkage), outside)
        for name, function in functions.items()
    }
    return Allocation(selected, colorings, codes)


def assemble(allocation: Allocation, memory: int | None = None) -> Layout:
    """Returns the program with labels for addresses, and everything's place.

    Args:
        allocation: the program.
        memory: n; None for what it needs (M3.4).

    Raises:
        TooLargeError: it does not fit.
    """
    selected = allocation.selected
    return lay_out(
        selected.linkage, selected.functions, allocation.colorings, allocation.codes, memory
    )


def make_image(allocation: Allocation, layout: Layout) -> Image:
    """Returns the words, with their facts."""
    module = allocation.selected.linkage.module
    facts = collect(
        allocation.selected.linkage,
        allocation.selected.functions,
        allocation.colorings,
        allocation.codes,
        layout,
    )
    return Image(layout.assembly.words(), module.word_bits, layout.memory, facts=facts)
