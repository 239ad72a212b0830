"""Quotient and remainder of two words in few cells.

`rest` holds -|x|, in which the smallest word fits too. The doublings of |y| are added to it one
after the other as long as it stays <= 0, then again from |y| on, until not even that fits. A
quotient of n bits takes less than n passes of less than n doublings.

The quotient takes in doublings of +1 or -1, so that its sign is right from the beginning.

Cost: about 10 steps for each doubling; 270 for a quotient of 8 bits.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.need import Need
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import Cell
from mlpl.base.words import smallest
from mlpl.ir.module import Op


def divide(name: str, word_bits: int, need: Need) -> Routine:
    """Returns the routine (x, y) -> x / y and x % y, as far as they are wanted; y is not 0.

    Operands that are known not to be negative are given negated.
    """
    return _Divide(name, word_bits, need).build()


class _Divide:
    def __init__(self, name: str, word_bits: int, need: Need) -> None:
        self.out = Builder(name, word_bits)
        self.need = need
        self.x_signed = need.x.low < 0
        self.y_signed = need.y.low < 0
        self.x, self.y, self.rest, self.minus = map(self.out.cell, ("x", "y", "rest", "-|y|"))
        self.doubled = self.out.cell("doubled")
        self.quotient, self.unit, self.weight = map(self.out.cell, ("quotient", "unit", "weight"))
        self.remainder = self.out.cell("remainder")
        self.t = self.out.kept()
        self.u = self.out.kept()
        self.wants_quotient = Op.DIV in need.ops
        self.wants_remainder = Op.REM in need.ops

    def build(self) -> Routine:
        out, t, doubled = self.out, self.t, self.doubled
        huge = self.need.y.low == smallest(out.word_bits)
        self._start()
        out.label("pass")
        out.clear(doubled)
        out.sub(self.minus, doubled, "huge" if huge else "")
        out.sub(doubled, t)
        if self.wants_quotient:
            out.clear(self.weight)
            if self.signed:
                out.sub(self.unit, self.weight)
            else:
                out.add(-1, self.weight)
        out.sub(t, self.rest, "fits")
        out.clear(t, "end")
        out.label("fits")  # t holds -doubled
        if self.wants_quotient:
            out.sub(self.weight, self.quotient)
            out.double(self.weight, self.u)
        out.sub(t, doubled, "over")
        out.clear(t)
        out.sub(doubled, t)
        out.sub(t, self.rest, "fits")
        out.sub(doubled, self.rest)
        out.label("over")
        out.clear(t, "pass")
        if huge:
            self._huge()
        out.label("end")
        if self.wants_remainder:
            self._remainder()
        out.leave(t)
        x = self.x if self.x_signed else self.rest
        y = self.y if self.y_signed else self.minus
        signs = (1 if self.x_signed else -1, 1 if self.y_signed else -1)
        wanted = ((self.quotient, self.wants_quotient), (self.remainder, self.wants_remainder))
        return out.routine((x, y), signs, tuple(cell for cell, wants in wanted if wants))

    @property
    def signed(self) -> bool:
        """Whether the quotient's sign is not known."""
        return self.x_signed or self.y_signed

    def _start(self) -> None:
        """Writes rest := -|x|, minus := -|y|, and the sign of the quotient."""
        out = self.out
        if self.wants_quotient:
            out.clear(self.quotient)
            if self.signed:
                out.clear(self.unit)
                out.add(1, self.unit)
        if self.x_signed:
            self._magnitude("x", self.x, self.rest)
            if self.wants_quotient:
                out.add(-2, self.unit)
            out.label("x_done")
        if self.y_signed:
            self._magnitude("y", self.y, self.minus)
            if self.wants_quotient and self.x_signed:
                out.test(self.unit, "turn")
            if self.wants_quotient:
                out.add(-2, self.unit, "y_done")
            if self.wants_quotient and self.x_signed:
                out.label("turn")
                out.add(2, self.unit)
            out.label("y_done")

    def _magnitude(self, name: str, source: Cell, goal: Cell) -> None:
        """Writes goal := -|source|; goes on here where the source is not positive."""
        out = self.out
        out.clear(goal)
        out.test(source, f"{name}_low")
        out.sub(source, goal, f"{name}_done")
        out.label(f"{name}_low")
        out.sub(source, self.t)
        out.sub(self.t, goal)
        out.clear(self.t)

    def _huge(self) -> None:
        """Writes what is done for the smallest y, whose magnitude only the smallest x reaches."""
        out, w = self.out, self.out.word_bits
        out.label("huge")
        out.add(-1, self.rest, "rest")
        if self.wants_quotient:
            out.add(1, self.quotient)
        out.add(1, self.rest, "end")
        out.label("rest")
        out.add(smallest(w) + 1, self.rest)

    def _remainder(self) -> None:
        """Writes the remainder; rest and doubled hold |y| less it, and |y|."""
        out, rest, remainder = self.out, self.rest, self.remainder
        out.sub(self.doubled, rest)
        out.clear(remainder)
        if self.x_signed:
            out.test(self.x, "x_negative")
        out.sub(rest, remainder)
        if self.x_signed:
            out.jump("out")
            out.label("x_negative")
            out.sub(rest, self.t)
            out.sub(self.t, remainder)
            out.label("out")
