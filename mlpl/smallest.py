"""SSA and code with the fewest cells, for the level `Os`.

Passes weigh cells before it is known what later ones make of their work: what was inlined, or
unrolled, for fewer steps can fold away. So both ways are tried, and counted.
"""

from __future__ import annotations

from typing import NamedTuple

from mlpl.backend.subleq.compile import Allocation, allocate, assemble, select_module
from mlpl.backend.subleq.costs import SubleqCosts
from mlpl.backend.subleq.layout import TooLargeError
from mlpl.ir.module import Module
from mlpl.ir.pipeline import optimize
from mlpl.ir.remarks import Remark

_TRIED = ("Os", "O2")


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
    return min((_made(module, level) for level in _TRIED), key=_cells)


def _made(module: Module, level: str) -> Smallest:
    remarks: list[Remark] = []
    optimized = optimize(module, level, costs=SubleqCosts(), listen=remarks.append)
    return Smallest(optimized, allocate(select_module(optimized, small=True)), tuple(remarks))


def _cells(made: Smallest) -> int:
    try:
        return len(assemble(made.allocation).assembly.words())
    except TooLargeError as error:
        return error.needed
