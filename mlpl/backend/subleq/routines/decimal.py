"""Writes a word in decimal.

The number is given negated: with v = |x| the cell holds o - v for a known offset o, 0 at first.
Adding t - o makes that t - v, which is <= 0 just where v >= t: one step compares with any
constant. A bisection over powers of ten finds how many digits there are; at each place a bisection
over the ten digits ends in code that writes that digit. There the offset is the multiple that was
compared with last: the digit's, or the next one's. The comparisons of the following place begin
from either.

The smallest word is its own negative and the only number that is not below 2^(w-1).

Cost: about 3 + 5 steps for each digit; 25 for four digits.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import ZERO
from mlpl.base.words import smallest


def write_decimal(name: str, word_bits: int) -> Routine:
    """Returns the routine (-x) -> nothing, which writes the bytes of x."""
    return _WriteDecimal(name, word_bits).build()


class _WriteDecimal:
    def __init__(self, name: str, word_bits: int) -> None:
        self.out = Builder(name, word_bits)
        self.number = self.out.cell("-x")
        self.smallest = smallest(word_bits)
        self.places = len(str(-self.smallest))

    def build(self) -> Routine:
        out = self.out
        out.sub(ZERO, self.number, "natural")
        out.output(ord("-"))
        out.negate(self.number, out.kept(), out.kept())
        out.label("natural")
        self._length(1, self.places, 0)
        for place in reversed(range(self.places)):
            top = int(str(-self.smallest)[0]) if place == self.places - 1 else 9
            self._digit(place, 0, top, "root")
        out.label("smallest")
        for byte in str(self.smallest).encode("ascii"):
            out.output(byte)
        out.label("out")
        out.leave(ZERO)
        return out.routine((self.number,), (-1,), ())

    def _compare(self, threshold: int, offset: int, reached: str) -> None:
        """Writes the way to `reached` where v >= threshold; the offset then is the threshold."""
        self.out.add(threshold - offset, self.number, reached)

    def _length(self, low: int, high: int, offset: int) -> None:
        """Writes the search for the number of digits, which is `low` to `high`."""
        if low == high:
            if high == self.places:
                self._compare(-self.smallest, offset, "smallest")
                offset = -self.smallest
            self._enter(low - 1, offset)
            return
        middle = (low + high) // 2
        self._compare(10**middle, offset, f"longer{middle}")
        self._length(low, middle, 10**middle)
        self.out.label(f"longer{middle}")
        self._length(middle + 1, high, 10**middle)

    def _enter(self, place: int, offset: int) -> None:
        """Writes the first comparison of a place, and the ways on; at the end the way out."""
        if place < 0:
            self.out.jump("out")
            return
        top = int(str(-self.smallest)[0]) if place == self.places - 1 else 9
        middle = (top + 1) // 2
        self._compare(middle * 10**place, offset, f"place{place}_from{middle}")
        self.out.jump(f"place{place}_below{middle}")

    def _digit(self, place: int, low: int, high: int, reached: str) -> None:
        """Writes what is done once the digit is known to be `low` to `high`.

        `reached` says by which comparison: with `low` ("from"), with `high` + 1 ("below"), or by
        none yet ("root").
        """
        out, unit = self.out, 10**place
        if reached != "root":
            out.label(f"place{place}_{reached}{low if reached == 'from' else high + 1}")
        if low == high:
            out.output(ord("0") + low)
            self._enter(place - 1, 0 if reached == "from" else unit)
            return
        middle = (low + high + 1) // 2
        if reached != "root":
            offset = low if reached == "from" else high + 1
            self._compare(middle * unit, offset * unit, f"place{place}_from{middle}")
        self._digit(place, low, middle - 1, "below")
        self._digit(place, middle, high, "from")
