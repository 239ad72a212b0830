"""What is known of the activations of one layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

NONE = -1
"""The number of no cluster."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Sets of neurons whose activations depend on one another.

    A cluster is either *exclusive*, at most one of its neurons is not 0, or a *ladder*: its
    neurons are ReLU(s t + b) of one integer t.

    Attributes:
        of: the cluster of each neuron, or NONE.
        ladder: whether that is a ladder.
        slope: s, 1 or -1.
        offset: b.
        low: the least t of each neuron's ladder.
        high: the largest.
    """

    of: Ints
    ladder: NDArray[np.bool_]
    slope: Ints
    offset: Ints
    low: Ints
    high: Ints

    def replaced(self, rows: NDArray[np.intp], other: Clusters, source: Ints) -> None:
        """Sets what is known of the neurons `rows` to what `other` knows of `source`."""
        for name in ("of", "ladder", "slope", "offset", "low", "high"):
            getattr(self, name)[rows] = getattr(other, name)[source]


@dataclass(frozen=True, slots=True, eq=False)
class Neurons:
    """The activations of a layer: from 0 to `upper`, and the clusters they are in."""

    upper: Ints
    clusters: Clusters


def independent(upper: Ints) -> Neurons:
    """Returns neurons of which nothing is known but their largest activations."""
    zeros = [np.zeros(len(upper), dtype=np.int64) for _ in range(4)]
    of = np.full(len(upper), NONE, dtype=np.int64)
    return Neurons(upper, Clusters(of, np.zeros(len(upper), dtype=bool), *zeros))
