"""And, or, exclusive or of two words in few cells.

Horner's rule over the bits from the top. The operands are doubled, with a 1 coming in: they are odd
then, never 0, so that `<= 0` tells exactly whether the bit that has come to the top is 1. The signs
are told before.

What a round looks for are two zeros: `x | y` has ones where there are none, and `x & y` where
-1 - x and -1 - y have them.

Cost: about 13 steps for each bit of the word.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.need import Need
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import Cell
from mlpl.ir.module import Op


def bitwise(name: str, word_bits: int, need: Need) -> Routine:
    """Returns the routine of AND, OR or XOR; those of AND take the negatives of their operands."""
    return _Bitwise(name, word_bits, need).build()


class _Bitwise:
    def __init__(self, name: str, word_bits: int, need: Need) -> None:
        self.out = Builder(name, word_bits)
        (self.op,) = need.ops
        self.signed = need.x.low < 0 or need.y.low < 0
        self.bits = max(need.x.high, need.y.high).bit_length()
        self.p, self.q = self.out.cell("x"), self.out.cell("y")
        self.found, self.left = self.out.cell("found"), self.out.cell("left")
        self.result = self.out.cell("result")
        self.t = self.out.kept()

    def build(self) -> Routine:
        out, p, q, t = self.out, self.p, self.q, self.t
        out.clear(self.found)
        out.clear(self.left)
        out.add(out.word_bits, self.left)
        if self.op is Op.AND:
            out.add(-1, p)
            out.add(-1, q)
        if self.signed or self.op is not Op.XOR:
            self._signs()
        out.label("next")
        out.add(-1, self.left, "end")
        out.clear(t)
        out.double(self.found, t)
        out.sub(p, t)
        out.add(1, p)
        out.sub(t, p)
        out.clear(t)
        out.sub(q, t)
        out.add(1, q)
        self._round()
        out.label("end")
        result, sign = self.found, 1
        if self.op is Op.OR:
            result = self.result
            out.clear(result)
            out.sub(self.found, result)
            out.add(-1, result)
        if self.op is Op.AND:
            sign = -1
        out.leave(t)
        return out.routine((p, q), (sign, sign), (result,))

    def _round(self) -> None:
        """Writes the tests of the highest bits, of which q's is told by `q -= t`."""
        out = self.out
        if self.op is Op.XOR:
            out.sub(self.t, self.q, "q_one")
            out.test(self.p, "one")
            out.jump("next")
            out.label("q_one")
            out.test(self.p, "next")
            out.label("one")
        else:
            out.sub(self.t, self.q, "next")
            out.test(self.p, "next")
        out.add(1, self.found)
        out.jump("next")

    def _signs(self) -> None:
        """Writes what the signs say: found := -1 for a bit that is 1 from the sign on."""
        out = self.out
        if not self.signed:
            if self.op is Op.OR:
                out.add(-1, self.found)
            return
        self._natural(self.p, "p", "p_negative" if self.op is Op.XOR else "next")
        self._natural(self.q, "q", "one_sign" if self.op is Op.XOR else "next")
        if self.op is Op.XOR:
            out.jump("next")
            out.label("p_negative")
            out.clear(self.t)
            self._natural(self.q, "r", "next")
            out.label("one_sign")
        out.add(-1, self.found)

    def _natural(self, cell: Cell, name: str, negative: str) -> None:
        """Writes the way to `negative` for a word < 0, exactly; t holds anything then."""
        out, t = self.out, self.t
        out.sub(cell, t, f"{name}_maybe")
        out.jump(negative)
        out.label(f"{name}_maybe")  # >= 0, or the smallest word, which is its own negative
        out.add(-1, t, f"{name}_natural")
        out.jump(negative)
        out.label(f"{name}_natural")
        out.clear(t)
