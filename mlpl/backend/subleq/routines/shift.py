"""Shifts by a variable count: one step tells a bit of the count, and each has code of its own.

To the left, the bit of 2^j multiplies by 2^(2^j) in a chain of subtractions (`scaling`). To the
right, it moves the bits from 2^j on down, on a rising `Ladder`; x < 0 is shifted as -1 - x.

The count's bits are told from the top: its cell holds v + 1 after a 1, and v + 1 - 2^(j+1) after a
0, where v is what is left below bit j + 1.

Cost: about 20 steps to the left, 35 to the right, for 16 bits.
"""

from __future__ import annotations

from collections.abc import Callable

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.ladder import Ladder, Level
from mlpl.backend.subleq.routines.need import Need
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.routines.scale import subtractions
from mlpl.backend.subleq.routines.scaling import chain
from mlpl.backend.subleq.selected import Cell, Operand


def shift_left(name: str, word_bits: int, need: Need) -> Routine:
    """Returns the routine (x, s) -> x << s for s >= 0."""
    out = Builder(name, word_bits)
    x, s = out.cell("x"), out.cell("s")
    other = out.kept()

    def multiply(j: int) -> None:
        steps = chain(1 << (1 << j), overwritten=True)
        subtractions(out, steps, x, x, other)
        out.clear(other)

    _bits(out, s, need.y.high, multiply, lambda: out.clear(x))
    out.leave(other)
    return out.routine((x, s), (1, 1), (x,))


def shift_right(name: str, word_bits: int, need: Need) -> Routine:
    """Returns the routine (x, s) -> x >> s for s >= 0, arithmetic."""
    out = Builder(name, word_bits)
    x, s = out.cell("x"), out.cell("s")
    total, u, v = out.kept(), out.kept(), out.kept()
    signed = need.x.low < 0
    top = word_bits - 1 if signed else need.x.high.bit_length()

    def move(j: int) -> None:
        _move(out, x, total, 1 << j, top)

    if signed:
        out.test(x, "low")
        out.label("natural")
    _bits(out, s, need.y.high, move, lambda: out.clear(x))
    if signed:
        out.switch("finish", total, "plain")
        out.label("inverted")
        out.patch("finish", "plain")
        out.negate(x, u, v)
        out.add(-1, x)
        out.label("plain")
    out.leave(total)
    if signed:
        out.label("low")  # x <= 0
        out.add(1, x, "negative")
        out.add(-1, x, "natural")
        out.label("negative")  # x is one too large, and so its negative is -1 - x
        out.negate(x, u, v)
        out.patch("finish", "inverted")
        out.jump("natural")
    return out.routine((x, s), (1, 1), (x,))


def _move(out: Builder, x: Cell, total: Operand, k: int, top: int) -> None:
    """Writes x := x >> k for x >= 0 of `top` bits; `total` is 0 before and after."""
    levels = [Level(1 << i, one=-1 << (i - k)) for i in reversed(range(k, top))]
    end = f"moved{k}"
    ladder = Ladder(out, f"by{k}_", x, levels, total=total, ends=(end, end))
    if levels:
        ladder.enter(0)
        ladder.levels_below()
        out.label(end)
    out.clear(x)
    if levels:
        out.sub(total, x)
        out.clear(total)


def _bits(
    out: Builder, s: Cell, most: int, one: Callable[[int], None], many: Callable[[], None]
) -> None:
    """Writes what each bit of a count does.

    Args:
        out: the routine.
        s: holds the count, from 0 to `most`.
        most: its bound.
        one: writes what a 1 at a place does.
        many: writes what is done for counts of more bits than the word's width has.
    """
    top = min(most.bit_length(), (out.word_bits - 1).bit_length())
    if most >> top:
        out.add(1 - (1 << top), s, _state(top - 1, 0))
        many()
        out.jump("shifted")
    elif top:
        out.add(1 - (1 << (top - 1)), s, _state(top - 2, 0))
        out.jump(f"bit{top - 1}")
    for j in reversed(range(top)):
        out.label(_state(j, 1))
        out.add(-(1 << j), s, _state(j - 1, 0))
        out.label(f"bit{j}")
        one(j)
        out.jump(_state(j - 1, 1))
        out.label(_state(j, 0))
        out.add(1 << j, s, _state(j - 1, 0))
        out.jump(f"bit{j}")
    out.label("shifted")


def _state(j: int, digit: int) -> str:
    return f"count{j}_{digit}" if j >= 0 else "shifted"
