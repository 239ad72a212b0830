"""The literal definition in Numba: a full pass a step, a sparse product a layer."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.full_pass import FullPassExecutor
from mlpl.backend.mlp.layout import Vector


@njit(cache=True)
def _layer(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    data: NDArray[np.integer],
    bias: NDArray[np.integer],
    values: Vector,
) -> Vector:
    """Returns ReLU(W h + b), shape (m,), for h of shape (k,)."""
    after = np.empty(len(bias), dtype=np.int64)
    for row in range(len(bias)):
        total = np.int64(bias[row])
        for place in range(indptr[row], indptr[row + 1]):
            total += np.int64(data[place]) * values[indices[place]]
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
