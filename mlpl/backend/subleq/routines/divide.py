"""Quotient and remainder of two words, truncated toward zero.

The divisor is doubled up until it exceeds the dividend, then subtracted down without restoring.
Doubling without a scratch cell turns the sign: cell d_i holds -(-2)^i |y|.

Up. The cell `rest` holds 2^i |y| - |x|, which is <= 0 as long as 2^i |y| <= |x|. It goes to the
next level by adding 2^i |y|: that is d_i subtracted for even i; for odd i the next cell holds just
-2^i |y| while it is half computed.

Down. `over` means that 2^j |y| was subtracted once too often, rest > 0; `under` that the bit is 1,
rest <= 0. One level further 2^j |y| is taken from `rest`, or added to it. Where d_j has the wrong
sign, d_(j+1) + d_j does it, in two steps. In the end rest is minus the remainder.

Signs are code: the divisor is given negated, so that d_0 needs no step if it is positive; other
signs patch the way out. |smallest word| does not fit: as a dividend it loses |y| at once and the
quotient begins at 1; as a divisor it exceeds all other dividends.

Cost: about 15 + 6.25 steps for each bit of the quotient; 61 for 15 by 8 bits.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import ZERO
from mlpl.ir.interval import Interval


def divide(
    name: str,
    word_bits: int,
    *,
    quotient: bool,
    remainder: bool,
    x: Interval | None = None,
    y: Interval | None = None,
) -> Routine:
    """Returns the routine (x, -y) -> x / y and x % y, as far as they are wanted; y is not 0.

    Args:
        name: of the routine.
        word_bits: w.
        quotient: whether it is wanted.
        remainder: whether it is wanted.
        x: what the dividend is within. Where neither is negative there are no signs to look at,
            and no more levels than the dividend has bits.
        y: what the divisor is within.
    """
    natural = x is not None and y is not None and x.low >= 0 and y.low >= 0
    bits = x.high.bit_length() if natural and x is not None else word_bits - 1
    return _Divide(name, word_bits, max(bits, 2), quotient, remainder, natural=natural).build()


class _Divide:
    def __init__(
        self,
        name: str,
        word_bits: int,
        bits: int,
        quotient: bool,
        remainder: bool,
        *,
        natural: bool,
    ) -> None:
        self.bits = bits
        self.natural = natural
        self.out = Builder(name, word_bits)
        self.wants_quotient = quotient
        self.wants_remainder = remainder
        self.x = self.out.cell("x")
        self.d = [self.out.cell(f"d{i}" if i else "-y") for i in range(bits + 1)]
        self.rest = self.out.kept()
        self.quotient = self.out.cell("quotient")
        self.remainder = self.out.cell("remainder")
        self.u = self.out.kept()
        self.v = self.out.kept()

    def build(self) -> Routine:
        out = self.out
        if self.wants_quotient:
            out.clear(self.quotient)
        if self.natural:
            out.sub(self.x, self.rest)
        else:
            out.sub(ZERO, self.d[0], "positive")
            out.negate(self.d[0], self.u, self.v)
            self._split("negative", "y_negative")
            out.label("positive")
            self._split("dividend", "")
        out.label("up")
        out.sub(self.d[0], self.rest, "level1")
        self._whole()
        for level in range(1, self.bits + 1):
            self._up(level)
        for j in reversed(range(self.bits - 1)):
            self._over(j)
        self._whole()
        for j in reversed(range(self.bits - 1)):
            self._under(j)
        if self.natural:
            self._plain()
        else:
            self._end()
            self._low("dividend", "x_negative")
            self._low("negative", "both_negative")
        wanted = ((self.quotient, self.wants_quotient), (self.remainder, self.wants_remainder))
        results = tuple(cell for cell, wants in wanted if wants)
        return out.routine((self.x, self.d[0]), (1, -1), results)

    # Signs ---------------------------------------------------------------------------------

    def _split(self, low: str, tail: str) -> None:
        """Writes rest := -|x| for x > 0, and goes to `low` for other x."""
        out = self.out
        out.sub(ZERO, self.x, low)
        out.sub(self.x, self.rest)
        if tail:
            out.patch("end", tail)
            out.jump("up")

    def _low(self, name: str, tail: str) -> None:
        """Writes what is done for x <= 0; `tail` is the way out for x < 0."""
        out, u = self.out, self.u
        out.label(name)
        out.sub(self.x, u, f"{name}_special")
        out.sub(u, self.rest)
        out.patch("end", tail)
        out.clear(u, "up")
        out.label(f"{name}_special")
        out.add(1, u, f"{name}_smallest")
        out.clear(u)
        if self.wants_remainder:
            out.clear(self.remainder)
        out.jump("out")
        out.label(f"{name}_smallest")
        self._smallest(name, tail)

    def _smallest(self, name: str, tail: str) -> None:
        """Writes what is done for the smallest x: rest := x + |y|, the quotient begins at 1.

        u holds x + 1, which is x less one taken from |x|.
        """
        out, u, divisor = self.out, self.u, self.d[0]
        out.clear(u)
        out.sub(self.x, u)
        out.sub(u, self.rest)
        out.sub(divisor, self.rest)
        if self.wants_quotient:
            out.add(1, self.quotient)
        out.clear(u)
        if name == "dividend":
            out.sub(divisor, u, "same")
            out.clear(u)
        out.patch("end", tail)
        out.jump("up")
        if name == "dividend":  # y too is the smallest word
            out.label("same")
            out.clear(u)
            if self.wants_remainder:
                out.clear(self.remainder)
            out.jump("out")

    # Levels --------------------------------------------------------------------------------

    def _whole(self) -> None:
        """Writes rest := rest - |y|, which makes it minus the remainder, and goes to the end."""
        out = self.out
        if self.wants_remainder:
            out.sub(self.d[0], self.u)
            out.sub(self.u, self.rest)
            out.clear(self.u, "end")
        else:
            out.jump("end")

    def _up(self, i: int) -> None:
        """Writes level i: rest = 2^(i-1) |y| - |x| <= 0; is bit i - 1 the highest?"""
        out, d, rest = self.out, self.d, self.rest
        out.label(f"level{i}")
        if i > 1:
            if i % 2 == 0:
                out.clear(d[i - 1])
                out.sub(d[i - 2], d[i - 1])
            out.sub(d[i - 2], d[i - 1])
        step = d[i - 1]
        if i % 2 == 0:
            step = d[i]
            out.clear(step)
            out.sub(d[i - 1], step)
        out.sub(step, rest, f"level{i + 1}" if i < self.bits else "")
        if self.wants_quotient:
            out.add(1 << (i - 1), self.quotient)
        if i > 1:
            out.jump(f"over{i - 2}")
        else:
            self._whole()

    def _over(self, j: int) -> None:
        """Writes the test of bit j where rest > 0 holds 2^(j+1) |y| too much."""
        out, d = self.out, self.d
        out.label(f"over{j}")
        if j % 2 == 0:
            out.sub(d[j + 1], self.rest)
        out.sub(d[j], self.rest, f"under{j}")

    def _under(self, j: int) -> None:
        """Writes what follows where bit j is 1 and rest <= 0."""
        out, d = self.out, self.d
        out.label(f"under{j}")
        if self.wants_quotient:
            out.add(1 << j, self.quotient)
        if j == 0:
            return
        if j % 2 == 0:
            out.sub(d[j], self.rest)
        out.sub(d[j - 1], self.rest, f"under{j - 1}")
        if j > 1:
            out.jump(f"over{j - 2}")
        else:
            self._whole()

    # The end -------------------------------------------------------------------------------

    def _end(self) -> None:
        """Writes the ways out for all signs; `under0` falls in here with rest = -|x % y|."""
        out = self.out
        first = self.remainder if self.wants_remainder else self.rest
        out.switch("end", first, "plain")
        for tail, turns_quotient, turns_remainder in (
            ("x_negative", True, True),
            ("y_negative", True, False),
            ("both_negative", False, True),
        ):
            out.label(tail)
            out.patch("end", "plain")
            if turns_quotient and self.wants_quotient:
                out.negate(self.quotient, self.u, self.v)
            if turns_remainder and self.wants_remainder:
                out.sub(self.rest, self.u)
                out.sub(self.u, self.remainder)
                out.clear(self.u, "out")
            else:
                out.jump("plain")
        out.label("plain")
        self._leave()

    def _plain(self) -> None:
        """Writes the way out where there are no signs."""
        self.out.label("end")
        if self.wants_remainder:
            self.out.clear(self.remainder)
        self._leave()

    def _leave(self) -> None:
        if self.wants_remainder:
            self.out.sub(self.rest, self.remainder)
        self.out.label("out")
        self.out.leave(self.rest)
