"""Tests of what was just made, fused with the instruction that makes it.

A value that passes through a scratch cell is followed by a clear of that cell, and only then by the
test of the value::

    v -= T; T := 0; to L if v <= 0        v -= T, to S if v <= 0; T := 0     S: T := 0, to L

Either way takes a step less, for a cell more of code on one of them.
"""

from __future__ import annotations

from dataclasses import replace

from mlpl.backend.subleq.emitter import to
from mlpl.backend.subleq.scratch import SCRATCH
from mlpl.backend.subleq.selected import ZERO, Cell, Item, Label, Leave, SelectedFunction, Sub


def with_early_tests(function: SelectedFunction) -> SelectedFunction:
    """Returns the function with tests where the tested value is made; few steps, not few cells."""
    items: list[Item] = list(function.items)
    depths = list(function.depth)
    stubs: list[tuple[Item, int]] = []
    for index in range(len(items) - 2, 0, -1):
        made, clear, test = items[index - 1 : index + 2]
        if not _fits(made, clear, test):
            continue
        assert isinstance(made, Sub)
        assert isinstance(clear, Sub)
        assert isinstance(test, Sub)
        goal = test.target
        assert goal is not None
        if goal.symbol:
            stub = f"{function.name}/s{len(stubs)}"
            stubs.append((Label(stub), depths[index]))
            stubs.append((replace(clear, target=goal), depths[index]))
            goal = to(stub)
        items[index - 1] = replace(made, target=goal, keeps=test.keeps)
        del items[index + 1], depths[index + 1]
    if len(items) == len(function.items) or not _ends(items[-1]):
        return function
    items += [item for item, _ in stubs]
    depths += [depth for _, depth in stubs]
    return replace(function, items=tuple(items), depth=tuple(depths))


def _fits(made: Item, clear: Item, test: Item) -> bool:
    """Whether a value is made, a scratch cell cleared, and the value tested."""
    return (
        isinstance(test, Sub)
        and test.a == ZERO
        and isinstance(test.b, Cell)
        and test.target is not None
        and not test.label
        and isinstance(clear, Sub)
        and clear.a == clear.b
        and clear.a in SCRATCH
        and clear.target is None
        and not clear.label
        and isinstance(made, Sub)
        and made.b == test.b
        and made.a not in (made.b, ZERO)
        and made.target is None
    )


def _ends(item: Item) -> bool:
    """Whether nothing comes behind an item."""
    if isinstance(item, Leave):
        return True
    return isinstance(item, Sub) and item.a == item.b and item.target is not None
