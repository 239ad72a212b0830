"""A routine of the back end as the rest of the back end sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.selected import (
    Cell,
    Expression,
    Item,
    Label,
    Leave,
    SelectedFunction,
    Sub,
)
from mlpl.backend.subleq.selected import Operand as Place
from mlpl.ir.module import Operand


@dataclass(frozen=True, slots=True)
class Routine:
    """A routine that is ready to be placed.

    Attributes:
        function: its code and cells.
        signs: for each parameter 1, or -1 where the cell holds the negative of the operand.
        results: the cells where it leaves what it computed.
        takes: for each parameter the number of its operand; none for all in order.
    """

    function: SelectedFunction
    signs: tuple[int, ...]
    results: tuple[Cell, ...]
    takes: tuple[int, ...] = ()

    def operands(self, given: tuple[Operand, ...]) -> tuple[Operand, ...]:
        """Returns the operand of each parameter."""
        takes = self.takes or range(len(self.signs))
        return tuple(given[number] for number in takes)

    @property
    def cells(self) -> int:
        """How many cells its code fills; constants and variables it may share with others."""
        code = [item for item in self.function.items if isinstance(item, Sub | Leave)]
        return 3 * len(code)

    def copied(self, out: Emitter, name: str) -> Routine:
        """Returns the routine with the cells of the function that `out` writes.

        Args:
            out: of the function that it is to stand in.
            name: the routine's, which no other has; it is made for this place alone.
        """
        cells = {cell: out.cell() for cell in self.function.cells()}
        end = f"{name}/#end"

        def at(operand: Place) -> Place:
            return cells.get(operand, operand) if isinstance(operand, Cell) else operand

        items: list[Item] = []
        for item in self.function.items:
            match item:
                case Sub():
                    items.append(replace(item, a=at(item.a), b=at(item.b), location=out.location))
                case Leave(cleared=cleared):
                    goal = Expression(symbol=end)
                    items.append(Sub(at(cleared), at(cleared), goal, location=out.location))
                case _:
                    items.append(item)
        items.append(Label(end))
        function = replace(
            self.function,
            items=tuple(items),
            parameters=tuple(cells[p] for p in self.function.parameters),
        )
        results = tuple(cells.get(r, r) for r in self.results)
        return Routine(function, self.signs, results, self.takes)
