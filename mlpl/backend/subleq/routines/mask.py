"""And, or, exclusive or of a word and a constant c, on a `Ladder` of the bits that matter.

Each is a sum of x and x & m for a constant m >= 0, which has no sign:

    x & c = x & c            c >= 0        x & c = x - (x & ~c)             c < 0
    x | c = x + c - (x & c)  c >= 0        x | c = c + (x & ~c)             c < 0
    x ^ c = x + c - 2(x & c) c >= 0        x ^ c = -1 - (x ^ ~c)            c < 0

`x & m` needs the bits of x from the top to the lowest of m. Where m ends in ones they are what
is left in the end, and need not be told one by one. Let v be x without its sign: a rising ladder
begins with x + 1, which is v + 1 or, for x < 0, v + 1 - 2^(w-1): the form after a digit 0. A
falling ladder begins with -x in the same way. Only the largest, or the smallest, has a sum that
does not fit; it is told by a test on the rarer of both ways.

Cost: one step for each bit down to the lowest that matters, at most one for each bit of m, and 2
to 6.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.ladder import Ladder, Level, enter_signed
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import ZERO, Cell, T
from mlpl.base.words import smallest
from mlpl.ir.interval import Interval
from mlpl.ir.module import Op


def mask(name: str, word_bits: int, op: Op, c: int, x: Interval) -> Routine:
    """Returns the routine (x) -> x & c, x | c or x ^ c.

    Args:
        name: of the routine.
        word_bits: w.
        op: AND, OR or XOR.
        c: a signed word.
        x: what the operand is within.
    """
    m = c if c >= 0 else ~c
    match op:
        case Op.AND:
            factor, more = (0, 0) if c >= 0 else (-1, 0)
        case Op.OR:
            factor, more = (-1, c) if c >= 0 else (0, c)
        case _:
            factor, more = -2, m
    bits = x.high.bit_length() if x.low >= 0 else word_bits - 1
    plan = _Plan(name, word_bits, m & ((1 << bits) - 1), bits, x, more)
    if not factor:
        return _Selected(plan).build()
    return _Changed(plan, factor, inverted=op is Op.XOR and c < 0).build()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What both kinds of routines begin with.

    Attributes:
        name: of the routine.
        word_bits: w.
        m: the mask, >= 0; no bits that x never has.
        bits: that x has without its sign.
        x: what the operand is within.
        more: is added in the end.
    """

    name: str
    word_bits: int
    m: int
    bits: int
    x: Interval
    more: int

    @property
    def signed(self) -> bool:
        """Whether x may be negative."""
        return self.x.low < 0

    @property
    def trailing(self) -> int:
        """The number of ones that m ends in."""
        return (~self.m & (self.m + 1)).bit_length() - 1

    def levels(self, stop: int, zero: int = 0, one: int = 0) -> list[Level]:
        """Returns the levels down to bit `stop`, with amounts for bits of m, times their place."""
        return [
            Level(1 << j, zero << j, one << j) if self.m >> j & 1 else Level(1 << j)
            for j in reversed(range(stop, self.bits))
        ]


class _Selected:
    """(x & m) + more, where x is."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self.out = Builder(plan.name, plan.word_bits)
        self.x = self.out.cell("x")
        self.total = self.out.cell("total")

    def build(self) -> Routine:
        out, plan, x = self.out, self.plan, self.x
        m, low = plan.m, plan.trailing
        if not m:
            out.clear(x)
            out.add(plan.more, x)
            return self._leave(x)
        if m == (1 << plan.bits) - 1 and not plan.signed:
            out.add(plan.more, x)
            return self._leave(x)
        stop = low or (m & -m).bit_length() - 1
        kept = m >> stop << stop
        if kept:
            out.clear(self.total)
        if not low:
            out.add(-kept, self.total)
        levels = plan.levels(stop, one=-1 if low else 1)
        ends = ("end0", "end1") if low else ("end1", "end1")
        ladder = Ladder(out, "bit", x, levels, total=self.total, ends=ends)
        if plan.signed:
            enter_signed(ladder, plan.x.high)
        else:
            ladder.enter(0)
            ladder.levels_below()
        if low:
            out.label("end0")
            out.add(1 << low, x)
        out.label("end1")
        if low and kept:
            out.sub(self.total, x)
        out.add(plan.more - 1 if low else plan.more + kept, x if low else self.total)
        return self._leave(x if low else self.total)

    def _leave(self, result: Cell) -> Routine:
        self.out.label("out")
        self.out.leave(ZERO)
        return self.out.routine((self.x,), (1,), (result,))


class _Changed:
    """x + factor (x & m) + more, from x and -x."""

    def __init__(self, plan: _Plan, factor: int, *, inverted: bool) -> None:
        self.plan = plan
        self.factor = factor
        self.inverted = inverted
        self.out = Builder(plan.name, plan.word_bits)
        self.x = self.out.cell("x")
        self.negative = self.out.cell("-x")
        self.total = self.out.cell("total")

    def build(self) -> Routine:
        out, plan = self.out, self.plan
        m, low = plan.m, plan.trailing
        if not m:
            out.add(plan.more, self.x)
            return self._leave(self.x)
        if m == (1 << plan.bits) - 1 and not plan.signed:
            return self._all()
        low = low if 2 <= low < plan.bits else 0
        stop = low or (m & -m).bit_length() - 1
        kept = m >> stop << stop
        if kept == 1 << stop:
            last = Level(kept, plan.more, plan.more + self.factor * kept)
            levels = [*plan.levels(stop)[:-1], last]
            self._walk(levels, low, total=self.x, jumps=False)
            out.label("end1")
        else:
            out.clear(self.total)
            twice = self.factor == -2 and 2 * kept > -smallest(plan.word_bits)
            levels = plan.levels(stop, zero=-1 if twice else self.factor)
            self._walk(levels, low, total=self.total, jumps=True)
            if low:
                self._low(low)
            else:
                out.label("end1")
            if kept:
                for _ in range(1 + twice):
                    out.sub(self.total, self.x)
            out.add(self.factor * kept + plan.more, self.x)
        return self._leave(self.x)

    def _walk(self, levels: list[Level], low: int, *, total: Cell, jumps: bool) -> None:
        out, plan, negative = self.out, self.plan, self.negative
        smallest_word = smallest(plan.word_bits)
        full = "smallest" if plan.x.low == smallest_word else ""
        ends = ("end0", "end1") if low else ("end1", "end1")
        ladder = Ladder(
            out,
            "bit",
            negative,
            levels,
            falling=True,
            total=total,
            ends=ends,
            jumps=jumps,
            full=full,
        )
        if plan.signed:
            out.sub(ZERO, negative, "natural")
            ladder.first(0)
            out.label("natural")
        ladder.enter(0)
        ladder.levels_below()
        if full:  # all bits of x below its sign are 0
            out.label("smallest")
            out.add(plan.more, self.x)
            out.jump("out")

    def _low(self, low: int) -> None:
        """Adds what is left of x & m."""
        out, negative = self.out, self.negative
        out.label("end0")
        out.add(-(1 << low), negative)
        out.label("end1")
        out.sub(negative, T)
        for _ in range(-self.factor):
            out.sub(T, self.x)
        out.clear(T)

    def _all(self) -> Routine:
        """All bits of x are in m: the result is (1 + factor) x + more."""
        result = self.negative
        if self.factor == -1:
            self.out.clear(result)
        self.out.add(self.plan.more, result)
        return self._leave(result)

    def _leave(self, result: Cell) -> Routine:
        out = self.out
        out.label("out")
        if self.inverted:
            out.clear(self.total)
            out.sub(result, self.total)
            out.add(-1, self.total)
            result = self.total
        out.leave(ZERO)
        return out.routine((self.x, self.negative), (1, -1), (result,), takes=(0, 0))
