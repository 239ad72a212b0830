"""What a place in a program needs of an operator."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.ir.interval import Interval
from mlpl.ir.module import Op


@dataclass(frozen=True, slots=True)
class Need:
    """Results of ops on two operands, and what is known about these.

    Attributes:
        ops: one; or DIV and REM together, whose results one routine has in this order.
        x: what the first operand is within.
        y: what the second one is within.
        dead: nothing reads the first operand later.
    """

    ops: tuple[Op, ...]
    x: Interval
    y: Interval
    dead: bool = False

    @property
    def constant(self) -> int | None:
        """The second operand where it is known."""
        return self.y.low if self.y.low == self.y.high else None

    def join(self, other: Need) -> Need:
        """Returns what serves both."""
        ops = tuple(op for op in Op if op in self.ops or op in other.ops)
        return Need(ops, self.x.join(other.x), self.y.join(other.y), self.dead and other.dead)
