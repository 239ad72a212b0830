"""Shifts by a variable count in few cells: a doubling a round.

Costs: about 5 steps for each place of `<<`; 11 for each bit that stays of `>>`.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.need import Need
from mlpl.backend.subleq.routines.routine import Routine


def shift_left(name: str, word_bits: int, need: Need) -> Routine:
    """Returns the routine (x, s) -> x << s for s >= 0."""
    out = Builder(name, word_bits)
    x, s = out.cell("x"), out.cell("s")
    t = out.kept()
    if need.y.high >= word_bits:
        out.add(-word_bits, s, "some")
        out.clear(x, "out")
        out.label("some")
        out.add(word_bits + 1, s)
    else:
        out.add(1, s)
    out.label("next")
    out.add(-1, s, "out")
    out.sub(x, t)
    out.sub(t, x)
    out.clear(t, "next")
    out.label("out")
    out.leave(t)
    return out.routine((x, s), (1, 1), (x,))


def shift_right(name: str, word_bits: int, need: Need) -> Routine:
    """Returns the routine (-x, -s) -> x >> s for s >= 0, arithmetic.

    Horner's rule over the bits from the top, w - 1 - s of them. `q` holds -1 - x and is doubled,
    with a 1 coming in, so that it is odd, never 0, and `<= 0` tells exactly that a bit of x is 0.
    """
    out = Builder(name, word_bits)
    q, left, result = out.cell("-x"), out.cell("-s"), out.cell("result")
    t = out.kept()
    out.clear(result)
    out.add(word_bits, left)
    if need.x.low < 0:
        # -x > 0, or -x is the smallest word: then x is negative.
        out.test(q, "maybe")
        out.label("negative")
        out.add(-1, result)
        out.label("signed")
        out.add(-1, q)
    else:
        out.add(-1, q)
    out.label("next")
    out.add(-1, left, "out")
    out.clear(t)
    out.double(result, t)
    out.sub(q, t)
    out.add(1, q)
    out.sub(t, q, "next")
    out.add(1, result)
    out.jump("next")
    if need.x.low < 0:
        out.label("maybe")
        out.sub(q, t, "edge")
        out.jump("signed")
        out.label("edge")  # x is 0 or the smallest word
        out.add(-1, t, "signed")
        out.jump("negative")
    out.label("out")
    out.leave(t)
    return out.routine((q, left), (-1, -1), (result,))
