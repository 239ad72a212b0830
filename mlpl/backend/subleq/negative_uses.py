"""The uses of a value that take fewer steps if its negative is at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlpl.backend.subleq.code_view import CodeView
from mlpl.backend.subleq.scratch import SCRATCH
from mlpl.backend.subleq.selected import Add, Cell, Item, Move, Operand, Sub, Subtract

SAVED = 2
"""Steps that each use saves."""


@dataclass(frozen=True, slots=True)
class Use:
    """Items that use a value, and the same with its negative.

    Attributes:
        value: the cell.
        start: the index of the first item.
        end: the index behind the last.
        items: what may stand in their place.
    """

    value: Cell
    start: int
    end: int
    items: tuple[Item, ...]

    @property
    def branches(self) -> bool:
        """Whether there are two ways on: on each a scratch cell then need not be cleared."""
        return isinstance(self.items[-1], Sub) and self.items[-1].target is not None


def uses_at(code: CodeView, index: int, negative: Mapping[Cell, Cell]) -> Iterator[Use]:
    """Yields the uses that begin with an item; `negative` are cells for negatives.

    Those are values that go through a scratch cell to be added, copies that need a cell of their
    own, sums that can take the place of the other operand, and differences that cannot take the
    place of the first.
    """
    match code.items[index]:
        case Sub(Cell() as value, scratch, None, "") if scratch in SCRATCH and value in negative:
            yield from _passed(code, index, value, scratch, negative[value])
        case Move(target, Cell() as value, location, negated=False) if value in negative:
            if code.apart(index, target, value):
                copy = Move(target, negative[value], location, negated=True)
                yield Use(value, index, index + 1, (copy,))
        case Add(target, Cell() as x, Cell() as y, location) if x != y:
            for one, other in ((x, y), (y, x)):
                if other in negative and not code.alive(index, one):
                    difference = Subtract(target, one, negative[other], location)
                    yield Use(other, index, index + 1, (difference,))
        case Subtract(target, Cell() as value, y, location) if value in negative:
            if y not in (value, target) and code.alive(index, value):
                copy = Move(target, negative[value], location, negated=True)
                yield Use(value, index, index + 1, (copy, Sub(y, target, location=location)))


def _passed(
    code: CodeView, index: int, value: Cell, scratch: Operand, negative: Cell
) -> Iterator[Use]:
    """Yields a value's way to a scratch cell and on to others, if nothing reads it there later."""
    if not code.zero(index, scratch):
        return
    items: list[Item] = []
    end = index + 1
    while end < len(code.items):
        item = code.items[end]
        if not isinstance(item, Sub) or item.a != scratch or item.b in (scratch, value):
            break
        items.append(replace(item, a=negative))
        end += 1
        if item.target is not None:
            break
    if items and not code.awaited(end - 1, scratch):
        yield Use(value, index, end + code.clears(end, scratch), tuple(items))
