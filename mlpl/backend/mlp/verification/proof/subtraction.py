"""Subtraction as it is learned at school: limb by limb, with a borrow into each."""

from __future__ import annotations

from functools import cached_property

import z3


class LimbwiseSubtraction:
    """b - v - borrow modulo 2^w, with a symbol for the borrow into every limb but the first.

    The symbols are defined by `facts`. That the limbs are those of the difference of the whole
    words is a theorem of its own, `theorem`.

    Attributes:
        sizes: the bits of each limb, the lowest first.
        minuend: b.
        subtrahend: v.
        borrows: into each limb, and out of the last.
    """

    def __init__(
        self,
        minuend: z3.BitVecRef,
        subtrahend: z3.BitVecRef,
        borrow: z3.BoolRef,
        sizes: tuple[int, ...],
    ) -> None:
        self.sizes = sizes
        self.minuend, self.subtrahend = minuend, subtrahend
        symbols = [z3.Bool(f"borrow[{limb}]") for limb in range(1, len(sizes) + 1)]
        self.borrows = [borrow, *symbols]
        self._starts = [sum(sizes[:limb]) for limb in range(len(sizes))]

    def limb(self, word: z3.BitVecRef, number: int) -> z3.BitVecRef:
        """Returns one limb of a word."""
        low = self._starts[number]
        return z3.Extract(low + self.sizes[number] - 1, low, word)

    @cached_property
    def facts(self) -> list[z3.BoolRef]:
        """Returns what defines the borrows."""
        found = []
        for number, out in enumerate(self.borrows[1:]):
            passed = z3.And(self.propagates(number), self.borrows[number])
            found.append(out == z3.Or(self.generates(number), passed))
        return found

    def generates(self, number: int) -> z3.BoolRef:
        """Returns whether a limb of b is below that of v."""
        return z3.ULT(self.limb(self.minuend, number), self.limb(self.subtrahend, number))

    def propagates(self, number: int) -> z3.BoolRef:
        """Returns whether a limb of b equals that of v."""
        return self.limb(self.minuend, number) == self.limb(self.subtrahend, number)

    @cached_property
    def result(self) -> z3.BitVecRef:
        """Returns the difference, put together from its limbs."""
        limbs = []
        for number, size in enumerate(self.sizes):
            one, other = (self.limb(word, number) for word in (self.minuend, self.subtrahend))
            limbs.append(one - other - number_of(self.borrows[number], size))
        return z3.Concat(*reversed(limbs)) if len(limbs) > 1 else limbs[0]

    @property
    def theorem(self) -> z3.BoolRef:
        """Returns that the result is the difference of the whole words."""
        size = self.minuend.size()
        whole = self.minuend - self.subtrahend - number_of(self.borrows[0], size)
        return self.result == whole


def number_of(truth: z3.BoolRef, size: int) -> z3.BitVecRef:
    """Returns 1 or 0 as a bit-vector."""
    return z3.If(truth, z3.BitVecVal(1, size), z3.BitVecVal(0, size))
