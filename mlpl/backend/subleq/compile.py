"""SSA to image: the stages of the back end, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.backend.subleq.calls import Way, back_of, ways
from mlpl.backend.subleq.color import Coloring, color
from mlpl.backend.subleq.early_tests import with_early_tests
from mlpl.backend.subleq.expand import CELLS, expand
from mlpl.backend.subleq.facts import collect
from mlpl.backend.subleq.forwarding import with_forwarding
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.layout import Layout, lay_out
from mlpl.backend.subleq.linkage import Linkage, link
from mlpl.backend.subleq.merge_tails import merge_tails
from mlpl.backend.subleq.negatives import with_negatives
from mlpl.backend.subleq.peephole import tidy
from mlpl.backend.subleq.saving import save_live
from mlpl.backend.subleq.select import block_label, select
from mlpl.backend.subleq.selected import Label, SelectedFunction, Sub, exit_of, spell
from mlpl.ir.module import Function, Module


@dataclass(frozen=True, slots=True)
class Selected:
    """A program as SUBLEQ over virtual cells.

    Attributes:
        linkage: what the functions know about each other.
        functions: by name, the entry first.
        small: whether few cells matter more than few steps.
    """

    linkage: Linkage
    functions: Mapping[str, SelectedFunction]
    small: bool = False

    def text(self) -> str:
        """Returns the code for people."""
        lines = []
        for function in self.functions.values():
            parameters = ", ".join(map(str, function.parameters))
            lines += [f"function {function.name}({parameters})", *map(spell, function.items), ""]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Places for all virtual cells, and the code with them.

    Attributes:
        selected: what was allocated.
        coloring: places of the virtual cells.
        ways: how each function returns.
        codes: by function, plain SUBLEQ.
    """

    selected: Selected
    coloring: Coloring
    ways: Mapping[str, Way]
    codes: Mapping[str, tuple[Sub | Label, ...]]

    def text(self) -> str:
        """Returns which virtual cells share which place, for people."""
        members: list[list[str]] = [[] for _ in range(self.coloring.size)]
        for cell, number in self.coloring.colors.items():
            members[number].append(f"{cell.function}{cell}")
        lines = [f"{self.coloring.size} cells"]
        lines += [f"  {number}: {' '.join(names)}" for number, names in enumerate(members)]
        return "\n".join(lines) + "\n"


def select_module(module: Module, *, small: bool = False) -> Selected:
    """Returns the program as SUBLEQ over virtual cells.

    Args:
        module: verified.
        small: whether few cells matter more than few steps.
    """
    linkage = link(module, small=small)
    functions: dict[str, SelectedFunction] = {}
    waiting = [module.entry]
    while waiting:
        name = waiting.pop()
        if name not in functions:
            if name in linkage.plan.shared:
                functions[name] = linkage.plan.shared[name].function
            else:
                functions[name] = _selected(module.functions[name], linkage)
            waiting += reversed(functions[name].callees)
    return Selected(linkage, functions, small)


def _selected(function: Function, linkage: Linkage) -> SelectedFunction:
    blocks = frozenset(block_label(function.name, block.name) for block in function.blocks)
    direct = with_forwarding(select(function, linkage), blocks)
    chosen = with_negatives(direct, blocks, small=linkage.small)
    return save_live(chosen if linkage.small else with_early_tests(chosen))


def allocate(selected: Selected) -> Allocation:
    """Returns the program with a place for every virtual cell."""
    functions, linkage = selected.functions, selected.linkage
    coloring = color(functions)
    returns = ways(linkage, functions)
    outside = frozenset(
        label
        for name, function in functions.items()
        for label in (function.entry, back_of(name), exit_of(name).label)
    )
    expanded = {name: expand(name, functions, coloring, linkage, returns) for name in functions}
    entries = {label for name in functions for label in (functions[name].entry, back_of(name))}
    entries |= linkage.sites.by_label.keys()
    w = linkage.module.word_bits
    held, small = outside | entries, selected.small

    def finished(code: tuple[Sub | Label, ...]) -> tuple[Sub | Label, ...]:
        tidied = tidy(code, outside, entries, CELLS, w)
        merged = merge_tails(tidied, held, small=small)
        return tidied if merged is tidied else finished(merged)

    codes = {name: finished(code) for name, code in expanded.items()}
    return Allocation(selected, coloring, returns, codes)


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
        selected.linkage, selected.functions, allocation.coloring, allocation.codes, memory
    )


def make_image(allocation: Allocation, layout: Layout) -> Image:
    """Returns the words, with their facts."""
    module = allocation.selected.linkage.module
    facts = collect(
        allocation.selected.linkage,
        allocation.selected.functions,
        allocation.coloring,
        allocation.ways,
        allocation.codes,
        layout,
    )
    return Image(layout.assembly.words(), module.word_bits, layout.memory, facts=facts)
