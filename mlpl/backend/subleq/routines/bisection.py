"""Finds how many bits a number has, by bisection over powers of two."""

from __future__ import annotations

from collections.abc import Callable

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.selected import Cell


class Bisection:
    """Writes a decision tree over the bit length of the number v >= 0 in a cell.

    The cell holds v + 1 before. Each test subtracts the difference of two thresholds and takes one
    step; after the test against t it holds v + 1 - t, and v >= t where that is positive.
    """

    def __init__(self, out: Builder, cell: Cell, found: Callable[[int, bool], None]) -> None:
        """Prepares a tree; `found(length, exceeded)` writes a leaf.

        At a leaf the cell holds v + 1 - 2^(length - 1) if `exceeded`, else v + 1 - 2^length.
        """
        self.out = out
        self.cell = cell
        self.found = found
        self._nodes = 0

    def emit(self, low: int, high: int) -> None:
        """Writes the tree for lengths `low` to `high`."""
        waiting = [("", low, high, 0, False)]
        while waiting:
            name, low, high, offset, exceeded = waiting.pop()
            if name:
                self.out.label(name)
            while low < high:
                middle = (low + high) // 2
                self._nodes += 1
                below = f"below{self._nodes}"
                self.out.add(offset - (1 << middle), self.cell, below)
                offset = 1 << middle
                waiting.append((below, low, middle, offset, False))
                low, exceeded = middle + 1, True
            self.found(low, exceeded)
