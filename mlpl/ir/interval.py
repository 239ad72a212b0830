"""Intervals of words: what an operation makes of them, and what a comparison says."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from mlpl.base.operators import BinaryOp
from mlpl.base.words import largest, smallest
from mlpl.ir.module import Instruction, Op, Value


class Interval(NamedTuple):
    """All words from `low` to `high`, signed, both included; low <= high."""

    low: int
    high: int

    def join(self, other: Interval) -> Interval:
        """Returns the smallest interval around both."""
        (low, high), (least, most) = self, other
        if low <= least and most <= high:
            return self
        return Interval(min(low, least), max(high, most))

    def meet(self, other: Interval) -> Interval | None:
        """Returns what both have in common, or None."""
        (low, high), (least, most) = self, other
        if least <= low and high <= most:
            return self
        low, high = max(low, least), min(high, most)
        return Interval(low, high) if low <= high else None

    def widened(self, before: Interval, widest: Interval, own: Sequence[int]) -> Interval:
        """Returns this interval with each end that moved since `before` at a threshold.

        Args:
            before: a part of it.
            widest: holds it.
            own: thresholds besides the common ones, in order.
        """
        low, high = self
        if low < before.low:
            low = max(t for t in (widest.low, -1, 0) if t <= low)
            if (at := bisect_right(own, self.low)) > 0:
                low = max(low, own[at - 1])
        if high > before.high:
            high = min(t for t in (-1, 0, 1, widest.high - 1, widest.high) if t >= high)
            if (at := bisect_left(own, self.high)) < len(own):
                high = min(high, own[at])
        return Interval(low, high)


TRUTHS = Interval(0, 1)
"""What a bool can be."""


@cache
def all_words(word_bits: int) -> Interval:
    """Returns all words of so many bits."""
    return Interval(smallest(word_bits), largest(word_bits))


def evaluate(i: Instruction, operands: list[Interval], w: int) -> Interval:
    """Returns an interval for the result of `i`; all words where nothing better is known."""
    full = all_words(w)
    match i.op, operands:
        case Op.ADD, (x, y):
            return _fitting(x.low + y.low, x.high + y.high, full)
        case Op.SUB, (x, y):
            return _fitting(x.low - y.high, x.high - y.low, full)
        case Op.NEG, (x,):
            return _fitting(-x.high, -x.low, full)
        case Op.INVERT, (x,):
            return Interval(-1 - x.high, -1 - x.low)
        case Op.NOT, (x,):
            return Interval(1 - x.high, 1 - x.low)
        case Op.INT, (x,):
            return x
        case Op.MUL, (x, y):
            corners = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
            return _fitting(min(corners), max(corners), full)
        case Op.DIV, (x, y) if y.low > 0:
            corners = [_quotient(a, b) for a in (x.low, x.high) for b in (y.low, y.high)]
            return Interval(min(corners), max(corners))
        case Op.REM, (x, y) if y.low > 0:
            low = 0 if x.low >= 0 else max(x.low, 1 - y.high)
            return Interval(low, max(0, min(x.high, y.high - 1)))
        case Op.SHR, (x, y) if y.low >= 0:
            ends = [a >> min(s, w) for a in (x.low, x.high) for s in (y.low, y.high)]
            return Interval(min(ends), max(ends))
        case Op.AND, (x, y) if x.low >= 0 or y.low >= 0:
            return Interval(0, min(z.high for z in (x, y) if z.low >= 0))
        case Op.OR | Op.XOR, (x, y) if x.low >= 0 and y.low >= 0:
            low = max(x.low, y.low) if i.op is Op.OR else 0
            return Interval(low, (1 << max(x.high, y.high).bit_length()) - 1)
        case Op.GETC, _ if full.high >= 255:
            return Interval(-1, 255)
        case Op.WITHIN, (x, y):
            return _truth(x.low >= 0 and x.high < y.low, x.high < 0 or x.low >= y.high)
        case op, (x, y) if op.binary is not None and op.binary.compares:
            return _compare(op.binary, x, y)
        case _:
            return full


def _fitting(low: int, high: int, full: Interval) -> Interval:
    """Returns the interval if no word in it wraps, else all words."""
    return Interval(low, high) if full.low <= low and high <= full.high else full


def _quotient(x: int, y: int) -> int:
    return -(-x // y) if x < 0 else x // y


def _truth(always: bool, never: bool) -> Interval:
    return Interval(int(always), int(not never))


def _compare(op: BinaryOp, x: Interval, y: Interval) -> Interval:
    apart = x.high < y.low or y.high < x.low
    one = x.low == x.high == y.low == y.high
    match op:
        case BinaryOp.LT:
            return _truth(x.high < y.low, x.low >= y.high)
        case BinaryOp.LE:
            return _truth(x.high <= y.low, x.low > y.high)
        case BinaryOp.GT:
            return _truth(x.low > y.high, x.high <= y.low)
        case BinaryOp.GE:
            return _truth(x.low >= y.high, x.high < y.low)
        case BinaryOp.EQ:
            return _truth(one, apart)
        case _:
            return _truth(apart, one)


_OPPOSITE = {
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
}
_MIRRORED = {Op.LT: Op.GT, Op.GT: Op.LT, Op.LE: Op.GE, Op.GE: Op.LE}


def refine(
    comparison: Instruction,
    holds: bool,
    value: Value,
    interval: Interval,
    operands: list[Interval],
) -> Interval | None:
    """Returns what is left of `value`'s interval where a comparison holds, or does not.

    Args:
        comparison: any instruction; what is no comparison says nothing.
        holds: whether its result is true.
        value: one of its operands.
        interval: of the value so far.
        operands: intervals of both operands of the comparison.
    """
    op = comparison.op
    if op is Op.WITHIN:
        if not holds or comparison.operands[0] != value:
            return interval
        return interval.meet(Interval(0, max(0, operands[1].high - 1)))
    if op not in _OPPOSITE or len(operands) != 2:
        return interval
    if not holds:
        op = _OPPOSITE[op]
    first, second = comparison.operands
    if first == second:
        return interval
    other = operands[1]
    if second == value:
        op, other = _MIRRORED.get(op, op), operands[0]
    return _bounded(op, interval, other)


def _bounded(op: Op, x: Interval, y: Interval) -> Interval | None:
    """Returns the words of x that can stand in `x op y`."""
    low, high = x.low, x.high
    match op:
        case Op.LT:
            high = min(high, y.high - 1)
        case Op.LE:
            high = min(high, y.high)
        case Op.GT:
            low = max(low, y.low + 1)
        case Op.GE:
            low = max(low, y.low)
        case Op.EQ:
            low, high = max(low, y.low), min(high, y.high)
        case Op.NE if y.low == y.high:
            low += low == y.low
            high -= high == y.low
        case _:
            pass
    return Interval(low, high) if low <= high else None
