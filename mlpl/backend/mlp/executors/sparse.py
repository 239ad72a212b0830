"""The literal definition in Numba: a full pass a step, a sparse product a layer."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.full_pass import FullPassExecutor
from mlpl.backend.mlp.layout import Vector


@njit(cache=True, nogil=True)
def _layer(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    data: NDArray[np.integer],
    bias: NDArray[np.integer],
    values: Vector,
) -> Vector:
    """Returns ReLU(W h + b), shape (m,), for h of shape (k,)."""
    after = np.empty(len(bias), dtype=np.int64)
    # Unsigned indices spare the test for negative ones: twice as fast.
    one, place = np.uint64(1), np.uint64(0)
    for row in range(len(bias)):
        total = np.int64(bias[row])
        end = np.uint64(indptr[row + 1])
        while place < end:
            total += np.int64(data[place]) * values[np.uint32(indices[place])]
            place += one
        after[row] = total if total > 0 else 0
    return after


class SparseExecutor(FullPassExecutor):
    """Makes full passes over the stored weights (an `Engine`)."""

    def advance(self, vector: Vector) -> Vector:
        """Returns the state vector after one pass."""
        values = vector
        for layer in self.network.layers:
            values = _layer(layer.indptr, layer.indices, layer.data, layer.bias, values)
        return values
