"""Liveness of virtual cells in selected code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlpl.backend.subleq.selected import (
    PORT,
    Add,
    Call,
    Cell,
    Item,
    Label,
    Leave,
    Move,
    Operand,
    Restore,
    Save,
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
        case Call(_, cells) | Save(_, cells) | Leave(_, cells):
            operands = cells
        case Restore() | Label():
            operands = ()
    return (o for o in operands if isinstance(o, Cell))


def defined(item: Item) -> tuple[Cell, ...]:
    """The virtual cells that an item writes."""
    match item:
        case Sub(b=target) | Move(target) | Add(target) | Subtract(target):
            return (target,) if isinstance(target, Cell) else ()
        case Call(results=cells) | Restore(cells=cells):
            return cells
        case Save() | Leave() | Label():
            return ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Items `start` up to but not including `end`, entered only at the first, and what follows.

    Attributes:
        following: numbers of the stretches that may come next.
    """

    start: int
    end: int
    following: tuple[int, ...]


def stretches(items: Sequence[Item], borders: Iterable[int] = ()) -> list[Stretch]:
    """Returns the code as straight-line stretches, in order, with more borders where asked for."""
    leaders = {0, *borders}
    for i, item in enumerate(items):
        if isinstance(item, Label) or (isinstance(item, Sub) and item.label):
            leaders.add(i)
        if isinstance(item, Leave) or (isinstance(item, Sub) and item.target is not None):
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
    """Returns where an item jumps to, and whether the next item may come after it."""
    if isinstance(item, Leave):
        return (), False
    if not isinstance(item, Sub) or item.target is None:
        return (), True
    always = item.a == item.b and not item.label
    if item.target.symbol in named:
        return (named[item.target.symbol],), not always
    return (), not always


def live_out(
    function: SelectedFunction, numbers: Mapping[Cell, int], spans: Mapping[int, int] | None = None
) -> list[int]:
    """Returns for each item the set of cells that are read later, as a bit mask over `numbers`.

    Backward dataflow to the least fixed point (Aho, Lam, Sethi, Ullman, section 9.2.5).

    Args:
        function: the code.
        numbers: of the cells.
        spans: from each `Save` that has no cells yet to its `Restore`. What is read behind the
            `Restore` is read by the `Save`, unless the call between them makes it.
    """
    masks = [(mask(used(i), numbers), mask(defined(i), numbers)) for i in function.items]
    return live_after(function.items, masks, spans)


def live_after(
    items: Sequence[Item], masks: Sequence[tuple[int, int]], spans: Mapping[int, int] | None = None
) -> list[int]:
    """Returns for each item the set of what is read later, as a bit mask.

    Args:
        items: the code.
        masks: for each item the sets of what it reads, and then writes.
        spans: as in `live_out`.
    """
    spans = spans or {}
    borders = [b for s, r in spans.items() for b in (s, s + 1, r + 1)]
    parts = stretches(items, borders)
    entering = [0] * len(parts)
    predecessors: list[list[int]] = [[] for _ in parts]
    starts = {part.start: number for number, part in enumerate(parts)}
    behind = {starts[s]: (starts[r + 1], ~masks[r - 1][1]) for s, r in spans.items()}
    for number, part in enumerate(parts):
        for following in part.following:
            predecessors[following].append(number)
        if number in behind:
            predecessors[behind[number][0]].append(number)
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
        if number in behind:
            after, others = behind[number]
            live |= entering[after] & others
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


def mask(cells: Iterable[Cell], numbers: Mapping[Cell, int]) -> int:
    """Returns the set of `cells` as a bit mask."""
    found = 0
    for cell in cells:
        found |= 1 << numbers[cell]
    return found


def members(mask: int) -> Iterator[int]:
    """The numbers in a bit mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
