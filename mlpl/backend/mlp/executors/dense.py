"""Full passes with dense matrices, for small networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.full_pass import FullPassExecutor
from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.layout import Vector
from mlpl.backend.mlp.network import Network

_MOST_BYTES = 1 << 30


class DenseExecutor(FullPassExecutor):
    """Makes full passes over dense matrices (an `Engine`).

    Raises:
        ValueError: the matrices would take more than 1 GB.
    """

    def __init__(self, network: Network) -> None:
        need = sum(8 * layer.size * layer.inputs for layer in network.layers)
        if need > _MOST_BYTES:
            raise ValueError(f"dense matrices of this network take {need / 1e9:,.1f} GB (most: 1)")
        self._matrices = [_matrix(layer) for layer in network.layers]
        super().__init__(network)

    def advance(self, vector: Vector) -> Vector:
        """Returns the state vector after one pass."""
        values = vector
        for matrix, layer in zip(self._matrices, self.network.layers, strict=True):
            values = np.maximum(matrix @ values + layer.bias, 0)
        return values


def _matrix(layer: Layer) -> NDArray[np.int64]:
    """Returns W, shape (m, k)."""
    matrix = np.zeros((layer.size, layer.inputs), dtype=np.int64)
    row = np.repeat(np.arange(layer.size), np.diff(layer.indptr))
    matrix[row, layer.indices] = layer.data
    return matrix
