"""The loads and stores of a function: which form each of them takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlpl.backend.subleq import memory_access
from mlpl.backend.subleq.changes import Differences, Position, changes
from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.fuse import uses
from mlpl.backend.subleq.indexing import displaced
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.pointers import Pointers
from mlpl.backend.subleq.selected import At, Cell, Operand
from mlpl.backend.subleq.spots import NOWHERE, Spot
from mlpl.backend.subleq.walks import walks
from mlpl.ir.module import Const, Function, Instruction, Value
from mlpl.ir.module import Operand as Argument


class Accesses:
    """Emits loads and stores.

    Args:
        function: in its final form.
        linkage: of the program.
        out: takes the code.
        definitions: of the function's values, by id.
        operand: returns the cell that holds an argument's value.
        place: returns where a reference points.

    Attributes:
        uses: how often each value is used, by id, if accesses take the forms that are chosen here.
        displaced: sums that are no values but indices with a constant, by id.
        pointers: the operands that walk.
    """

    def __init__(
        self,
        function: Function,
        linkage: Linkage,
        out: Emitter,
        definitions: Mapping[int, Instruction],
        operand: Callable[[Argument], Operand],
        place: Callable[[Argument], At | Cell],
    ) -> None:
        self._out = out
        self._operand = operand
        self._place = place
        self._changes, counts = changes(function, linkage, definitions, uses(function))
        self._differences = Differences(out)
        self._walks = walks(function, linkage, out, definitions, self._changes, counts)
        self.uses = self._walks.uses
        self.pointers = Pointers(out, self._walks, operand, place)
        self.displaced: Mapping[int, tuple[Value, int]] = {}
        if not linkage.stacked(function):
            self.displaced = displaced(function, definitions, self.uses, self._walks.labels)

    def load(self, position: Position, i: Instruction, target: Cell) -> None:
        """Emits a load."""
        memory_access.load(self._out, target, self._spot(position, *i.operands))

    def store(self, position: Position, i: Instruction) -> None:
        """Emits a store."""
        ref, index, value = i.operands
        spot = self._spot(position, ref, index)
        change = self._changes.get(position)
        if change is None:
            memory_access.store(self._out, spot, self._term(value))
        else:
            more, less = self._term(change.more), self._term(change.less)
            self._differences.change(position[0], spot, more, less)

    def _spot(self, position: Position, ref: Argument, index: Argument) -> Spot:
        """Returns the cell that an access is to."""
        walk = self._walks.labels.get(position)
        if walk is not None:
            return Spot(NOWHERE, 0, walk)
        place = self._place(ref)
        if isinstance(place, At) and isinstance(index, Value) and index.id in self.displaced:
            index, constant = self.displaced[index.id]
            place = At(place.object, place.offset + constant)
        return Spot(place, self._term(index))

    def _term(self, argument: Argument) -> Operand | int:
        return argument.value if isinstance(argument, Const) else self._operand(argument)
