"""Loads and stores through patched operands, block copies, and the stack.

An access at a known object keeps the object's address in the operand: the index is added before
and subtracted after. An access through a reference writes the operand afresh.
"""

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

UNROLLED = 16
"""Blocks of at most so many cells are cleared and copied cell by cell, without a loop."""

_NOWHERE = At("")
"""The operand of an instruction that is patched before it runs: address 0."""


def load(out: Emitter, target: Cell, place: At | Cell, index: Operand | int) -> None:
    """Emits `target := memory[place + index]`."""
    match place, index:
        case At(name, offset), int():
            out.move(target, At(name, offset + index))
            return
        case _:
            slot = Slot(out.fresh("p"), 0)
            if isinstance(place, At) and not isinstance(index, int):
                out.add_to_slots((slot,), index)
                out.sub(place, T, label=slot.label)
                out.sub(index, slot)
            else:
                _point(out, (slot,), place, index)
                out.sub(_NOWHERE, T, label=slot.label)
    out.clear(target)
    out.sub(T, target)
    out.clear(T)


def store(out: Emitter, place: At | Cell, index: Operand | int, value: Operand | int) -> None:
    """Emits `memory[place + index] := value`."""
    match place, index:
        case At(name, offset), int():
            goal = At(name, offset + index)
            if isinstance(value, int):
                out.load(goal, Expression(value))
            else:
                out.move(goal, value)
            return
        case At(), _:
            initial = place
        case _:
            initial = _NOWHERE
    wipe, fill = out.fresh("p"), out.fresh("p")
    slots = [Slot(wipe, 0), Slot(wipe, 1)]
    if value != 0:
        slots.append(Slot(fill, 1))
    if isinstance(place, At):
        assert not isinstance(index, int)
        out.add_to_slots(tuple(slots), index)
    else:
        _point(out, tuple(slots), place, index)
    out.sub(initial, initial, label=wipe)
    if isinstance(value, int):
        if value:
            out.sub(out.pool(-value), initial, label=fill)
    else:
        out.sub(value, T)
        out.sub(T, initial, label=fill)
        out.clear(T)
    if isinstance(place, At):
        assert not isinstance(index, int)
        for slot in slots:
            out.sub(index, slot)


def subtract(out: Emitter, place: At | Cell, index: Operand | int, amount: Operand | int) -> None:
    """Emits `memory[place + index] -= amount`."""
    amount = out.pool(amount) if isinstance(amount, int) else amount
    _change(out, place, index, lambda goal, label: out.sub(amount, goal, label=label))


def add(out: Emitter, place: At | Cell, index: Operand | int, amount: Operand) -> None:
    """Emits `memory[place + index] += amount`."""

    def change(goal: At, label: str) -> None:
        out.sub(amount, T)
        out.sub(T, goal, label=label)
        out.clear(T)

    _change(out, place, index, change)


def _change(
    out: Emitter, place: At | Cell, index: Operand | int, change: Callable[[At, str], None]
) -> None:
    """Emits a change of the cell at place + index: of its address, under a label if patched."""
    match place, index:
        case At(name, offset), int():
            change(At(name, offset + index), "")
            return
        case _:
            slot = Slot(out.fresh("p"), 1)
    if isinstance(place, At):
        assert not isinstance(index, int)
        out.add_to_slots((slot,), index)
        change(place, slot.label)
        out.sub(index, slot)
    else:
        _point(out, (slot,), place, index)
        change(_NOWHERE, slot.label)


def _point(out: Emitter, slots: tuple[Slot, ...], place: Operand, index: Operand | int) -> None:
    """Emits `slot := place + index` for each slot."""
    for slot in slots:
        out.clear(slot)
    out.sub(place, T)
    if not isinstance(index, int):
        out.sub(index, T)
    else:
        out.increase(T, -index)
    for slot in slots:
        out.sub(T, slot)
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
        _point(out, slots, place, 0)
    return _NOWHERE


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
