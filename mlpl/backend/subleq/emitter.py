"""Collects the selected code of one function."""

from __future__ import annotations

from mlpl.backend.subleq.selected import (
    PORT,
    ZERO,
    Cell,
    Exit,
    Expression,
    Item,
    Label,
    Move,
    Operand,
    Pool,
    Slot,
    Sub,
    T,
)
from mlpl.base.source import Location
from mlpl.base.traps import TrapKind
from mlpl.base.words import wrap


class Exits:
    """Hands out halt addresses, one for each trap of the program (M2.11)."""

    def __init__(self) -> None:
        self._exits: dict[tuple[object, ...], Exit] = {}

    @property
    def all(self) -> tuple[Exit, ...]:
        """Every trap that has a halt address, in the order of their codes."""
        return tuple(self._exits.values())

    def trap(
        self,
        function: str,
        kind: TrapKind,
        location: Location | None,
        message: str = "",
        values: tuple[Operand | int, ...] = (),
    ) -> Expression:
        """Returns the halt address of a trap; the same for the same trap."""
        key = (function, kind, location, message, values)
        code = -2 - len(self._exits)
        exit_ = self._exits.setdefault(key, Exit(code, kind, location, message, values, function))
        return Expression(exit_.code)


class Emitter:
    """Appends items; knows the function's name, word size, current location and loop depth.

    Attributes:
        items: what has been emitted.
        depths: the loop depth of each item.
        location: given to every item that is emitted.
        depth: of the loop that is being emitted.
    """

    def __init__(
        self, function: str, word_bits: int, exits: Exits | None = None, cells: int = 0
    ) -> None:
        self.function = function
        self.word_bits = word_bits
        self.exits = exits if exits is not None else Exits()
        self.items: list[Item] = []
        self.depths: list[int] = []
        self.location: Location | None = None
        self.depth = 0
        self._labels = 0
        self._cells = cells

    def emit(self, item: Item) -> None:
        """Appends an item."""
        self.items.append(item)
        self.depths.append(self.depth)

    def sub(
        self,
        a: Operand,
        b: Operand,
        target: Expression | None = None,
        *,
        label: str = "",
        keeps: tuple[Cell, ...] = (),
    ) -> None:
        """Appends `b -= a`, and to `target` if b <= 0."""
        self.emit(Sub(a, b, target, label, self.location, keeps))

    def clear(self, b: Operand, target: Expression | None = None) -> None:
        """Appends `b := 0`; goes to `target`, if there is one, always."""
        self.sub(b, b, target)

    def jump(self, target: Expression, keeps: tuple[Cell, ...] = ()) -> None:
        """Appends a jump; `keeps` are cells that still hold their value then."""
        self.sub(ZERO, ZERO, target, keeps=keeps)

    def label(self, name: str) -> None:
        """Names the next instruction."""
        self.emit(Label(name))

    def move(self, target: Operand, source: Operand) -> None:
        """Appends `target := source`."""
        if target != source:
            self.emit(Move(target, source, self.location))

    def increase(self, b: Operand, value: int) -> None:
        """Appends `b += value` for a constant."""
        if wrap(value, self.word_bits):
            self.sub(self.pool(-value), b)

    def load(self, target: Operand, value: Expression) -> None:
        """Appends `target := value` for a word known at layout."""
        self.clear(target)
        if value.symbol or wrap(value.constant, self.word_bits):
            self.sub(Pool(value.negated()), target)

    def output(self, source: Operand) -> None:
        """Appends the output of one word."""
        self.sub(source, PORT)

    def pool(self, value: int) -> Operand:
        """Returns a cell that always holds the word `value`."""
        value = wrap(value, self.word_bits)
        return Pool(Expression(value)) if value else ZERO

    def fresh(self, hint: str = "l") -> str:
        """Returns a label that no other instruction has."""
        self._labels += 1
        return f"{self.function}/{hint}{self._labels}"

    def cell(self, name: str = "") -> Cell:
        """Returns a new virtual cell."""
        self._cells += 1
        return Cell(self._cells, name, function=self.function)

    def add_to_slots(self, slots: tuple[Slot, ...], index: Operand) -> None:
        """Appends `slot += index` for each slot."""
        self.sub(index, T)
        for slot in slots:
            self.sub(T, slot)
        self.clear(T)


def to(label: str) -> Expression:
    """Returns the address of a label."""
    return Expression(symbol=label)
