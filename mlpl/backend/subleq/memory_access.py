"""Loads and stores, block copies, and the stack."""

from __future__ import annotations

from collections.abc import Callable

from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.selected import (
    ROOM,
    ROOM_NEGATED,
    STACK_END,
    At,
    Cell,
    Expression,
    Operand,
    Slot,
    T,
)
from mlpl.backend.subleq.spots import (
    CHANGED,
    CLEARED,
    LOADED,
    NOWHERE,
    STORED,
    Shape,
    Spot,
    aimed,
    point,
)

UNROLLED = 16
"""Blocks of at most so many cells are cleared and copied cell by cell, without a loop."""


def load(out: Emitter, target: Cell, spot: Spot) -> None:
    """Emits `target := memory[spot]`."""
    if spot.fixed is not None:
        out.move(target, spot.fixed)
        return
    with aimed(out, spot, LOADED) as (source, (label,)):
        out.sub(source, T, label=label)
    out.clear(target)
    out.sub(T, target)
    out.clear(T)


def store(out: Emitter, spot: Spot, value: Operand | int) -> None:
    """Emits `memory[spot] := value`."""
    if spot.fixed is not None:
        if isinstance(value, int):
            out.load(spot.fixed, Expression(value))
        else:
            out.move(spot.fixed, value)
        return
    with aimed(out, spot, shape_of_store(value)) as (goal, (wipe, *fill)):
        out.sub(goal, goal, label=wipe)
        if not isinstance(value, int):
            out.sub(value, T)
            out.sub(T, goal, label=fill[0])
            out.clear(T)
        elif value:
            out.sub(out.pool(-value), goal, label=fill[0])


def shape_of_store(value: object) -> Shape:
    """Returns the shape of a store of a value."""
    return CLEARED if value == 0 else STORED


def subtract(out: Emitter, spot: Spot, amount: Operand | int) -> None:
    """Emits `memory[spot] -= amount`."""
    amount = out.pool(amount) if isinstance(amount, int) else amount
    if spot.fixed is not None:
        out.sub(amount, spot.fixed)
        return
    with aimed(out, spot, CHANGED) as (goal, (label,)):
        out.sub(amount, goal, label=label)


def add(out: Emitter, spot: Spot, amount: Operand) -> None:
    """Emits `memory[spot] += amount`."""
    if spot.fixed is not None:
        out.sub(amount, T)
        out.sub(T, spot.fixed)
        out.clear(T)
        return
    with aimed(out, spot, CHANGED) as (goal, (label,)):
        out.sub(amount, T)
        out.sub(T, goal, label=label)
        out.clear(T)


def zero(out: Emitter, place: At | Cell, count: int) -> None:
    """Emits `memory[place ...] := 0` for `count` cells."""
    if isinstance(place, At) and count <= UNROLLED:
        for i in range(count):
            out.clear(At(place.object, place.offset + i))
        return
    wipe = out.fresh("p")
    slots = (Slot(wipe, 0), Slot(wipe, 1))
    goal = _aim(out, slots, place)

    def body() -> None:
        out.sub(goal, goal, label=wipe)
        for slot in slots:
            out.increase(slot, 1)

    _repeat(out, count, body)


def copy(out: Emitter, target: At | Cell, source: At | Cell, count: int) -> None:
    """Emits `memory[target ...] := memory[source ...]` for `count` cells.

    Target and source are the same or disjoint; copying an object onto itself keeps it, since
    each cell is read before it is cleared.
    """
    if isinstance(target, At) and isinstance(source, At) and count <= UNROLLED:
        for i in range(count):
            out.move(At(target.object, target.offset + i), At(source.object, source.offset + i))
        return
    read, wipe, fill = out.fresh("p"), out.fresh("p"), out.fresh("p")
    goals = (Slot(wipe, 0), Slot(wipe, 1), Slot(fill, 1))
    origin = _aim(out, (Slot(read, 0),), source)
    goal = _aim(out, goals, target)

    def body() -> None:
        out.sub(origin, T, label=read)
        out.sub(goal, goal, label=wipe)
        out.sub(T, goal, label=fill)
        out.clear(T)
        for slot in (Slot(read, 0), *goals):
            out.increase(slot, 1)

    _repeat(out, count, body)


def _aim(out: Emitter, slots: tuple[Slot, ...], place: At | Cell) -> At:
    """Makes operands that walk start at `place`."""
    if isinstance(place, At):
        for slot in slots:
            out.load(slot, Expression(place.offset, place.object))
    else:
        point(out, slots, place, 0)
    return NOWHERE


def _repeat(out: Emitter, count: int, body: Callable[[], None]) -> None:
    """Emits `count` runs of `body` with a counter."""
    counter, again, done = out.cell(), out.fresh("w"), out.fresh("w")
    out.load(counter, Expression(count))
    out.depth += 1
    out.label(again)
    body()
    out.sub(out.pool(1), counter, to(done))
    out.jump(to(again))
    out.depth -= 1
    out.label(done)


def frame_address(out: Emitter, target: Cell, frame: int, offset: int) -> None:
    """Emits `target := address` of a cell of this activation's stack frame of `frame` cells."""
    out.load(target, Expression(1 - frame + offset, STACK_END))
    out.sub(ROOM, target)


def reserve(out: Emitter, count: int, overflow: Expression) -> None:
    """Takes `count` words of the stack, or goes to `overflow` if they are not there."""
    out.sub(out.pool(count), ROOM, overflow)
    out.increase(ROOM_NEGATED, count)


def release(out: Emitter, count: int) -> None:
    """Gives `count` words of the stack back."""
    out.increase(ROOM, count)
    out.sub(out.pool(count), ROOM_NEGATED)
