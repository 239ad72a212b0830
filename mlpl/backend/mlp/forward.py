"""One pass of a network over a batch of states, with NumPy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network


def forward(network: Network, states: NDArray[np.integer]) -> NDArray[np.int64]:
    """Returns the states after one pass.

    Args:
        network: any network.
        states: vectors, shape (batch, size).
    """
    values = np.ascontiguousarray(states.T, dtype=np.int64)
    for layer in network.layers:
        values = activations(layer, values)
    return np.ascontiguousarray(values.T)


def activations(layer: Layer, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns ReLU(W h + b) for the columns h of `values`; see `pre_activations`."""
    total = pre_activations(layer, values)
    return np.maximum(total, 0, out=total)


def pre_activations(layer: Layer, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns W h + b for the columns h of `values`.

    Args:
        layer: one layer, (m, k).
        values: shape (k, batch), or (k,) for one.
    """
    weights = layer.data.astype(np.int64)
    bias = layer.bias.astype(np.int64)
    single = (slice(None),) + (None,) * (values.ndim - 1)
    total = np.broadcast_to(bias[single], (layer.size, *values.shape[1:])).copy()
    filled = np.diff(layer.indptr) > 0
    if filled.any():
        products = values[layer.indices] * weights[single]
        total[filled] += np.add.reduceat(products, layer.indptr[:-1][filled], axis=0)
    return total
