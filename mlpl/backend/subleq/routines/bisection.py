"""Finds how many thresholds a number has reached, by weighted bisection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.selected import Cell


class Bisection:
    """Writes a decision tree over ascending thresholds for the number v >= 0 in a cell.

    Each test subtracts the difference of two thresholds and takes one step; after the test against
    t the cell holds v + 1 - t, and v >= t where that is positive. Small numbers are likely: to
    reach n thresholds is taken to have a probability like 1 / (n + 2).
    """

    def __init__(
        self,
        out: Builder,
        cell: Cell,
        thresholds: Sequence[int],
        found: Callable[[int, bool], None],
    ) -> None:
        """Prepares a tree; `found(count, reached)` writes the leaf for so many thresholds reached.

        There the cell holds v + 1 - t; t is the last one reached if `reached`, else the next one.
        """
        self.out = out
        self.cell = cell
        self.thresholds = thresholds
        self.found = found

    def emit(self, bias: int) -> None:
        """Writes the tree, where the cell holds v + bias."""
        waiting = [("", 0, len(self.thresholds), 1 - bias, False)]
        while waiting:
            name, low, high, offset, reached = waiting.pop()
            if name:
                self.out.label(name)
            while low < high:
                middle = self._middle(low, high)
                below = f"below{middle}"
                self.out.add(offset - self.thresholds[middle], self.cell, below)
                offset = self.thresholds[middle]
                waiting.append((below, low, middle, offset, False))
                low, reached = middle + 1, True
            self.found(low, reached)

    def _middle(self, low: int, high: int) -> int:
        """Returns the threshold whose test splits the counts `low` to `high` into likely halves."""
        weights = [1 / (count + 2) for count in range(low, high + 1)]
        total, below = sum(weights), 0.0
        splits = []
        for middle, weight in enumerate(weights[:-1], low):
            below += weight
            splits.append((abs(total - 2 * below), middle))
        return min(splits)[1]
