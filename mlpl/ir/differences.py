"""Relations between values: how much one is more than another at most.

On demand, from what computes the values and from the conditions on the way: that `j` is below the
length in a loop that begins with an index below it and goes down, that what lies halfway between
two indices is an index. Words wrap, so a sum is used only where ranges rule that out.

Source: Bodik, Gupta, Sarkar, "ABCD: eliminating array bounds checks on demand" (2000), with
conditions in place of renamed variables.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlpl.base.words import largest, smallest
from mlpl.ir.facts import MIRRORED, OPPOSITE
from mlpl.ir.guards import Fact, Knowledge
from mlpl.ir.module import Const, Instruction, Op, Operand, Value
from mlpl.ir.ranges import Ranges

_QUESTIONS = 60
"""Questions that one question may lead to."""


class Differences:
    """Answers questions about the values of one function."""

    def __init__(self, ranges: Ranges) -> None:
        self._ranges = ranges
        self._guards = ranges.guards
        self._homes = {
            parameter.id: name
            for name in ranges.guards.flow.order
            for parameter in ranges.guards.flow.blocks[name].parameters
        }
        self._defined_in = self._homes | {
            i.result.id: name
            for name in ranges.guards.flow.order
            for i in ranges.guards.flow.blocks[name].instructions
            if i.result is not None
        }

    def less(self, x: Operand, y: Operand, block: str) -> bool:
        """Whether it is known that x < y in a block."""
        return _Question(self, self._ranges, y).holds(x, -1, self._guards.known(block))

    def incoming(self, parameter: Value) -> Iterator[tuple[Operand, Knowledge]]:
        """Yields what a block's parameter is given, with what is known on the way."""
        home = self._homes[parameter.id]
        index = self._guards.flow.blocks[home].parameters.index(parameter)
        for edge, known, _ in self._guards.edges_into(home):
            yield edge.arguments[index], known

    def stays(self, y: Operand, parameter: Value) -> bool:
        """Whether `y` is defined before the block of a parameter, so that rounds do not change it.

        False if the parameter is none of a block.
        """
        home = self._homes.get(parameter.id)
        if home is None:
            return False
        if not isinstance(y, Value) or y.id not in self._defined_in:
            return True
        above = self._defined_in[y.id]
        return above != home and self._guards.dominators.dominates(above, home)


class _Question:
    """Whether values are less than one value, or more by something known at most.

    Attributes:
        _y: that value.
        _active: for parameters that are being asked about, how much they may be more.
        _left: how many more questions may be asked.
    """

    def __init__(self, differences: Differences, ranges: Ranges, y: Operand) -> None:
        self._differences = differences
        self._ranges = ranges
        self._definitions = ranges.guards.definitions
        self._y = y
        self._active: dict[int, int] = {}
        self._left = _QUESTIONS
        self._words = smallest(ranges.word_bits), largest(ranges.word_bits)

    def holds(self, x: Operand, c: int, known: Knowledge) -> bool:
        """Whether x - y <= c where so much is known."""
        if x == self._y:
            return c >= 0
        self._left -= 1
        left, right = self._ranges.where(x, known), self._ranges.where(self._y, known)
        if left is None or right is None or left.high - right.low <= c:
            return True
        if left.low - right.high > c or self._left < 0 or not isinstance(x, Value):
            return False
        return (
            any(self.holds(z, c - most, known) for z, most in self._bounds(x, known))
            or (c == -1 and self._differs(x, known) and self.holds(x, 0, known))
            or self._in_rounds(x, c)
        )

    def _in_rounds(self, x: Value, c: int) -> bool:
        """Whether the same holds for a block's parameter by all that it is given.

        What holds at the beginning of a loop, and behind a round if it did before, holds always.
        """
        if x.id in self._active:
            return c >= self._active[x.id]
        if not self._differences.stays(self._y, x):
            return False
        self._active[x.id] = c
        found = all(self.holds(z, c, known) for z, known in self._differences.incoming(x))
        del self._active[x.id]
        return found

    def _differs(self, x: Value, known: Knowledge) -> bool:
        """Whether a condition says that x is not y."""
        return any(
            fact.comparison is not None
            and fact.comparison.op is (Op.NE if fact.outcome else Op.EQ)
            and set(fact.comparison.operands) == {x, self._y}
            for fact in known.get(x.id, ())
        )

    def _bounds(self, x: Value, known: Knowledge) -> Iterator[tuple[Operand, int]]:
        """Yields operands with how much x is more than them at most."""
        for fact in known.get(x.id, ()):
            yield from _told(fact, x)
        definition = self._definitions.get(x.id)
        if definition is not None and len(definition.operands) == 2:
            yield from self._computed(definition, known)

    def _computed(self, i: Instruction, known: Knowledge) -> Iterator[tuple[Operand, int]]:
        x, y = i.operands
        a, b = self._ranges.where(x, known), self._ranges.where(y, known)
        if a is None or b is None:
            return
        low, high = self._words
        match i.op:
            case Op.ADD if a.low + b.low >= low and a.high + b.high <= high:
                yield x, b.high
                yield y, a.high
            case Op.SUB if a.low - b.high >= low and a.high - b.low <= high:
                yield x, -b.low
            case Op.DIV if a.low >= 0 and b.low >= 1:
                yield x, 0
                if y == Const(2):
                    yield from self._halfway(x, known)
            case Op.SHR if a.low >= 0 and b.low >= 0:
                yield x, 0
                if y == Const(1):
                    yield from self._halfway(x, known)
            case Op.REM if b.low >= 1:
                yield y, -1
            case Op.AND:
                yield from ((o, 0) for o, z in ((x, a), (y, b)) if z.low >= 0)
            case _:
                pass

    def _halfway(self, total: Operand, known: Knowledge) -> Iterator[tuple[Operand, int]]:
        """Yields the end of a span, for the half of the sum of its ends, rounded down."""
        definition = self._definitions.get(total.id) if isinstance(total, Value) else None
        if definition is None or definition.op is not Op.ADD:
            return
        p, q = definition.operands
        a, b = self._ranges.where(p, known), self._ranges.where(q, known)
        if a is None or b is None or min(a.low, b.low) < 0 or a.high + b.high > self._words[1]:
            return
        for low, high in ((p, q), (q, p)):
            if isinstance(low, Value):
                told = (pair for fact in known.get(low.id, ()) for pair in _told(fact, low))
                yield from ((end, most) for end, most in told if end == high)


def _told(fact: Fact, x: Value) -> Iterator[tuple[Operand, int]]:
    """Yields operands with how much x is more than them at most, as a condition says."""
    if fact.comparison is None or len(fact.comparison.operands) != 2:
        return
    op, (first, second) = fact.comparison.op, fact.comparison.operands
    if op is Op.WITHIN and fact.outcome and first == x:
        yield second, -1
    if op not in OPPOSITE:
        return
    if not fact.outcome:
        op = OPPOSITE[op]
    if second == x:
        op, first, second = MIRRORED[op], second, first
    if first == x and op in (Op.LT, Op.LE, Op.EQ):
        yield second, -1 if op is Op.LT else 0
