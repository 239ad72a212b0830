"""Gadgets: a whole address against a constant in one neuron, or in a few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Wires, concatenate, relu


def match(addresses: Wires, count: int) -> Wires:
    """Returns for each of m addresses 1 at the cell that it names, 0 or less at all others.

    What comes back is affine, no neuron yet, so that a gate can compare an address and look at a
    bit at once: ReLU(match + bit - 1).

    Args:
        addresses: bits, lowest first, shape (m, w).
        count: how many cells; the result has shape (m, count).
    """
    pattern = np.arange(count)[:, None] >> np.arange(addresses.shape[1]) & 1
    ones: NDArray[np.integer] = pattern.sum(1)
    return (addresses[:, None] * (2 * pattern - 1)).sum(2) - ones + 1


def at_least(words: Wires, bound: int, name: str, names: tuple[str, ...]) -> Wires:
    """Returns for each of m unsigned words whether it is `bound` or more; affine, 0 or 1.

    A word is cut into halves, so that magnitudes stay near 2^(w/2): it is at least the bound
    where its upper half is above the bound's, or equal with the lower half at least the bound's.
    Equality is a penalty that no lower half outweighs. One layer.

    Args:
        words: bits, lowest first, shape (m, w).
        bound: 1 to 2^w - 1.
        name: of the neurons; `{}` takes the word of `names`.
        names: one a word.
    """
    half = words.shape[1] // 2
    span = 1 << half
    high, low = divmod(bound, span)
    upper = _value(words[:, half:])
    lower = _value(words[:, :half])
    pattern = high >> np.arange(words.shape[1] - half) & 1
    unequal = pattern.sum() - (words[:, half:] * (2 * pattern - 1)).sum(1)  # 0 where equal
    tied = lower - low - span * unequal
    raw = [(upper - high)[None], (upper - high - 1)[None], (tied + 1)[None], tied[None]]
    step = relu(concatenate(raw), name, ("side", names))
    return step[0] - step[1] + step[2] - step[3]


def _value(bits: Wires) -> Wires:
    """Returns the numbers that m words stand for, from bits of shape (m, k)."""
    return (bits * (1 << np.arange(bits.shape[1]))).sum(1)
