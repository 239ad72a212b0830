"""Liveness of virtual cells in selected code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlpl.backend.subleq.selected import (
    PORT,
    Add,
    Call,
    Cell,
    Item,
    Label,
    Move,
    Operand,
    SelectedFunction,
    Sub,
    Subtract,
)


def used(item: Item) -> Iterator[Cell]:
    """The cells whose value an item reads."""
    operands: tuple[Operand, ...]
    match item:
        case Sub(a, b, keeps=keeps):
            operands = (*keeps,)
            if a != b:
                operands += (a, b) if a is not PORT else (a,)
        case Move(_, source):
            operands = (source,)
        case Add(_, x, y) | Subtract(_, x, y):
            operands = (x, y)
        case Call(_, arguments):
            operands = arguments
        case Label():
            operands = ()
    return (o for o in operands if isinstance(o, Cell))


def defined(item: Item) -> Cell | None:
    """The cell that an item writes, if it is a virtual one."""
    match item:
        case Sub(b=target) | Move(target) | Add(target) | Subtract(target):
            return target if isinstance(target, Cell) else None
        case Call() | Label():
            return None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Items `start` up to but not including `end`, entered only at the first, and what follows.

    Attributes:
        following: numbers of the stretches that may come next.
    """

    start: int
    end: int
    following: tuple[int, ...]


def stretches(items: Sequence[Item]) -> list[Stretch]:
    """Returns the code as straight-line stretches, in order."""
    leaders = {0}
    for i, item in enumerate(items):
        if isinstance(item, Label) or (isinstance(item, Sub) and item.label):
            leaders.add(i)
        if isinstance(item, Sub) and item.target is not None:
            leaders.add(i + 1)
    starts = sorted(s for s in leaders if s < len(items))
    ends = [*starts[1:], len(items)]
    named = {}
    for number, start in enumerate(starts):
        item = items[start]
        if isinstance(item, Label):
            named[item.name] = number
        elif isinstance(item, Sub) and item.label:
            named[item.label] = number
    result = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        following = _following(items[end - 1], named)
        if following[1] and number + 1 < len(starts):
            result.append(Stretch(start, end, (*following[0], number + 1)))
        else:
            result.append(Stretch(start, end, following[0]))
    return result


def _following(item: Item, named: dict[str, int]) -> tuple[tuple[int, ...], bool]:
    """Returns where an item jumps to, and whether the next item may come after it.

    After a jump into another function comes, in the end, what stands behind the jump.
    """
    if not isinstance(item, Sub) or item.target is None:
        return (), True
    always = item.a == item.b
    symbol = item.target.symbol
    if symbol in named:
        return (named[symbol],), not always
    leaves = not symbol or symbol.endswith("#back")
    return (), not (always and leaves)


def live_out(function: SelectedFunction) -> list[int]:
    """Returns for each item the set of cells that are read later, as a bit mask over ids.

    Backward dataflow to the least fixed point (Aho, Lam, Sethi, Ullman, section 9.2.5).
    """
    items = function.items
    parts = stretches(items)
    entering = [0] * len(parts)
    masks = [(_mask(used(i)), _bit(defined(i))) for i in items]
    predecessors: list[list[int]] = [[] for _ in parts]
    for number, part in enumerate(parts):
        for following in part.following:
            predecessors[following].append(number)
    leaving = [0] * len(parts)
    waiting = list(range(len(parts)))
    queued = [True] * len(parts)
    while waiting:
        number = waiting.pop()
        queued[number] = False
        part = parts[number]
        live = 0
        for following in part.following:
            live |= entering[following]
        leaving[number] = live
        for uses, definition in reversed(masks[part.start : part.end]):
            live = (live & ~definition) | uses
        if live != entering[number]:
            entering[number] = live
            for before in predecessors[number]:
                if not queued[before]:
                    queued[before] = True
                    waiting.append(before)
    result = [0] * len(items)
    for number, part in enumerate(parts):
        live = leaving[number]
        for i in range(part.end - 1, part.start - 1, -1):
            result[i] = live
            uses, definition = masks[i]
            live = (live & ~definition) | uses
    return result


def _mask(cells: Iterator[Cell]) -> int:
    mask = 0
    for cell in cells:
        mask |= 1 << cell.id
    return mask


def _bit(cell: Cell | None) -> int:
    return 0 if cell is None else 1 << cell.id


def members(mask: int) -> Iterator[int]:
    """The ids in a bit mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
