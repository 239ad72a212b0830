"""Full passes in float64 with noise on every activation."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mlpl.backend.mlp.network import Network

Reals = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _seed(seed: int) -> None:
    np.random.seed(seed)


@njit(cache=True, nogil=True)
def _layer(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    data: NDArray[np.integer],
    bias: NDArray[np.integer],
    values: Reals,
    sigma: float,
) -> Reals:
    """Returns ReLU(W h + b) + noise, shape (m,), for h of shape (k,)."""
    after = np.empty(len(bias), dtype=np.float64)
    for row in range(len(bias)):
        total = float(bias[row])
        for place in range(indptr[row], indptr[row + 1]):
            total += data[place] * values[indices[place]]
        after[row] = max(total, 0.0) + np.random.normal() * sigma
    return after


class NoisyPass:
    """Makes passes in which every neuron's activation, the state's too, has noise added.

    Attributes:
        sigma: the standard deviation of the noise, which is normal and independent for each
            neuron and pass.
    """

    def __init__(self, network: Network, sigma: float, seed: int = 0) -> None:
        self.network = network
        self.sigma = sigma
        _seed(seed)

    def advance(self, vector: Reals) -> Reals:
        """Returns the state vector after one pass, shape (size,)."""
        values = vector
        for layer in self.network.layers:
            values = _layer(layer.indptr, layer.indices, layer.data, layer.bias, values, self.sigma)
        return values
