"""The product of two words.

Horner's rule from the multiplier's highest bit down: the sum is doubled and, where the bit is 1,
the multiplicand added. Doubling without a scratch cell costs three steps and turns the sign
(`d -= d; d -= s; d -= s` makes d = -2s), so bits of even and odd weight have their sums in two
cells of opposite sign, and the multiplicand is at hand in both signs.

Invariants. Let v be what is left of the multiplier, bits j and below. After a 1 bit the cell `y`
holds v + 1, after a 0 bit v + 1 - 2^(j+1); the code knows which, since it exists twice, as
`one` and `zero`. Subtracting 2^j from the first, or adding 2^j to the second, gives
v + 1 - 2^j, which is <= 0 just where bit j is 0: each bit takes one step to tell.
The highest 1 bit is found by bisection over thresholds. A negative multiplier is negated, with
the multiplicand. Where 1 - y does not fit the word (y is the smallest or the largest), bit
w - 1 is processed like any other.

Cost: about 10 + 4.5 steps for each bit of the multiplier; 72 for 15 bits, 28 for 4.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.bisection import Bisection
from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.routine import Routine


def multiply(name: str, word_bits: int) -> Routine:
    """Returns the routine (x, y) -> x * y modulo 2^w; y is the multiplier."""
    return _Multiply(name, word_bits).build()


class _Multiply:
    def __init__(self, name: str, word_bits: int) -> None:
        self.w = word_bits
        self.out = Builder(name, word_bits)
        self.x = self.out.cell("x")
        self.y = self.out.cell("y")
        self.negated = self.out.kept()
        self.sums = (self.out.cell("product"), self.out.cell("-sum"))
        self.u = self.out.kept()
        self.v = self.out.kept()

    def build(self) -> Routine:
        out = self.out
        out.add(1, self.y, "negative")
        out.sub(self.x, self.negated)
        out.label("find")
        find = Bisection(out, self.y, self._found)
        find.emit(0, self.w - 1)
        self._negative()
        for j in reversed(range(self.w)):
            self._one(j)
        for j in reversed(range(self.w - 1)):
            self._zero(j)
        out.leave(self.negated)
        return out.routine((self.x, self.y), (1, 1), (self.sums[0],))

    def _negative(self) -> None:
        """Here y is one too large and negative, or the smallest word: negates both operands."""
        out, x, y = self.out, self.x, self.y
        out.label("negative")
        out.sub(x, self.u)
        out.sub(self.u, self.negated)
        out.clear(x)
        out.sub(self.negated, x)
        out.clear(self.u)
        out.sub(y, self.u)
        out.sub(self.u, self.v)
        out.clear(y)
        out.sub(self.v, y)
        out.clear(self.u)
        out.clear(self.v)
        out.add(2, y, "extreme")
        out.jump("find")
        out.label("extreme")
        # What is left is <= 0 for the smallest but one, whose negative has w - 1 ones.
        out.add(-(1 << (self.w - 1)), y, "widest")
        out.clear(self.sums[(self.w - 1) % 2], f"add{self.w - 1}")
        out.label("widest")
        self._found(self.w - 1, exceeded=False)

    def _found(self, length: int, exceeded: bool) -> None:
        """The multiplier has `length` bits; `exceeded`: the last test was passed."""
        out, j = self.out, length - 1
        if length == 0:
            out.clear(self.sums[0], "out")
        elif exceeded or j == 0:
            out.clear(self.sums[j % 2], f"add{j}")
        else:
            out.clear(self.sums[j % 2])
            self._add(j)
            self._test_after_zero(j - 1)

    def _add(self, j: int) -> None:
        self.out.sub(self.x if j % 2 else self.negated, self.sums[j % 2])

    def _double(self, j: int) -> None:
        self.out.sub(self.sums[1 - j % 2], self.sums[j % 2])
        self.out.sub(self.sums[1 - j % 2], self.sums[j % 2])

    def _one(self, j: int) -> None:
        out = self.out
        if j < self.w - 1:
            out.clear(self.sums[j % 2])
            out.label(f"one{j}")
            self._double(j)
        out.label(f"add{j}")
        self._add(j)
        if j:
            out.add(-(1 << (j - 1)), self.y, f"zero{j - 1}")
        else:
            out.jump("out")

    def _zero(self, j: int) -> None:
        out = self.out
        out.label(f"zero{j}")
        out.clear(self.sums[j % 2])
        self._double(j)
        if j:
            self._test_after_zero(j - 1)
        else:
            out.label("out")

    def _test_after_zero(self, j: int) -> None:
        self.out.add(1 << j, self.y, f"zero{j}")
        self.out.clear(self.sums[j % 2], f"one{j}")
