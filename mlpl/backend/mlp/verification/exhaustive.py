"""Every state of a small machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.comparison import Comparison
from mlpl.backend.mlp.verification.report import Check
from mlpl.backend.mlp.verification.steps import Told
from mlpl.backend.mlp.verification.vectors import decode_all

MOST_ENTRIES = 32
"""Entries of the state that can be enumerated: 2^32 states take an hour or two."""


def read_entries(network: Network) -> NDArray[np.intp]:
    """Returns the entries of the state that a weight of the first layer leaves.

    A pass does not depend on any other.
    """
    return np.unique(network.layers[0].indices).astype(np.intp)


def check_entries(network: Network) -> NDArray[np.intp]:
    """Returns the entries that are read.

    Raises:
        ValueError: they have too many values to try all.
    """
    read = read_entries(network)
    if len(read) > MOST_ENTRIES:
        raise ValueError(
            f"a machine with {len(read):,} entries that are read has too many states to try all "
            f"(at most {MOST_ENTRIES} entries)"
        )
    return read


def check_exhaustively(comparison: Comparison, network: Network, told: Told) -> Check:
    """Returns whether the network makes the machine's step from every state.

    All values of the entries that the first layer reads are enumerated. The others, taken, output
    word and valid, change nothing in the network, since no weight leaves them, and nothing in
    the machine (M2.9); they are garbage.

    Raises:
        ValueError: there are too many states.
    """
    read = check_entries(network)
    total, lanes = 1 << len(read), comparison.passes.lanes
    garbage = np.random.default_rng(0).integers(0, 2, size=(network.size, lanes), dtype=np.uint8)
    places = np.arange(len(read))[:, None]
    for first in range(0, total, lanes):
        number = np.arange(first, min(first + lanes, total))
        vectors = garbage[:, : len(number)].copy()
        vectors[read] = number >> places & 1
        after = comparison.step(decode_all(comparison.layout, vectors))
        mismatch = comparison.differs(vectors, after)
        if mismatch is not None:
            counts = {"states": first}
            return Check("exhaustive", f"differs after {first:,} states", counts, mismatch)
        told(first + len(number))
    idle = network.size - len(read)
    summary = (
        f"all {total:,} values of the {len(read)} entries that are read make the machine's step; "
        f"no weight leaves the other {idle}"
    )
    return Check("exhaustive", summary, {"states": total, "entries": len(read), "idle": idle})
