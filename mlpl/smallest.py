"""SSA and code with the fewest cells, for the level `Os`.

Passes weigh cells before it is known what later ones make of their work: what was inlined, or
unrolled, for fewer steps can fold away, and so can what was selected for them. So the ways are
tried, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mlpl.backend.subleq.compile import Allocation, allocate, assemble, select_module
from mlpl.backend.subleq.costs import SubleqCosts
from mlpl.backend.subleq.layout import TooLargeError
from mlpl.ir.module import Module
from mlpl.ir.pipeline import optimize
from mlpl.ir.remarks import Remark

_TRIED = (("Os", (True,)), ("O2", (True, False)))
"""Levels to optimize for, with whether selection then weighs cells before steps."""


class Smallest(NamedTuple):
    """SSA after passes, its code for few cells, and what the passes did."""

    module: Module
    allocation: Allocation
    remarks: tuple[Remark, ...]


def smallest(module: Module) -> Smallest:
    """Returns what takes the fewest cells of the ways to optimize a module.

    Args:
        module: as it was built.
    """
    return min((made for level, ways in _TRIED for made in _made(module, level, ways)), key=_cells)


def _made(module: Module, level: str, ways: Iterable[bool]) -> Iterator[Smallest]:
    remarks: list[Remark] = []
    optimized = optimize(module, level, costs=SubleqCosts(), listen=remarks.append)
    for small in ways:
        allocation = allocate(select_module(optimized, small=small))
        yield Smallest(optimized, allocation, tuple(remarks))


def _cells(made: Smallest) -> int:
    try:
        return len(assemble(made.allocation).assembly.words())
    except TooLargeError as error:
        return error.needed
