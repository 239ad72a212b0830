"""Ladders: neurons whose differences are thresholds of one sum, as formulas."""

from __future__ import annotations

import re
from collections.abc import Callable

import z3

from mlpl.backend.mlp.verification.proof.machine import SymbolicMachine
from mlpl.backend.mlp.verification.proof.subtraction import number_of

Rung = tuple[str, tuple[int, ...], int]
"""A neuron of a ladder: the ladder's name, the indices that it has, the neuron's side."""

_BORROW = re.compile(r"(subtract\.borrow(?:_(\d+))?)_from_minus_([12])")

_SPAN = 5
"""Limbs of one look-ahead of `lean`."""


class Ladders:
    """What differences of neighbouring rungs stand for.

    `lean` has the borrow out of a limb so, `shallow` the thresholds of all its differences.
    """

    def __init__(self, machine: SymbolicMachine) -> None:
        self.machine = machine
        difference, bits = machine.difference, machine.word_bits
        half, high = bits // 2, bits - bits // 2
        # The difference of a half, less a borrow for the second of three sides.
        self._shallow: dict[str, Callable[..., z3.BoolRef]] = {
            "subtract.low": lambda j, t, s: self._at_least(0, j, s, (-1, 0, 1)[t] << j),
            "subtract.high": lambda j, t, s: self._at_least(half, j, s, (-1, 0, 1)[t] << j),
            "subtract.low_positive": lambda s: self._at_least(0, half - 1, s, 1),
            "subtract.low_least": lambda s: self._at_least(0, half - 1, s, 1 - (1 << half)),
            "subtract.high_1": lambda s: self._at_least(half, high - 1, s, 1),
            "subtract.high_2": lambda s: self._at_least(half, high - 1, s, 2),
            "subtract.high_least": lambda s: self._at_least(half, high - 1, s, 2 - (1 << high)),
        }
        self._limbs = len(difference.sizes)

    def rung(self, name: str, at: tuple[int, ...]) -> Rung | None:
        """Returns which rung of which ladder a neuron is, or None."""
        if name in self._shallow:
            return name, at[:-1], at[-1]
        borrow = _BORROW.fullmatch(name)
        return (borrow[1], at, int(borrow[3]) - 1) if borrow else None

    def step(self, rung: Rung) -> z3.BoolRef:
        """Returns what a rung less the next one stands for, 0 or 1."""
        name, rest, side = rung
        if name in self._shallow:
            return self._shallow[name](*rest, side)
        machine = self.machine
        number = name.rpartition("_")[2]
        first = (int(number) - 1) * _SPAN if number.isdigit() else 0
        borrow = machine.difference.borrows[first + rest[0] + 1]
        return borrow if machine.accumulate else z3.Or(machine.is_port("a"), borrow)

    def _at_least(self, low: int, top: int, less: int, threshold: int) -> z3.BoolRef:
        """Returns whether some bits of b less those of v, and `less`, are at least a threshold.

        Args:
            low: the first of the bits.
            top: how many come after it.
            less: what is taken away besides.
            threshold: a number.
        """
        machine, width = self.machine, top + 5
        one, other = (
            z3.ZeroExt(width - top - 1, z3.Extract(low + top, low, word))
            for word in (machine.difference.minuend, machine.difference.subtrahend)
        )
        total = one - other - less
        off = machine.is_port("b")
        if not machine.accumulate:
            off = z3.Or(off, machine.is_port("a"))
        elif low == 0:
            total = total - number_of(machine.is_port("a"), width)
        return z3.And(z3.Not(off), total >= threshold)
