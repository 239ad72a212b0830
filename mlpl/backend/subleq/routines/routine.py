"""A routine of the back end as the rest of the back end sees it."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.backend.subleq.selected import Cell, SelectedFunction


@dataclass(frozen=True, slots=True)
class Routine:
    """A routine that is ready to be placed.

    Attributes:
        function: its code and cells.
        signs: for each parameter 1, or -1 where the cell holds the negative of the operand.
        results: the cells where it leaves what it computed.
    """

    function: SelectedFunction
    signs: tuple[int, ...]
    results: tuple[Cell, ...]
