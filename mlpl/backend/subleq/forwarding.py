"""Values that are used once go from where they are made to their use, without a cell of their own.

What is loaded or added passes negated through a scratch cell into the cell of its value, and from
there, often right behind, negated again into a scratch cell that is compared, stored or added. The
way between is left out where nothing else uses that scratch cell::

    T -= a[i]; v := 0; v -= T; T := 0; ...; T -= v        T -= a[i]; ...
    T -= a[i]; v := 0; v -= T; T := 0; ...; U -= v        U -= a[i]; ...
    T -= a[i]; v := 0; v -= T; T := 0; ...; x -= v        x -= a[i]; ...
    T -= a[i]; v := 0; v -= T; T := 0; ...; x := y - v    x := y; x -= a[i]; ...

A value that is not made has no cell, and so no variable in the facts: those with names are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mlpl.backend.subleq.scratch import SCRATCH, zero_before
from mlpl.backend.subleq.selected import (
    PORT,
    ZERO,
    Add,
    Cell,
    Item,
    Label,
    Move,
    Operand,
    SelectedFunction,
    Sub,
    Subtract,
    operands,
)


def with_forwarding(function: SelectedFunction, blocks: frozenset[str]) -> SelectedFunction:
    """Returns the function without the cells of values that are used once, right behind.

    Args:
        function: selected, with no cells yet at its `Save`s.
        blocks: labels where scratch cells hold 0.
    """
    return _Forwarding(function, blocks).run()


@dataclass(frozen=True, slots=True)
class _Value:
    """A value that is used once.

    Attributes:
        cell: where it is.
        scratch: the scratch cell with its negative, from which it is made.
        first: the index of the first item that writes the scratch cell.
        made: the index of the item that clears the cell; the copy and a clear of the scratch cell
            stand behind it.
        use: the index of the item that subtracts it from something.
    """

    cell: Cell
    scratch: Operand
    first: int
    made: int
    use: int


class _Forwarding:
    def __init__(self, function: SelectedFunction, blocks: frozenset[str]) -> None:
        self._function = function
        self._blocks = blocks
        self._zeros: list[int] = []
        self._items: list[Item | None] = list(function.items)
        self._copies: dict[int, Move] = {}  # before items
        subs = [item for item in function.items if isinstance(item, Sub)]
        self._targets = {sub.target.symbol for sub in subs if sub.target is not None}

    def run(self) -> SelectedFunction:
        """Returns the function, the same one if nothing changes."""
        candidates = [*self._candidates()]
        if not candidates:
            return self._function
        self._zeros = zero_before(self._function.items, self._blocks)
        for cell, made, use in sorted(candidates, key=lambda found: -found[2]):
            value = self._value(cell, made, use)
            if value is not None:
                self._forward(value)
        if None not in self._items:
            return self._function
        pairs = [
            (item, depth)
            for index, depth in enumerate(self._function.depth)
            for item in (self._copies.get(index), self._items[index])
            if item is not None
        ]
        items, depths = zip(*pairs, strict=True)
        return replace(self._function, items=items, depth=depths)

    def _candidates(self) -> Iterator[tuple[Cell, int, int]]:
        """Yields cells that are cleared, written right behind and read once, and where."""
        touched: dict[Cell, list[int]] = {}
        for index, item in enumerate(self._function.items):
            kept = item.keeps if isinstance(item, Sub) else ()
            for operand in {*operands(item), *kept}:
                if isinstance(operand, Cell):
                    touched.setdefault(operand, []).append(index)
        for cell, where in touched.items():
            if len(where) != 3 or where[1] != where[0] + 1 or cell.name:
                continue
            made, use = where[0], where[2]
            clear, copy, after = self._function.items[made : made + 3]
            if (
                _clears(clear, cell)
                and isinstance(copy, Sub)
                and copy.a in SCRATCH
                and copy.b == cell
                and not (copy.target or copy.label)
                and _clears(after, copy.a)
                and _subtracts(self._function.items[use], cell)
            ):
                yield cell, made, use

    def _value(self, cell: Cell, made: int, use: int) -> _Value | None:
        """Returns what is known of a candidate; None if control may come in or leave between."""
        copy = self._items[made + 1]
        assert isinstance(copy, Sub)
        scratch = copy.a
        for index in range(made - 1, -1, -1):
            item = self._items[index]
            if item is None:
                continue
            if not isinstance(item, Sub) or item.target is not None:
                return None
            if self._touches(index, scratch):
                if item.b != scratch or item.a == scratch or index in self._copies:
                    return None
                if self._zero(index, scratch):
                    straight = all(self._straight(i) for i in range(index + 1, use))
                    return _Value(cell, scratch, index, made, use) if straight else None
            if item.label:
                return None
        return None

    def _straight(self, index: int) -> bool:
        """Whether nothing but the item before leads to an item, nor it to another but the next."""
        match self._items[index]:
            case Sub(target=target, label=label):
                return target is None and not (label and label in self._targets)
            case Move() | Add() | Subtract() | None:
                return True
            case _:
                return False

    def _forward(self, value: _Value) -> None:
        """Leaves the way out, if the use can have the value where it comes from."""
        use, own = self._items[value.use], range(value.made, value.made + 3)
        assert isinstance(use, Sub | Subtract)
        goal = use.b if isinstance(use, Sub) else use.target
        others = [
            i for i in range(value.first, value.use) if i not in own and self._items[i] is not None
        ]
        writers = [i for i in others if i < value.made and self._writes(i, value.scratch)]
        between = [i for i in others if i not in writers]
        if isinstance(use, Subtract):
            self._take_from(value, use, writers, between)
            return
        if use.label or not self._fits(value, goal, writers, between):
            return
        adjacent = others[-1] == writers[-1]
        if use.target is not None and not adjacent and goal not in SCRATCH:
            return
        for index in (*own, value.use):
            self._items[index] = None
        for index in writers:
            self._alter(index, b=goal)
        if use.target is not None and adjacent:
            self._alter(writers[-1], target=use.target, keeps=use.keeps)
        elif use.target is not None:
            self._items[value.use] = replace(use, a=ZERO)

    def _take_from(
        self,
        value: _Value,
        use: Subtract,
        writers: Sequence[int],
        between: Sequence[int],
    ) -> None:
        """Leaves the way of a value out that is subtracted from a copy, which is made before."""
        fits = self._fits(value, use.target, writers, between)
        if not fits or any(self._writes(index, use.x) for index in (*writers, *between)):
            return
        for index in (*range(value.made, value.made + 3), value.use):
            self._items[index] = None
        for index in writers:
            self._alter(index, b=use.target)
        self._copies[writers[0]] = Move(use.target, use.x, use.location)

    def _fits(
        self,
        value: _Value,
        goal: Operand,
        writers: Sequence[int],
        between: Sequence[int],
    ) -> bool:
        """Whether what writes the scratch cell can write the use's target in its place."""
        if any(self._touches(index, goal) for index in between):
            return False
        if goal == value.scratch:
            return True
        if any(self._touches(index, goal) for index in writers):
            return False
        if goal in SCRATCH:
            return self._zero(value.first, goal)
        return isinstance(goal, Cell) or (goal is PORT and len(writers) == 1)

    def _zero(self, index: int, scratch: Operand) -> bool:
        """Whether a scratch cell surely holds 0 before an item."""
        return bool(self._zeros[index] >> SCRATCH.index(scratch) & 1)

    def _touches(self, index: int, operand: Operand) -> bool:
        return _touches(self._items[index], operand) or (
            index in self._copies and _touches(self._copies[index], operand)
        )

    def _writes(self, index: int, operand: Operand) -> bool:
        return _writes(self._items[index], operand) or (
            index in self._copies and _writes(self._copies[index], operand)
        )

    def _alter(self, index: int, **changes: object) -> None:
        item = self._items[index]
        assert isinstance(item, Sub)
        self._items[index] = replace(item, **changes)  # type: ignore[arg-type]


def _clears(item: Item, operand: Operand) -> bool:
    """Whether an item clears an operand, and goes on to the next."""
    return isinstance(item, Sub) and item.a == item.b == operand and not (item.target or item.label)


def _subtracts(item: Item, cell: Cell) -> bool:
    """Whether an item subtracts a cell from another, and does nothing else with it."""
    match item:
        case Sub(a, b, keeps=keeps):
            return a == cell != b and cell not in keeps
        case Subtract(target, x, y):
            return y == cell and cell not in (target, x)
        case _:
            return False


def _writes(item: Item | None, operand: Operand) -> bool:
    match item:
        case Sub(b=target) | Move(target) | Add(target) | Subtract(target):
            return target == operand
        case _:
            return False


def _touches(item: Item | None, operand: Operand) -> bool:
    """Whether an item reads or writes an operand; copies and sums may use scratch cells."""
    match item:
        case None | Label():
            return False
        case Move() | Add() | Subtract() if operand in SCRATCH:
            return True
        case Sub(b=target) if operand is PORT:
            return target is PORT or item.a is PORT
        case _:
            return operand in operands(item)
