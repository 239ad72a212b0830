"""Conditions as branches: comparisons that are right for every pair of words (L5.3).

Subtraction wraps, so the sign of a difference tells the order only where no overflow is possible.
Each form first splits by sign where it has to. Scratch cells are 0 again at every way out, except
out to a halt address.
"""

from __future__ import annotations

from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.selected import ZERO, Cell, Expression, Operand, T, U
from mlpl.base import words


class Condition:
    """Emits one condition with its two ways out.

    Args of the methods: x and y are operands that are not written here; `c` a constant, a
    signed word.
    """

    def __init__(
        self, out: Emitter, yes: Expression, no: Expression, keeps: tuple[Cell, ...] = ()
    ) -> None:
        self.out = out
        self.yes = yes
        self.no = no
        self.keeps = keeps

    def swapped(self) -> Condition:
        """Returns the same with the ways out exchanged: the opposite condition."""
        return Condition(self.out, self.no, self.yes, self.keeps)

    def _leave(self, target: Expression, *dirty: Operand) -> None:
        """Clears `dirty` and goes to `target`."""
        if not dirty or not target.symbol:
            self._sub(ZERO, ZERO, target)
            return
        for cell in dirty[:-1]:
            self.out.clear(cell)
        self.out.clear(dirty[-1], target)

    def _sub(self, a: Operand, b: Operand, target: Expression | None = None) -> None:
        self.out.sub(a, b, target, keeps=self.keeps)

    def _dirty(self, target: Expression) -> tuple[Expression, bool]:
        """Returns where to branch with a dirty T, and whether that place must be emitted."""
        if not target.symbol:
            return target, False
        return to(self.out.fresh("c")), True

    def _cleaned(self, place: tuple[Expression, bool], target: Expression) -> None:
        if place[1]:
            self.out.label(place[0].symbol)
            self._leave(target, T)

    def always(self, value: bool) -> None:
        """A condition that is known."""
        self._leave(self.yes if value else self.no)

    def positive(self, x: Operand) -> None:
        """X > 0."""
        self._sub(ZERO, x, self.no)
        self._leave(self.yes)

    def negative(self, x: Operand) -> None:
        """X < 0: -x is positive, or x is the smallest word, which is its own negative."""
        maybe = self.out.fresh("c")
        no = self._dirty(self.no)
        self._sub(x, T, to(maybe))
        self._leave(self.yes, T)
        self.out.label(maybe)
        self._sub(self.out.pool(1), T, no[0])
        self._leave(self.yes, T)
        self._cleaned(no, self.no)

    def at_most(self, x: Operand, c: int, *, close: bool = False) -> None:
        """X <= c; `close` promises that c - x + 1 does not overflow."""
        w = self.out.word_bits
        if c == words.largest(w):
            self.always(True)
        elif close and c != 0:
            self._at_most_same_sign(x, c)
        elif c == 0:
            self.swapped().positive(x)
        elif c == -1:
            self.negative(x)
        elif c == words.smallest(w):
            self.equals(x, c)
        elif c > 0:
            self._sub(ZERO, x, self.yes)
            self._at_most_same_sign(x, c)
        else:
            near = self.out.fresh("c")
            self._sub(ZERO, x, to(near))
            self._leave(self.no)
            self.out.label(near)
            self._at_most_same_sign(x, c)

    def _at_most_same_sign(self, x: Operand, c: int) -> None:
        """Tells x <= c by c - x + 1 <= 0, which does not overflow for x and c of like sign."""
        no = self._dirty(self.no)
        self._sub(x, T, no[0] if c == -1 else None)
        if c != -1:
            self._sub(self.out.pool(-(c + 1)), T, no[0])
        self._leave(self.yes, T)
        self._cleaned(no, self.no)

    def equals(self, x: Operand, c: int) -> None:
        """X == c: the difference c - x is <= 0, and one more is not."""
        maybe = self.out.fresh("c")
        if c:
            self._sub(x, T)
            self._sub(self.out.pool(-c), T, to(maybe))
        else:
            self._sub(x, T, to(maybe))
        self._zero_or_less(maybe, T)

    def _zero_or_less(self, maybe: str, *dirty: Operand) -> None:
        """T holds a difference; at `maybe` it is <= 0, here it is not: was it 0?"""
        unequal = to(self.out.fresh("c")) if self.no.symbol else self.no
        if self.no.symbol:
            self.out.label(unequal.symbol)
        self._leave(self.no, *dirty)
        self.out.label(maybe)
        self._sub(self.out.pool(-1), T, unequal)
        self._leave(self.yes, *dirty)

    def same(self, x: Operand, y: Operand) -> None:
        """X == y."""
        maybe = self.out.fresh("c")
        self._sub(x, T)
        self._sub(y, U)
        self._sub(U, T, to(maybe))
        self._zero_or_less(maybe, U, T)

    def less_close(self, x: Operand, y: Operand) -> None:
        """X < y, where y - x does not overflow."""
        no = to(self.out.fresh("c"))
        self._sub(x, T)
        self._sub(y, U)
        self._sub(U, T, no)
        self._leave(self.yes, U, T)
        self.out.label(no.symbol)
        self._leave(self.no, U, T)

    def less_signed(self, x: Operand, y: Operand, natural: bool) -> None:
        """X < y, where x >= 0 (`natural`), or else y > 0: the other's sign may decide at once."""
        if natural:
            self._sub(ZERO, y, self.no)
        else:
            self._sub(ZERO, x, self.yes)
        self.less_close(x, y)

    def less(self, x: Operand, y: Operand) -> None:
        """X < y.

        Unlike signs decide at once. With like signs y - x is told from -x and y, where 0 and
        the smallest word, whose negatives are not positive, go a way of their own (`rare`).
        """
        out = self.out
        x_low, both_low, rare, smallest, differ, no = (out.fresh("c") for _ in range(6))
        self._sub(ZERO, x, to(x_low))
        self._sub(ZERO, y, self.no)
        self._sub(x, T, to(differ))  # always taken: x > 0
        out.label(x_low)
        self._sub(ZERO, y, to(both_low))
        self._leave(self.yes)
        out.label(rare)  # T = -x = x is 0 or the smallest word
        self._sub(out.pool(-1), T, to(smallest))
        self._leave(self.no, T)
        out.label(smallest)  # T = x + 1: x < y unless y is the smallest word too
        yes = self._dirty(self.yes)
        self._sub(y, T, yes[0])
        self._leave(self.no, T)
        self._cleaned(yes, self.yes)
        out.label(both_low)
        self._sub(x, T, to(rare))
        out.label(differ)
        self._sub(y, U)
        self._sub(U, T, to(no))  # T = y - x
        self._leave(self.yes, U, T)
        out.label(no)
        self._leave(self.no, U, T)

    def within(self, x: Operand, y: Operand | int) -> None:
        """0 <= x < y for y >= 0: first -x <= 0, then y - x > 0."""
        no = self._dirty(self.no)
        high = self.out.fresh("c")
        self._sub(x, T, to(high))
        self._leave(self.no, T)
        self.out.label(high)
        if isinstance(y, int):
            self._sub(self.out.pool(-y), T, no[0])
            self._leave(self.yes, T)
            self._cleaned(no, self.no)
            return
        self._sub(y, U)
        self._sub(U, T, no[0])
        self._leave(self.yes, U, T)
        if no[1]:
            self.out.label(no[0].symbol)
            self._leave(self.no, U, T)
