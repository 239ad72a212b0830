"""Where the scratch cells of selected code hold 0, and where what they hold is read."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from mlpl.backend.subleq.live import live_after, stretches
from mlpl.backend.subleq.selected import (
    ZERO,
    Item,
    Label,
    Operand,
    SelectedFunction,
    Sub,
    T,
    U,
)

SCRATCH: tuple[Operand, ...] = (T, U)
"""The cells that `zero_before` and `read_after` tell of, by the number of their bit."""


def _bit(operand: Operand) -> int:
    return 1 << SCRATCH.index(operand) if operand in SCRATCH else 0


def zero_before(items: Sequence[Item], blocks: Set[str]) -> list[int]:
    """Returns for each item the scratch cells that surely hold 0 before it, as a bit mask.

    They do where control comes in from another function, and at the labels `blocks`. Forward
    dataflow to the greatest fixed point; of a stretch that nothing in the code leads to, nothing
    is known.
    """
    parts = stretches(items)
    everything = (1 << len(SCRATCH)) - 1
    entering: list[int | None] = [None] * len(parts)
    for number, part in enumerate(parts):
        first = items[part.start]
        if not number or (isinstance(first, Label) and first.name in blocks):
            entering[number] = everything
    fixed = [state is not None for state in entering]
    waiting = [number for number, known in enumerate(fixed) if known]
    while waiting:
        number = waiting.pop()
        part, now = parts[number], entering[number] or 0
        for item in items[part.start : part.end]:
            now = _after(item, now)
        for following in part.following:
            before = entering[following]
            joined = now if before is None else before & now
            if joined != before and not fixed[following]:
                entering[following] = joined
                waiting.append(following)
    found = []
    for part, state in zip(parts, entering, strict=True):
        now = state or 0
        for item in items[part.start : part.end]:
            found.append(now)
            now = _after(item, now)
    return found


def _after(item: Item, zeros: int) -> int:
    if not isinstance(item, Sub):
        return zeros
    return zeros | _bit(item.b) if item.a == item.b else zeros & ~_bit(item.b)


def read_after(items: Sequence[Item]) -> list[int]:
    """Returns for each item the scratch cells whose contents are read later, as a bit mask.

    Idioms need them to be 0, and so does code outside; neither reads them.
    """
    return live_after(items, [_access(item) for item in items])


def _access(item: Item) -> tuple[int, int]:
    if not isinstance(item, Sub):
        return 0, 0
    if item.a == item.b:
        return 0, _bit(item.b)
    return _bit(item.a) | _bit(item.b), 0


def without_needless_clears(function: SelectedFunction, blocks: frozenset[str]) -> SelectedFunction:
    """Returns the function without clears of scratch cells that hold 0 anyway."""
    items: list[Item] = []
    depths: list[int] = []
    known = zero_before(function.items, blocks)
    for item, depth, zeros in zip(function.items, function.depth, known, strict=True):
        if isinstance(item, Sub) and item.a == item.b and _bit(item.b) & zeros:
            if item.target is None:
                continue
            item = replace(item, a=ZERO, b=ZERO)
        items.append(item)
        depths.append(depth)
    return replace(function, items=tuple(items), depth=tuple(depths))
