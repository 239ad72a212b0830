"""Tells the bits of a number from the top, one step a bit, by thresholds that halve.

With thresholds t the digits are those of v / (the last t); where the last t is a power of two they
are the bits of v. Each level has a state for both values of the digit before it.

A *rising* ladder holds v + 1 where the last digit was 1, and v + 1 - 2t where it was 0, which is
what the test before has left. Subtracting t from the first, or adding it to the second, gives
v + 1 - t, which is <= 0 just where v < t: zeros branch. A *falling* ladder holds -v and 2t - v; its
tests make t - v, which is <= 0 just where v >= t: ones branch.

Digits add amounts to a total. Where that never is positive, the step that adds is the jump to the
next level too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlpl.backend.subleq.routines.builder import Builder
from mlpl.backend.subleq.selected import Cell, Operand

_MANY = 5
"""From so many levels on small numbers skip those of the upper half by one test."""


@dataclass(frozen=True, slots=True)
class Level:
    """A digit to tell.

    Attributes:
        threshold: t, half that of the level before.
        zero: what the digit 0 adds to the total.
        one: what the digit 1 adds to it.
    """

    threshold: int
    zero: int = 0
    one: int = 0

    def amount(self, digit: int) -> int:
        """Returns what a digit adds."""
        return self.one if digit else self.zero


class Ladder:
    """Writes the levels of one ladder; v is below twice the first threshold."""

    def __init__(
        self,
        out: Builder,
        name: str,
        cell: Cell,
        levels: Sequence[Level],
        *,
        falling: bool = False,
        total: Operand | None = None,
        ends: tuple[str, str] = ("end", "end"),
        jumps: bool = True,
        full: str = "",
    ) -> None:
        """Prepares a ladder.

        Args:
            out: the routine.
            name: begins the ladder's labels.
            cell: holds the number.
            levels: from the top.
            falling: which form `cell` has.
            total: what digits add to.
            ends: where to go behind the last level after a 0 and after a 1.
            jumps: promises that the total is <= 0 whenever something was added to it.
            full: on a falling ladder, where to go if v is just twice the first threshold; nothing
                was added to the total then, and the cell holds 0.
        """
        self.out = out
        self.name = name
        self.cell = cell
        self.levels = levels
        self.falling = falling
        self.total = total
        self.ends = ends
        self.jumps = jumps
        self.full = full
        self._small: list[tuple[int, int, int]] = []
        self.straight = 0 if falling else 1  # the digit that falls through

    def enter(self, offset: int) -> None:
        """Writes the way in where the cell holds the number (negated if falling) plus `offset`.

        Nothing is known about the first digit. What follows must be `levels_below`.
        """
        if self.levels:
            self._search(0, offset if self.falling else offset - 1)

    def _search(self, number: int, bias: int) -> None:
        """Writes what finds the first digit 1, where v is below twice the threshold of a level.

        Of many levels, small numbers skip the upper half by one test, and so on.
        """
        left = len(self.levels) - number
        if left < _MANY:
            if number:
                self.out.jump(self._label(number, 0))
            else:
                self._test(0, bias)
            return
        middle = number + left // 2
        bound = 2 * self.levels[middle].threshold
        self._compare(bound, bias, f"{self.name}{middle}_{'large' if self.falling else 'small'}")
        if self.falling:
            self._skip(number, middle)
            self._search(middle, bound)
            self.out.label(f"{self.name}{middle}_large")
            self._test(number, bound)
        else:
            self._small.append((number, middle, -bound))
            self._test(number, -bound)

    def levels_below(self) -> None:
        """Writes what the first test leads to, and all levels below the first."""
        straight = self.straight
        for number in range(1, len(self.levels)):
            self.out.label(self._label(number, straight))
            self._test(number, self._bias(number, straight))
        self.out.jump(self.ends[straight])
        for number in range(1, len(self.levels)):
            self.out.label(self._label(number, 1 - straight))
            self._test(number, self._bias(number, 1 - straight))
        for number in range(len(self.levels)):
            self._branched(number)
        while self._small:
            number, middle, bias = self._small.pop()
            self.out.label(f"{self.name}{middle}_small")
            self._skip(number, middle)
            self._search(middle, bias)

    def first(self, digit: int) -> None:
        """Writes the way in where the cell is as after a digit; `levels_below` must follow."""
        if self.levels:
            self._test(0, self._bias(0, digit))
        else:
            self.out.jump(self.ends[digit])

    def add(self, amount: int, goal: str) -> None:
        """Writes the addition of an amount to the total and the way to `goal`."""
        if amount and self.total is not None:
            if self.jumps:
                self.out.add(amount, self.total, goal)
                return
            self.out.add(amount, self.total)
        self.out.jump(goal)

    def _bias(self, number: int, digit: int) -> int:
        """Returns what the cell holds more than 1 + v, or -v, after a digit."""
        twice = 2 * self.levels[number].threshold
        return 0 if digit else twice if self.falling else -twice

    def _compare(self, threshold: int, bias: int, goal: str) -> None:
        """Writes the test against a threshold where the cell holds 1 + v + bias, or bias - v."""
        self.out.add(threshold - bias if self.falling else -threshold - bias, self.cell, goal)

    def _test(self, number: int, bias: int) -> None:
        level, straight = self.levels[number], self.straight
        branch = 1 - straight
        goal = self._label(number + 1, branch)
        if level.amount(branch) or (self.full and not number):
            goal = f"{self.name}{number}_adds"
        self._compare(level.threshold, bias, goal)
        self.add(level.amount(straight), self._label(number + 1, straight))

    def _branched(self, number: int) -> None:
        """Writes the addition for digits whose test branches."""
        branch = 1 - self.straight
        amount = self.levels[number].amount(branch)
        if self.full and not number:
            # Less the threshold v is below the next one twice: as if after a 0.
            self.out.label(f"{self.name}{number}_adds")
            self.out.add(self.levels[0].threshold, self.cell, self.full)
            self.add(amount, self._label(1, 0))
        elif amount:
            self.out.label(f"{self.name}{number}_adds")
            self.add(amount, self._label(number + 1, branch))

    def _skip(self, number: int, middle: int) -> None:
        """Writes the additions of the zeros from level `number` to `middle`."""
        amount = sum(level.zero for level in self.levels[number:middle])
        if amount and self.total is not None:
            self.out.add(amount, self.total)

    def _label(self, number: int, digit: int) -> str:
        if number == len(self.levels):
            return self.ends[digit]
        return f"{self.name}{number}_{digit}"


def enter_signed(ladder: Ladder, most: int, negative: int = 0) -> None:
    """Writes a rising ladder of all bits of the word in its cell but the sign, and its way in.

    Args:
        ladder: its first threshold is 2^(w-2).
        most: the word is not above this.
        negative: what is added to the total for words < 0.
    """
    out, cell = ladder.out, ladder.cell
    top = 1 << (out.word_bits - 1)
    low, natural = f"{ladder.name}_low", f"{ladder.name}_natural"
    out.add(1, cell, low)
    out.label(natural)
    ladder.enter(1)
    ladder.levels_below()
    out.label(low)  # the word plus one is <= 0, or does not fit because the word is the largest
    if most < top - 1:
        if negative and ladder.total is not None:
            out.add(negative, ladder.total)
        ladder.first(0)
        return
    largest, ones = f"{ladder.name}_largest", f"{ladder.name}_ones"
    out.add(top, cell, largest)
    out.label(f"{ladder.name}_negative")
    ladder.add(negative, natural)
    out.label(largest)  # all bits are ones: of -1 the cell is right, of the largest it is 0
    out.add(1, cell, ones)
    out.add(top - 1, cell, natural)
    out.label(ones)
    out.add(-1, cell, f"{ladder.name}_negative")
