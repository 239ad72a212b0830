"""Emits the set-up and the moves of operands that walk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.selected import At, Cell, Expression, Operand, Pool, Slot, T
from mlpl.backend.subleq.walks import Pointer, Walks
from mlpl.ir.loops import Loop
from mlpl.ir.module import Const, Value
from mlpl.ir.module import Operand as Argument


class Pointers:
    """The pointers of a function while it is selected.

    Args:
        out: takes the code.
        walks: of the function.
        operand: returns the cell that holds an argument's value.
        place: returns where a reference points.
    """

    def __init__(
        self,
        out: Emitter,
        walks: Walks,
        operand: Callable[[Argument], Operand],
        place: Callable[[Argument], At | Cell],
    ) -> None:
        self._out = out
        self._walks = walks
        self._operand = operand
        self._place = place
        self._negatives: list[tuple[Loop, Value, Cell]] = []

    def enter(self, header: str, source: str) -> None:
        """Emits the set-up of a loop's pointers, on the edge from a block outside."""
        for pointer in self._walks.entering.get(header, ()):
            if source in pointer.loop.blocks:
                return
            self._negate_step(pointer)
            self._set_up(pointer)

    def negative(self, block: str, argument: Argument) -> Cell | None:
        """Returns a cell that holds the negative of an argument in a block, if there is one."""
        if isinstance(argument, Value):
            for loop, step, cell in self._negatives:
                if step == argument and block in loop.blocks:
                    return cell
        return None

    def _negate_step(self, pointer: Pointer) -> None:
        """Emits the negative of a step that is no constant."""
        step = pointer.step
        if not isinstance(step, Value) or pointer.falls:
            return
        if self.negative(pointer.loop.header, step) is None:
            cell = self._out.cell()
            self._out.clear(cell)
            self._out.sub(self._operand(step), cell)
            self._negatives.append((pointer.loop, step, cell))

    def _set_up(self, pointer: Pointer) -> None:
        """Emits `operand := place + start + constant` for the operands of each access."""
        first = pointer.start.value if isinstance(pointer.start, Const) else 0
        groups: dict[At | Cell, dict[int, list[Slot]]] = {}
        for access, patched in pointer.walks:
            group = groups.setdefault(self._place(access.ref), {})
            group.setdefault(access.constant + first, []).extend(patched)
        for place, group in groups.items():
            if isinstance(place, At) and isinstance(pointer.start, Const):
                for constant, members in group.items():
                    for slot in members:
                        self._out.load(slot, Expression(place.offset + constant, place.object))
            else:
                self._copy(place, pointer.start, group)

    def _copy(self, place: At | Cell, start: Argument, group: Mapping[int, list[Slot]]) -> None:
        """Emits `slot := place + start + constant` for slots by their constants."""
        out = self._out
        if not isinstance(start, Const):
            out.sub(self._operand(start), T)
        if isinstance(place, Cell):
            out.sub(place, T)
        before: int | None = None
        for constant, patched in group.items():
            if isinstance(place, At) and before is None:
                out.sub(Pool(Expression(place.offset + constant, place.object)), T)
            else:
                out.increase(T, (before or 0) - constant)
            before = constant
            for slot in patched:
                out.clear(slot)
                out.sub(T, slot)
        out.clear(T)

    def advance(self, block: str, number: int) -> None:
        """Emits the moves of pointers that stand right before an instruction."""
        for pointer in self._walks.advancing.get((block, number), ()):
            for _, patched in pointer.walks:
                for slot in patched:
                    self._grow(slot, pointer)

    def _grow(self, slot: Slot, pointer: Pointer) -> None:
        """Emits the move of an operand."""
        if isinstance(pointer.step, Const):
            self._out.increase(slot, pointer.step.value)
        elif pointer.falls:
            self._out.sub(self._operand(pointer.step), slot)
        else:
            negative = self.negative(pointer.loop.header, pointer.step)
            assert negative is not None, "made where the loop is entered"
            self._out.sub(negative, slot)
