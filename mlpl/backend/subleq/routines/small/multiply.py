"""The product of two words in few cells.

Horner's rule over the bits of the multiplier y from the top. `q` holds -1 - y and is doubled, with
a 1 coming in: it is odd then, never 0, so that `<= 0` tells exactly that the bit of y that has come
to the top is 0. Only the first bit, the sign, is told of q as it comes, which may be 0.

Cost: about 9 steps for each bit of the word.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.need import Need
from mlpl.backend.subleq.routines.routine import Routine


def multiply(name: str, word_bits: int, need: Need) -> Routine:
    """Returns the routine (-x, -y) -> x * y modulo 2^w."""
    out = Builder(name, word_bits)
    negated, q, product, left = map(out.cell, ("-x", "-1-y", "product", "left"))
    t = out.kept()
    signed = need.y.low < 0
    out.clear(product)
    out.clear(left)
    out.add(word_bits, left)
    out.add(-1, q)
    if signed:
        out.test(q, "low")
        out.jump("one")
    else:
        out.jump("next")
    out.label("one")
    out.sub(negated, product)
    out.label("next")
    out.add(-1, left, "out")
    out.clear(t)
    out.double(product, t)
    out.clear(t)
    out.sub(q, t)
    out.add(1, q)
    out.sub(t, q, "next")
    out.jump("one")
    if signed:
        out.label("low")  # q <= 0, so y >= -1
        out.add(1, q, "natural")
        out.add(-1, q, "one")
        out.label("natural")
        out.add(-1, q, "next")
    out.label("out")
    out.leave(t)
    return out.routine((negated, q), (-1, -1), (product,))
