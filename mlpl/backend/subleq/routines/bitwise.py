"""And, or, exclusive or of two words, bit by bit from the top.

Invariants. Let u be the bits of an operand that are left, those below 2^(j+1). Its cell holds
u + 1 where the last bit was 1, and u + 1 - 2^(j+1) where it was 0; the code knows which, for both
operands: each level has a state for each of the four cases. Subtracting 2^j from the first, or
adding it to the second, gives u + 1 - 2^j, which is <= 0 just where bit j is 0. A bit takes one
step to tell. The largest u + 1 does not fit the word and is its smallest, which does no harm: the
first subtraction makes it what it should be.

The result is collected negated: it stays <= 0, so that the step that takes a bit in is also the
jump to the next level. The sign goes into the result by itself, before. Two operands that are
small begin in the middle.

Cost: 2.25 to 2.75 steps a bit and about 10: 45 for `&`, 49 for `|` and `^` of 15 bits; 27 to 29
for 8 bits.
"""

from __future__ import annotations

from collections.abc import Callable

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import Cell

Truth = Callable[[int, int], int]
State = tuple[int, int]
"""The bits that were found last, of both operands."""
_STATES: tuple[State, ...] = ((1, 1), (1, 0), (0, 1), (0, 0))


def bitwise(name: str, word_bits: int, truth: Truth, bits: int | None = None) -> Routine:
    """Returns the routine (x, y) -> the word whose bits are `truth` of those of x and y.

    Args:
        name: of the routine.
        word_bits: w.
        truth: of two bits; it is 0 for two zeros.
        bits: that both operands have, which are not negative; None if they may be.
    """
    return _Bitwise(name, word_bits, truth, bits).build()


class _Bitwise:
    def __init__(self, name: str, word_bits: int, truth: Truth, bits: int | None) -> None:
        self.w = word_bits
        self.natural = bits is not None
        self.bits = word_bits - 1 if bits is None else max(bits, 2)
        self.truth = truth
        self.out = Builder(name, word_bits)
        self.x = self.out.cell("x")
        self.y = self.out.cell("y")
        self.result = self.out.cell("result")
        self.negated = self.out.kept()

    def build(self) -> Routine:
        out = self.out
        out.clear(self.result)
        if self.natural:
            out.add(1, self.x)
            out.add(1, self.y)
        else:
            self._sign(self.x, "x")
            self._second(0)
        self._small((self.bits + 1) // 2)
        for j in reversed(range(self.bits)):
            states = _STATES[:1] if j == self.bits - 1 else _STATES
            for state in states:
                self._level(j, state)
            self._taken(j)
        out.label("end")
        out.sub(self.negated, self.result)
        out.leave(self.negated)
        if not self.natural:
            self._negatives()
        return out.routine((self.x, self.y), (1, 1), (self.result,))

    # Signs ---------------------------------------------------------------------------------

    def _negatives(self) -> None:
        """Writes what is done for operands < 0."""
        out = self.out
        self._negative(self.x, "x", "x_found")
        out.label("x_found")
        self._second(1)
        out.jump("levels")
        for sign in (0, 1):
            self._negative(self.y, f"y{sign}", f"found{sign}1")
            out.label(f"found{sign}1")
            self._take_sign(sign, 1)
            out.jump("levels")

    def _sign(self, cell: Cell, name: str) -> None:
        """Writes cell := u + 1 for operands >= 0; others, and the largest, go to `name`."""
        self.out.add(1, cell, name)
        self.out.label(f"{name}_plain")

    def _negative(self, cell: Cell, name: str, found: str) -> None:
        """Writes cell := u + 1 for operands < 0, which go to `found`, and the largest, back."""
        out, smallest = self.out, 1 << (self.w - 1)
        out.label(name)
        out.add(smallest, cell, f"{name}_full")
        out.jump(found)
        out.label(f"{name}_full")  # u is all ones: of -1 the cell is right, of the largest it is 0
        out.add(1, cell, f"{name}_ones")
        out.add(smallest - 1, cell)
        out.jump(f"{name}_plain")
        out.label(f"{name}_ones")
        out.add(-1, cell)

    def _second(self, sign: int) -> None:
        """Writes the same for y, where the sign of x is known."""
        self._sign(self.y, f"y{sign}")
        self._take_sign(sign, 0)

    def _take_sign(self, x: int, y: int) -> None:
        if self.truth(x, y):
            self.out.add(1 << (self.w - 1), self.result)

    # Levels --------------------------------------------------------------------------------

    def _small(self, half: int) -> None:
        """Writes the test whether both are below 2^half; they skip the levels above."""
        out, bound = self.out, 1 << half
        out.label("levels")
        out.add(-bound, self.x, "x_small")
        out.add(bound, self.x)
        out.jump(self._name(self.bits - 1, (1, 1)))
        out.label("x_small")
        out.add(-bound, self.y, self._name(half - 1, (0, 0)))
        out.add(bound, self.x)
        out.add(bound, self.y)

    def _name(self, j: int, state: State) -> str:
        return f"level{j}_{state[0]}{state[1]}" if j >= 0 else "end"

    def _level(self, j: int, state: State) -> None:
        """Writes the tests of bit j in both operands."""
        out = self.out
        by_x, by_y = (-(1 << j) if bit else 1 << j for bit in state)
        name = self._name(j, state)
        out.label(name)
        out.add(by_x, self.x, f"{name}_x0")
        out.add(by_y, self.y, self._goal(j, (1, 0)))
        self._take(j, (1, 1))
        out.label(f"{name}_x0")
        out.add(by_y, self.y, self._goal(j, (0, 0)))
        self._take(j, (0, 1))

    def _goal(self, j: int, bits: State) -> str:
        """Returns where a branch goes that has found `bits`."""
        return f"take{j}_{bits[0]}{bits[1]}" if self.truth(*bits) else self._name(j - 1, bits)

    def _take(self, j: int, bits: State) -> None:
        """Writes what is done for `bits`: the jump on, which takes the bit of the result in."""
        if self.truth(*bits):
            self.out.add(-(1 << j), self.negated, self._name(j - 1, bits))
        else:
            self.out.jump(self._name(j - 1, bits))

    def _taken(self, j: int) -> None:
        """Writes the places where branches go that take a bit in."""
        for bits in ((1, 0), (0, 0)):
            if self.truth(*bits):
                self.out.label(f"take{j}_{bits[0]}{bits[1]}")
                self._take(j, bits)
