"""Passes over many states at once that note the largest magnitudes that occur."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.batch_kernel import pass_layer
from mlpl.backend.mlp.network import Network

_INT32 = (1 << 31) - 1

_CELLS = 1 << 22
"""Activations of a layer that are held at once, about."""

_FEWEST_LANES, _MOST_LANES = 16, 1 << 10


class BatchPass:
    """Makes single passes over batches of state vectors.

    Attributes:
        network: whose.
        form: the integers of the vectors: int32 where no sum can leave it, else int64.
        extremes: for each layer and neuron the largest pre-activation so far, the largest of the
            opposite sign, and the largest sums of positive and of negative terms; shape (m, 4).
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.form = np.int32 if network.certificate.largest <= _INT32 else np.int64
        self.extremes = [np.zeros((layer.size, 4), dtype=np.int64) for layer in network.layers]

    @property
    def lanes(self) -> int:
        """How many vectors are best passed at once."""
        widest = max(layer.size for layer in self.network.layers)
        return max(_FEWEST_LANES, min(_MOST_LANES, _CELLS // widest))

    def advance(self, vectors: NDArray[np.integer]) -> NDArray[np.integer]:
        """Returns the vectors after one pass.

        Args:
            vectors: entries of 0 and 1, shape (size, lanes).
        """
        values: NDArray[np.integer] = np.ascontiguousarray(vectors, dtype=self.form)
        for layer, extremes in zip(self.network.layers, self.extremes, strict=True):
            after: NDArray[np.integer] = np.empty((layer.size, values.shape[1]), dtype=self.form)
            pass_layer(layer.indptr, layer.indices, layer.data, layer.bias, values, after, extremes)
            values = after
        return values
