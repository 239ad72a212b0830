"""Gadget: r = b - v modulo 2^w in one layer of thresholds, as cases for the layer behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlpl.backend.mlp.algebra.wires import Wires, concatenate, relu


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One of several cases that exclude one another: at most one is 1, the others 0 or less.

    Attributes:
        holds: whether it is this one; shape ().
        not_positive: whether r is then zero or negative, 0 or 1; shape ().
    """

    holds: Wires
    not_positive: Wires


@dataclass(frozen=True, slots=True, eq=False)
class CasewiseDifference:
    """The difference; everything affine in one layer's neurons.

    Attributes:
        low: the bits of the lower half, shape (h,).
        high: the bits of the upper half, if nothing is borrowed from it and if one is;
            shape (2, w - h).
        borrow: whether nothing is borrowed and whether one is: one of them is 1, or both are 0
            or less while the difference is off; shape (2,).
        cases: for the branch.
    """

    low: Wires
    high: Wires
    borrow: Wires
    cases: tuple[Case, ...]


def subtract_in_cases(difference: Wires, off: Wires, borrow_in: Wires | None) -> CasewiseDifference:
    """Returns r = b - v - borrow_in modulo 2^w.

    Let D_j be the difference of the lowest j + 1 bits, between -2^(j+1) and 2^(j+1). Bit j of r
    is 1 where D_j is in [-2^j, 0) or at least 2^j: [D >= -2^j] - [D >= 0] + [D >= 2^j], and a
    threshold is ReLU(D - t + 1) - ReLU(D - t). The word is cut into halves so that these numbers
    stay near 2^(w/2): the upper half is computed with and without a borrow, and the layer behind
    joins each with its case.

    Args:
        difference: b_i - v_i of each bit, -1 to 1, shape (w,).
        off: above 0 where all bits are to be 0 and no case to hold; shape ().
        borrow_in: 0 or 1, shape (), or None for 0.
    """
    bits = difference.shape[0]
    half = bits // 2
    penalty = off * (1 << bits - half + 2)
    low_sums = _sums(difference[:half]) - penalty
    if borrow_in is not None:
        low_sums = low_sums - borrow_in
    high_sums = _sums(difference[half:]) - penalty
    below = _steps(low_sums, 1, "subtract.low")
    above = _steps(high_sums, 2, "subtract.high")
    low_waves, high_waves = _waves(below), _waves(above)

    floor = below[half - 1, 1, 0]  # [lower half >= 0]
    positive = _step(low_sums[half - 1], 1, "subtract.low_positive")
    negative = 1 - off - floor
    top = high_waves[:, bits - half - 1]
    zero = above[bits - half - 1, 1, 0] - above[bits - half - 1, 1, 1]  # [upper half = 0]
    cases = [Case(positive, top[0]), Case(floor - positive, top[0] + zero)]
    if borrow_in is None:
        cases.append(Case(negative, top[1]))
    else:
        # With the borrow the lower half may be -2^h: 0 once 2^h is borrowed.
        least = 1 - off - _step(low_sums[half - 1], 1 - (1 << half), "subtract.low_least")
        cases.append(Case(negative - least, top[1]))
        cases.append(Case(least, top[1] + _is_zero_after_borrow(high_sums[-1], bits - half)))
    return CasewiseDifference(
        low_waves[0], high_waves, concatenate([floor[None], negative[None]]), tuple(cases)
    )


def _sums(difference: Wires) -> Wires:
    """Returns D_0, D_1, ... of the bits of a half."""
    place = np.arange(difference.shape[0])
    return (difference[None] * np.tril(1 << place + 0 * place[:, None])).sum(1)


def _steps(sums: Wires, shifts: int, name: str) -> Wires:
    """Returns [D_j - s >= t] for t = -2^j, 0, 2^j and s = 0 to shifts - 1.

    The shape is (bits, 3, shifts); neighbouring shifts share a neuron.
    """
    threshold = (1 << np.arange(sums.shape[0]))[:, None] * np.array([-1, 0, 1])
    sides = 1 - np.arange(shifts + 1)
    raw = sums[:, None, None] - threshold[:, :, None] + sides
    made = relu(raw, name, ("bit", "threshold", "side"))
    return made[:, :, :shifts] - made[:, :, 1:]


def _step(total: Wires, threshold: int, name: str) -> Wires:
    """Returns [D >= t]."""
    sides = relu(total[None] - threshold + np.array([1, 0]), name, ("side",))
    return sides[0] - sides[1]


def _waves(steps: Wires) -> Wires:
    """Returns the bits of D modulo a power of two, shape (shifts, bits)."""
    found = steps[:, 0] - steps[:, 1] + steps[:, 2]
    return concatenate([found[:, s][None] for s in range(steps.shape[2])])


def _is_zero_after_borrow(total: Wires, bits: int) -> Wires:
    """Returns whether the upper half D less one is 0 modulo 2^bits: D is 1, or 1 - 2^bits."""
    one = _step(total, 1, "subtract.high_1") - _step(total, 2, "subtract.high_2")
    return one + 1 - _step(total, 2 - (1 << bits), "subtract.high_least")
