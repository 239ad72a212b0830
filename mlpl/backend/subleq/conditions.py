"""Which form of a condition is right and shortest for what is known about its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from mlpl.backend.subleq.compare import Condition
from mlpl.backend.subleq.selected import Operand
from mlpl.base.words import largest, smallest
from mlpl.ir.module import Const, Instruction, Op, Value
from mlpl.ir.module import Operand as Argument
from mlpl.ir.ranges import Ranges


@dataclass(frozen=True, slots=True)
class Conditions:
    """Chooses the forms of conditions.

    Attributes:
        operand: returns the cell that holds an argument's value.
        ranges: of the function's values.
        definitions: of the function's values, by id.
        fused: ids of the bools that have no cell.
    """

    operand: Callable[[Argument], Operand]
    ranges: Ranges
    definitions: Mapping[int, Instruction]
    fused: Set[int]

    def compare(self, i: Instruction, condition: Condition, block: str) -> None:
        """Emits a comparison, or the negation of a bool."""
        x, y = (*i.operands, Const(0))[:2]
        match i.op:
            case Op.NOT:
                self.test(x, condition.swapped(), block)
            case Op.WITHIN:
                if self.ranges.at(x, block).low >= 0:
                    self._less(x, y, condition, block, natural=True)
                else:
                    end = y.value if isinstance(y, Const) else self.operand(y)
                    condition.within(self.operand(x), end)
            case Op.EQ | Op.NE:
                condition = condition if i.op is Op.EQ else condition.swapped()
                if isinstance(x, Const):
                    x, y = y, x
                if isinstance(y, Const):
                    condition.equals(self.operand(x), y.value)
                else:
                    condition.same(self.operand(x), self.operand(y))
            case Op.LT:
                self._less(x, y, condition, block)
            case Op.GT:
                self._less(y, x, condition, block)
            case Op.LE:
                self._less(y, x, condition.swapped(), block)
            case Op.GE:
                self._less(x, y, condition.swapped(), block)
            case _:
                raise AssertionError(i.op)

    def _less(
        self, x: Argument, y: Argument, condition: Condition, block: str, *, natural: bool = False
    ) -> None:
        """Emits x < y in the shortest form that is right for the ranges of both.

        `natural` promises that both are 0 or more.
        """
        w = self.ranges.word_bits
        left, right = self.ranges.at(x, block), self.ranges.at(y, block)
        low, high = right.low - left.high, right.high - left.low
        close = natural or (smallest(w) <= low and high <= largest(w))
        match x, y:
            case _, Const(c) if c == smallest(w):
                condition.always(False)
            case _, Const(c):
                condition.at_most(self.operand(x), c - 1, close=close)
            case Const(c), _:
                near = smallest(w) <= c + 1 - right.high and c + 1 - right.low <= largest(w)
                condition.swapped().at_most(self.operand(y), c, close=natural or near)
            case _ if close:
                condition.less_close(self.operand(x), self.operand(y))
            case _ if left.low >= 0 or right.low > 0:
                condition.less_signed(self.operand(x), self.operand(y), left.low >= 0)
            case _:
                condition.less(self.operand(x), self.operand(y))

    def test(self, x: Argument, condition: Condition, block: str) -> None:
        """Branches on a bool."""
        if isinstance(x, Const):
            condition.always(bool(x.value))
            return
        assert isinstance(x, Value)
        if x.id in self.fused:
            self.compare(self.definitions[x.id], condition, block)
        else:
            condition.positive(self.operand(x))
