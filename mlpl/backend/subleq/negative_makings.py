"""How the negative of a value is made where the value is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlpl.backend.subleq.code_view import CodeView
from mlpl.backend.subleq.scratch import SCRATCH
from mlpl.backend.subleq.selected import Cell, Item, Move, Pool, Sub

MADE = 2
"""Steps that it takes to negate a value."""


@dataclass(frozen=True, slots=True)
class Making:
    """Items of which the last gives a value to a cell, and the same with its negative.

    Attributes:
        start: the index of the first item.
        end: the index behind the last.
        cost: the steps that `both` takes more.
        both: what makes the value and its negative.
        alone: what makes only the negative, in `MADE` steps less than the value takes; None if
            the value must be made first.
    """

    start: int
    end: int
    cost: int
    both: tuple[Item, ...]
    alone: tuple[Item, ...] | None = None


def making(code: CodeView, index: int, value: Cell, negative: Cell) -> Making:
    """Returns how the negative of a value is made where an item writes the value.

    Loads, and copies that need a cell of their own, pass through the negative for no more steps.
    A value that is itself a negative has the other as its negative.
    """
    item = code.items[index]
    match item:
        case Sub(scratch, _, None, "") if scratch in SCRATCH and code.clears(index - 1, value):
            load = code.items[index - 2]
            if (
                isinstance(load, Sub)
                and load.b == scratch
                and load.a not in (scratch, value)
                and load.target is None
                and code.zero(index - 2, scratch)
                and code.clears(index + 1, scratch)
            ):
                alone = (Sub(negative, negative, location=load.location), replace(load, b=negative))
                both = (*alone, code.items[index - 1], replace(item, a=negative))
                return Making(index - 2, index + 2, 0, both, alone)
        case Sub(Cell() as source, _, None, "") if source != value and code.clears(
            index - 1, value
        ):
            same = Move(negative, source, item.location)
            return Making(index - 1, index + 1, 0, (code.items[index - 1], item, same), (same,))
        case Move(_, source, location, negated=False) if not isinstance(source, Pool):
            if code.apart(index, value, source):
                first = Move(negative, source, location, negated=True)
                second = Move(value, negative, location, negated=True)
                return Making(index, index + 1, 0, (first, second), (first,))
        case _:
            pass
    return Making(index, index + 1, MADE, (item, negated(value, negative, item)))


def negated(value: Cell, negative: Cell, item: Item) -> Move:
    """Returns what makes the negative of a value, behind an item."""
    return Move(negative, value, getattr(item, "location", None), negated=True)
