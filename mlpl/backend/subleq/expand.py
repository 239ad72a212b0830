"""Allocated idioms to plain SUBLEQ: the shortest form for the cells that were chosen."""

from __future__ import annotations

from mlpl.backend.subleq import memory_access
from mlpl.backend.subleq.call_sites import CallSite
from mlpl.backend.subleq.color import Coloring
from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.linkage import Linkage, Way
from mlpl.backend.subleq.moves import sequence
from mlpl.backend.subleq.selected import (
    ROOM,
    ROOM_NEGATED,
    STACK_END,
    ZERO,
    Add,
    At,
    Call,
    Cell,
    Expression,
    Label,
    Move,
    Operand,
    Parameter,
    Pool,
    SelectedFunction,
    Slot,
    Sub,
    Subtract,
    T,
    U,
)

SPARE = At("spare#")
"""Breaks cycles of moves; holds nothing between idioms."""

Code = tuple[Sub | Label, ...]


def frame_cell(function: str, color: int) -> At:
    """Returns cell number `color` of a function's frame."""
    return At(f"{function}#frame", color)


def expand(function: SelectedFunction, colorings: dict[str, Coloring], linkage: Linkage) -> Code:
    """Returns the function's code with addresses of cells in place of virtual cells.

    Args:
        function: selected code.
        colorings: of every function of the program.
        linkage: of the program.
    """
    return _Expansion(function, colorings, linkage).run()


class _Expansion:
    def __init__(
        self, function: SelectedFunction, colorings: dict[str, Coloring], linkage: Linkage
    ) -> None:
        self.function = function
        self.colorings = colorings
        self.linkage = linkage
        self.out = Emitter(f"{function.name}#x", linkage.module.word_bits, linkage.exits, cells=0)

    def run(self) -> Code:
        for index, item in enumerate(self.function.items):
            self.out.location = getattr(item, "location", None)
            match item:
                case Label():
                    self.out.emit(item)
                case Sub(a, b, target, label):
                    self.out.sub(self.at(a), self.at(b), target, label=label)
                case Move(target, source):
                    self.move(self.at(target), self.at(source))
                case Add(target, x, y):
                    self.add(self.at(target), self.at(x), self.at(y))
                case Subtract(target, x, y):
                    self.subtract(self.at(target), self.at(x), self.at(y))
                case Call():
                    saved = self.colorings[self.function.name].saved[index]
                    self.call(item, [frame_cell(self.function.name, c) for c in saved])
        return tuple(i for i in self.out.items if isinstance(i, Sub | Label))

    def at(self, operand: Operand) -> Operand:
        """Returns the operand with its address."""
        match operand:
            case Cell(id):
                return frame_cell(self.function.name, self.colorings[self.function.name].colors[id])
            case Parameter(function, index):
                return self.parameter(function, index)
            case _:
                return operand

    def parameters(self, function: str) -> tuple[At, ...]:
        """Returns the cells of a function's parameters."""
        declared = self.linkage.module.functions[function].parameters
        return tuple(self._parameter(function, p.id) for p in declared)

    def parameter(self, function: str, index: int) -> At:
        """Returns the cell of one parameter of a function."""
        return self._parameter(
            function, self.linkage.module.functions[function].parameters[index].id
        )

    def _parameter(self, function: str, id_: int) -> At:
        return frame_cell(function, self.colorings[function].colors[id_])

    def move(self, target: Operand, source: Operand) -> None:
        """4 steps; 2 for constants; none if both are one cell."""
        out = self.out
        if target == source:
            return
        if isinstance(source, Pool) or source == ZERO:
            out.load(target, source.value if isinstance(source, Pool) else Expression())
            return
        out.clear(target)
        out.sub(source, T)
        out.sub(T, target)
        out.clear(T)

    def add(self, target: Operand, x: Operand, y: Operand) -> None:
        """3 steps if the target shares a cell with x or y, else 5."""
        out = self.out
        if isinstance(x, Pool) or target == y:
            x, y = y, x
        if isinstance(y, Pool):
            self.move(target, x)
            out.sub(Pool(y.value.negated()), target)
            return
        if target != x:
            out.sub(x, T)
            out.sub(y, T)
            out.clear(target)
        else:
            out.sub(y, T)
        out.sub(T, target)
        out.clear(T)

    def subtract(self, target: Operand, x: Operand, y: Operand) -> None:
        """1 step if the target shares the cell of x, else 5; 6 if it shares that of y."""
        out = self.out
        if target == y != x:
            out.sub(x, U)
            out.sub(y, T)
            out.sub(T, U)
            out.clear(target)
            out.sub(U, target)
            out.clear(T)
            out.clear(U)
            return
        self.move(target, x)
        out.sub(y, target)

    def call(self, call: Call, saved: list[At]) -> None:
        """Saves what must survive, hands over the arguments, and restores (recursion)."""
        out, callee = self.out, call.callee
        returns = self.linkage.ways[callee] is not Way.NEVER
        place = self.linkage.return_address(callee)
        assert place is not None, "recursive functions have no fixed return address"
        kept: list[Operand] = [*saved, place] if returns else [place]
        total = len(kept) + self.linkage.frame(callee)
        memory_access.reserve(out, total, call.overflow)
        for i, cell in enumerate(kept):
            self._push(cell, Expression(1 - total + i, STACK_END))
        goals: tuple[Operand, ...] = self.parameters(callee)
        sources = [self.at(a) for a in call.arguments]
        for target, source in sequence(zip(goals, sources, strict=True), lambda: SPARE):
            self.move(target, source)
        back = out.fresh("r")
        site = CallSite(self.function.name, call.location, total, len(kept) - 1)
        self.linkage.sites.add(back, site)
        out.load(place, to(back))
        if not returns:
            out.label(back)
            out.jump(to(self.linkage.entry(callee)))
            return
        out.jump(to(self.linkage.entry(callee)))
        out.label(back)
        for i, cell in enumerate(kept):
            self._pop(cell, Expression(1 - total + i, STACK_END))
        memory_access.release(out, total)

    def _push(self, cell: Operand, place: Expression) -> None:
        """Stores the negative of a cell; the operands stand ready for ROOM to be subtracted."""
        out = self.out
        wipe, fill = out.fresh("p"), out.fresh("p")
        slots = (Slot(wipe, 0), Slot(wipe, 1), Slot(fill, 1))
        target = At(place.symbol, place.constant)
        for slot in slots:
            out.sub(ROOM, slot)
        out.sub(target, target, label=wipe)
        out.sub(cell, target, label=fill)
        for slot in slots:
            out.sub(ROOM_NEGATED, slot)

    def _pop(self, cell: Operand, place: Expression) -> None:
        out = self.out
        slot = Slot(out.fresh("p"), 0)
        out.sub(ROOM, slot)
        out.clear(cell)
        out.sub(At(place.symbol, place.constant), cell, label=slot.label)
        out.sub(ROOM_NEGATED, slot)
