"""A layer for many states at once: the sums of positive and of negative terms, lane by lane."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def pass_layer(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    data: NDArray[np.integer],
    bias: NDArray[np.integer],
    values: NDArray[np.integer],
    after: NDArray[np.integer],
    extremes: NDArray[np.int64],
) -> None:
    """Writes ReLU(W h + b) for the columns h of `values` into `after`.

    Args:
        indptr: of W, as in `Layer`, and so are the next three.
        indices: columns.
        data: weights.
        bias: b.
        values: not negative, shape (k, lanes).
        after: shape (m, lanes).
        extremes: for each neuron the largest pre-activation, the largest of the opposite sign, and
            the largest sums of positive and of negative terms, never lowered; shape (m, 4).
    """
    lanes = values.shape[1]
    positive = np.empty(lanes, dtype=values.dtype)
    negative = np.empty(lanes, dtype=values.dtype)
    for row in range(len(bias)):
        constant = bias[row]
        positive[:] = max(constant, 0)
        negative[:] = max(-np.int64(constant), 0)
        for place in range(indptr[row], indptr[row + 1]):
            source = values[indices[place]]
            weight = data[place]
            if weight == 1:
                for lane in range(lanes):
                    positive[lane] += source[lane]
            elif weight == -1:
                for lane in range(lanes):
                    negative[lane] += source[lane]
            elif weight > 0:
                for lane in range(lanes):
                    positive[lane] += values.dtype.type(weight) * source[lane]
            else:
                for lane in range(lanes):
                    negative[lane] -= values.dtype.type(weight) * source[lane]
        found = extremes[row]
        top, low, most, least = found[0], found[1], found[2], found[3]
        target = after[row]
        for lane in range(lanes):
            total = positive[lane] - negative[lane]
            top = max(top, total)
            low = max(low, -total)
            most = max(most, positive[lane])
            least = max(least, negative[lane])
            target[lane] = max(total, 0)
        found[0], found[1], found[2], found[3] = top, low, most, least
