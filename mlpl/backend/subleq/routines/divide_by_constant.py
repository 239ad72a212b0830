"""Quotient and remainder by a constant c, truncated toward zero, on a `Ladder`.

The thresholds are the doublings of |c|, all known, so a digit of the quotient costs one step to
tell and at most one to take in, and what is left in the end is the remainder.

Positive dividends rise and negative ones fall: both begin with the dividend as it is, and both end
with the remainder in its place, off by a constant. Digits are taken into the quotient so that it
never becomes positive on the way: ones are subtracted from 0 or added to -(all ones), and on a
falling ladder, where it is the zeros that come at no cost, zeros in the same two ways.

For a power of two the doublings of |c| end at 2^(w-1), which only the smallest word reaches: among
the numbers from 2^(w-2) on it is told by a test of its own.

Cost: about 3 steps, one for each digit, and one for each that is taken in.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.ladder import Ladder, Level
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import ZERO
from mlpl.base.words import divide, smallest
from mlpl.ir.interval import Interval


def divide_by_constant(
    name: str,
    word_bits: int,
    c: int,
    x: Interval,
    *,
    quotient: bool = True,
    remainder: bool = False,
    negated: bool = False,
) -> Routine:
    """Returns the routine (x) -> x / c and x % c, as far as they are wanted.

    Args:
        name: of the routine.
        word_bits: w.
        c: neither 0 nor the smallest word.
        x: what the dividend is within.
        quotient: whether it is wanted.
        remainder: whether it is wanted.
        negated: the parameter is -x; only for x >= 0.
    """
    return _DivideByConstant(name, word_bits, c, x, quotient, remainder, negated).build()


class _DivideByConstant:
    def __init__(
        self,
        name: str,
        word_bits: int,
        c: int,
        x: Interval,
        quotient: bool,
        remainder: bool,
        negated: bool,
    ) -> None:
        self.w = word_bits
        self.c = c
        self.out = Builder(name, word_bits)
        self.range = x
        self.wants_quotient = quotient
        self.wants_remainder = remainder
        self.negated = negated
        self.x = self.out.cell("-x" if negated else "x")
        self.quotient = self.out.cell("quotient")

    def build(self) -> Routine:
        out, x = self.out, self.x
        if self.wants_quotient:
            out.clear(self.quotient)
        if self.negated:
            self._part("high", self.range.high, falling=True, opposite=False)
        elif self.range.low >= 0:
            self._part("high", self.range.high, falling=False, opposite=False)
        elif self.range.high <= 0:
            self._part("low", -self.range.low, falling=True, opposite=True)
        else:
            out.sub(ZERO, x, "low")
            self._part("high", self.range.high, falling=False, opposite=False)
            out.label("low")
            self._part("low", -self.range.low, falling=True, opposite=True)
        out.label("out")
        out.leave(ZERO)
        wanted = ((self.quotient, self.wants_quotient), (self.x, self.wants_remainder))
        results = tuple(cell for cell, wants in wanted if wants)
        return out.routine((x,), (-1 if self.negated else 1,), results)

    def _part(self, name: str, most: int, *, falling: bool, opposite: bool) -> None:
        """Writes the division of a magnitude up to `most`; `opposite`: x is negative."""
        out, divisor = self.out, abs(self.c)
        thresholds: list[int] = []
        while divisor << len(thresholds) <= min(most, -smallest(self.w) - 1):
            thresholds.append(divisor << len(thresholds))
        start, ones, zeros, end = self._digits(len(thresholds), falling, opposite)
        if start and self.wants_quotient:
            out.add(start, self.quotient)
        levels = [
            Level(t, zeros << number, ones << number) if self.wants_quotient else Level(t)
            for number, t in reversed(list(enumerate(thresholds)))
        ]
        full = most == -smallest(self.w) and bool(thresholds) and 2 * thresholds[-1] == most
        ladder = Ladder(
            out,
            name,
            self.x,
            levels,
            falling=falling,
            total=self.quotient,
            ends=(f"{name}_0", f"{name}_1") if self.wants_remainder else (f"{name}_1",) * 2,
            full="smallest" if full else "",
        )
        if not levels:
            self._finish(name, 0, end)
            return
        ladder.enter(0)
        ladder.levels_below()
        self._finish(name, -divisor if falling else divisor, end, 0 if falling else -1)
        if full:  # the remainder is 0
            out.label("smallest")
            if self.wants_quotient:
                out.add(divide(smallest(self.w), self.c, self.w) - start, self.quotient)
            out.jump("out")

    def _digits(self, count: int, falling: bool, opposite: bool) -> tuple[int, int, int, int]:
        """Returns the quotient's start, what the lowest digit adds as 1 and as 0, and the end."""
        all_ones = (1 << count) - 1
        if opposite == (self.c < 0):
            return (0, 0, -1, all_ones) if falling else (-all_ones, 1, 0, all_ones)
        return (-all_ones, 0, 1, 0) if falling else (0, -1, 0, 0)

    def _finish(self, name: str, after_zero: int, end: int, always: int = 0) -> None:
        """Writes what corrects both results: the remainder after a 0 by `after_zero` more."""
        out = self.out
        if self.wants_remainder:
            out.label(f"{name}_0")
            if after_zero:
                out.add(after_zero, self.x)
        out.label(f"{name}_1")
        if self.wants_remainder and always:
            out.add(always, self.x)
        if self.wants_quotient and end:
            out.add(end, self.quotient)
        out.jump("out")
