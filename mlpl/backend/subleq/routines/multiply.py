"""The product of two words.

The multiplier is taken apart into Fibonacci numbers f(k), the largest first (Zeckendorf's
representation: no two of them adjacent), and the product made by Horner's rule for them: two
amounts a and b stand for a f(k) + b f(k-1), which is (a + b) f(k-1) + a f(k-2). So each digit takes
one addition, and since what is added to and what is added have opposite signs, in two cells that
take turns, one step. To double, for binary digits, takes three, and there are only 0.7 as many.

Invariants. Let v be what is left of the multiplier. After a digit 1 at k the cell `y` holds v + 1,
and the next digit is 0; after a digit 0 it holds v + 1 - f(k). Subtracting a constant makes that
v + 1 - f for the next f, which is <= 0 just where v < f: a digit takes one step to tell.
The first digit is found by bisection. A negative multiplier is negated, with the multiplicand.
Where 1 - y does not fit the word (y is the smallest or the largest) the first digit is known.

Cost: about 8 + 3 steps for each bit of the multiplier; 54 for 15 bits, 20 for 4.

Source: Zeckendorf, "Représentation des nombres naturels par une somme de nombres de Fibonacci ou de
nombres de Lucas" (1972).
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.bisection import Bisection
from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import At, Cell
from mlpl.base.words import largest, smallest
from mlpl.ir.interval import Interval


def multiply(name: str, word_bits: int, y: Interval | None = None) -> Routine:
    """Returns the routine (x, y) -> x * y modulo 2^w.

    Args:
        name: of the routine.
        word_bits: w, at least 5.
        y: what the multiplier is within.
    """
    everything = Interval(smallest(word_bits), largest(word_bits))
    return _Multiply(name, word_bits, y or everything).build()


class _Multiply:
    def __init__(self, name: str, word_bits: int, within: Interval) -> None:
        self.w = word_bits
        self.within = within
        self.numbers = _fibonacci(min(max(-within.low, within.high, 1), largest(word_bits)))
        self.out = Builder(name, word_bits)
        self.x = self.out.cell("x")
        self.y = self.out.cell("y")
        self.negated = self.out.kept()
        self.product = self.out.cell("product")
        self.u = self.out.kept()
        self.v = self.out.kept()

    def build(self) -> Routine:
        out, signed = self.out, self.within.low < 0
        if signed:
            out.add(1, self.y, "negative")
        out.sub(self.x, self.negated)
        out.label("find")
        find = Bisection(out, self.y, self.numbers, self._found)
        find.emit(1 if signed else 0)
        if signed:
            self._negative()
        for k in reversed(range(len(self.numbers))):
            self._zero(k)
            if k:
                self._one(k - 1)
        self._one(len(self.numbers) - 1)
        out.label("done")
        out.clear(self.u)
        out.label("out")
        out.leave(self.negated)
        return out.routine((self.x, self.y), (1, 1), (self.product,))

    def _negative(self) -> None:
        """Here y is one too large and negative, or the smallest word: negates both operands."""
        out, x, y = self.out, self.x, self.y
        out.label("negative")
        out.sub(x, self.u)
        out.sub(self.u, self.negated)
        out.clear(x)
        out.sub(self.negated, x)
        out.clear(self.u)
        out.sub(y, self.u)
        out.sub(self.u, self.v)
        out.clear(y)
        out.sub(self.v, y)
        out.clear(self.u)
        out.clear(self.v)
        extreme = -self.within.low >= largest(self.w) or self.within.high == largest(self.w)
        out.add(2, y, "extreme" if extreme else "")
        out.jump("find")
        if extreme:
            out.label("extreme")
            out.add(-self.numbers[-1], y)
            out.clear(self.product, f"one{len(self.numbers) - 1}")

    def _found(self, count: int, reached: bool) -> None:
        """The multiplier has `count` digits; `reached`: the last test was passed."""
        out, k = self.out, count - 1
        if not count:
            out.clear(self.product, "out")
        elif count <= 2:  # the multiplier is 1 or 2
            out.clear(self.product)
            for _ in range(count):
                out.sub(self.negated, self.product)
            out.jump("out")
        elif reached:
            out.clear(self.product, f"one{k}")
        else:
            out.add(self.numbers[k + 1] - self.numbers[k], self.y)
            out.clear(self.product, f"one{k}")

    def _cell(self, k: int) -> At | Cell:
        """Returns the cell of the amount that f(k) stands for; the other one holds f(k-1)'s."""
        return self.product if k % 2 else self.u

    def _add(self, k: int) -> None:
        self.out.sub(self.negated if k % 2 else self.x, self._cell(k))

    def _next(self, k: int) -> None:
        """Writes the step from f(k) and f(k-1) to f(k-1) and f(k-2)."""
        self.out.sub(self._cell(k), self._cell(k - 1))

    def _one(self, k: int) -> None:
        """Writes what a digit 1 does, and the test of the next but one."""
        out = self.out
        out.label(f"one{k}")
        self._add(k)
        self._next(k)
        if k:
            self._next(k - 1)
        if k > 1:
            out.add(-self.numbers[k - 2], self.y, f"zero{k - 2}")
        out.jump(f"one{k - 2}" if k > 1 else "done")

    def _zero(self, k: int) -> None:
        """Writes what follows a digit 0, and the test of the next one; `one` comes behind it."""
        out = self.out
        out.label(f"zero{k}")
        self._next(k)
        if not k:
            out.jump("done")
            return
        out.add(self.numbers[k] - self.numbers[k - 1], self.y, f"zero{k - 1}")


def _fibonacci(most: int) -> list[int]:
    """Returns 1, 2, 3, 5, ... up to `most`."""
    numbers = [1, 2]
    while numbers[-1] <= most:
        numbers.append(numbers[-1] + numbers[-2])
    while numbers[-1] > most:
        numbers.pop()
    return numbers
