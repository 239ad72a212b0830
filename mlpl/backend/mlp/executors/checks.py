"""What every executor asks of its network and its vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.layout import StateLayout, Vector
from mlpl.backend.mlp.network import Network


def machine_layout(network: Network) -> StateLayout:
    """Returns what the network's state means.

    Raises:
        ValueError: the network is no machine.
    """
    if network.layout is None:
        raise ValueError("the network is no machine: its state is only a vector")
    return network.layout


def checked_vector(network: Network, vector: NDArray[np.integer]) -> Vector:
    """Returns a copy of a state vector.

    Raises:
        ValueError: it has another size, or an entry below 0, which no ReLU puts out.
    """
    if vector.shape != (network.size,):
        raise ValueError(f"a vector of {vector.shape} for a state of {network.size} entries")
    if vector.min() < 0:
        raise ValueError("an entry of the state is negative")
    return np.array(vector, dtype=np.int64)
