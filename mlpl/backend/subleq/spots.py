"""The cells of memory that accesses are to, and how operands come to point at them.

An access at a known object keeps the object's address in the operand: the index is added before
and subtracted after. An access through a reference writes the operand afresh. Operands that walk
point there already.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.selected import At, Cell, Operand, Slot, T

NOWHERE = At("")
"""The operand of an instruction that is patched before it runs: address 0."""

Shape = tuple[tuple[int, int], ...]
"""Which operands of an access are patched: the number of its instruction, and the field."""

LOADED: Shape = ((0, 0),)
CHANGED: Shape = ((0, 1),)
CLEARED: Shape = ((0, 0), (0, 1))
STORED: Shape = (*CLEARED, (1, 1))


@dataclass(frozen=True, slots=True)
class Spot:
    """The cell `index` cells beyond a place.

    Attributes:
        place: a known object, or a cell that holds an address.
        index: a cell or a constant.
        walk: the labels of the access's instructions, where their operands walk; else ().
    """

    place: At | Cell
    index: Operand | int
    walk: tuple[str, ...] = ()

    @property
    def fixed(self) -> At | None:
        """The cell, where its address is known."""
        if isinstance(self.place, At) and isinstance(self.index, int) and not self.walk:
            return At(self.place.object, self.place.offset + self.index)
        return None


def labels(out: Emitter, shape: Shape) -> tuple[str, ...]:
    """Returns fresh labels for the instructions of an access."""
    return tuple(out.fresh("p") for _ in range(shape[-1][0] + 1))


def slots(names: tuple[str, ...], shape: Shape) -> tuple[Slot, ...]:
    """Returns the patched operands of an access whose instructions have these labels."""
    return tuple(Slot(names[number], field) for number, field in shape)


@contextmanager
def aimed(out: Emitter, spot: Spot, shape: Shape) -> Iterator[tuple[At, tuple[str, ...]]]:
    """Gives the operand to write in an access, and its instructions' labels, in a context.

    The code before and behind the context makes the operands point at the spot.
    """
    if spot.walk:
        yield NOWHERE, spot.walk
        return
    names = labels(out, shape)
    patched = slots(names, shape)
    if not isinstance(spot.place, At):
        point(out, patched, spot.place, spot.index)
        yield NOWHERE, names
        return
    assert not isinstance(spot.index, int), "a fixed spot is not patched"
    out.add_to_slots(patched, spot.index)
    yield spot.place, names
    for slot in patched:
        out.sub(spot.index, slot)


def point(out: Emitter, patched: tuple[Slot, ...], place: Operand, index: Operand | int) -> None:
    """Emits `slot := place + index` for each slot."""
    for slot in patched:
        out.clear(slot)
    out.sub(place, T)
    if not isinstance(index, int):
        out.sub(index, T)
    else:
        out.increase(T, -index)
    for slot in patched:
        out.sub(T, slot)
    out.clear(T)
