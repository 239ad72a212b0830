"""Selected code with what analyses tell of it."""

from __future__ import annotations

from mlpl.backend.subleq.live import live_out, stretches
from mlpl.backend.subleq.scratch import SCRATCH, read_after, zero_before
from mlpl.backend.subleq.selected import (
    Cell,
    Label,
    Move,
    Operand,
    Pool,
    SelectedFunction,
    Sub,
    T,
)


class CodeView:
    """The items of a function, and questions about them.

    Args:
        function: selected.
        blocks: labels where scratch cells hold 0.

    Attributes:
        items: of the function.
        stretch: for each item the number of its straight-line stretch.
    """

    def __init__(self, function: SelectedFunction, blocks: frozenset[str]) -> None:
        self.items = function.items
        parts = stretches(self.items)
        self.stretch = [n for n, part in enumerate(parts) for _ in range(part.start, part.end)]
        self._numbers = {cell: number for number, cell in enumerate(function.cells())}
        self._live = live_out(function, self._numbers)
        self._zero = zero_before(self.items, blocks)
        self._read = read_after(self.items)
        subs = [item for item in self.items if isinstance(item, Sub)]
        self._named = {sub.target.symbol for sub in subs if sub.target is not None}
        self._named |= {sub.a.value.symbol for sub in subs if isinstance(sub.a, Pool)}

    def alive(self, index: int, cell: Cell) -> bool:
        """Whether a cell is read behind an item."""
        return bool(self._live[index] >> self._numbers[cell] & 1)

    def zero(self, index: int, scratch: Operand) -> bool:
        """Whether a scratch cell surely holds 0 before an item."""
        return bool(self._zero[index] >> SCRATCH.index(scratch) & 1)

    def awaited(self, index: int, scratch: Operand) -> bool:
        """Whether what a scratch cell holds behind an item is read."""
        return bool(self._read[index] >> SCRATCH.index(scratch) & 1)

    def clears(self, index: int, operand: Operand) -> bool:
        """Whether an item clears an operand, and goes on to the next."""
        item = self.items[index] if 0 <= index < len(self.items) else None
        return (
            isinstance(item, Sub)
            and item.a == item.b == operand
            and not (item.target or item.label)
        )

    def apart(self, index: int, target: Operand, source: Operand) -> bool:
        """Whether the two cells of a copy at `index` cannot be one."""
        if isinstance(target, Cell) and isinstance(source, Cell):
            return target != source and self.alive(index, source)
        return True

    def at_hand(self, index: int, value: Cell) -> bool:
        """Whether a scratch cell holds a value's negative right before it is to go there again.

        The table of proved rewrites then makes use of that.
        """
        item = self.items[index]
        scratch = item.b if isinstance(item, Sub) else T
        for number in range(index - 1, -1, -1):
            match self.items[number]:
                case Label(name) if name not in self._named:
                    pass
                case Move(target, source, negated=False) if value in (target, source):
                    return self.apart(number, target, source)
                case Move(target, negated=True) if target != value:
                    pass
                case Sub(a, b, None) if a == b or value != b != scratch:
                    pass
                case Sub(a, b, None):
                    return value in (a, b) and scratch in (a, b)
                case _:
                    return False
        return False
