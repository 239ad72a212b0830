"""Which neurons belong to which cell of the memory, and how."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.layer import Group
from mlpl.backend.mlp.network import Network


class Tie(IntEnum):
    """How a neuron belongs to a cell."""

    SHARED = 0
    """It belongs to no single cell: it takes part in steps of many instructions."""
    FETCH = 1
    """It finds or fetches the instruction that begins at the cell."""
    READ_A = 2
    """It reads the cell for instructions whose A names it."""
    READ_B = 3
    """It reads the cell for instructions whose B names it."""
    WRITE = 4
    """It writes the cell for instructions whose B names it."""
    MEMORY = 5
    """It holds a bit of the cell, or keeps it in steps that do not write the cell."""


_BY_PART = {
    "fetch": Tie.FETCH,
    "fetch_a": Tie.FETCH,
    "fetch_b": Tie.FETCH,
    "fetch_c": Tie.FETCH,
    "read_a": Tie.READ_A,
    "read_b": Tie.READ_B,
    "write": Tie.WRITE,
    "memory": Tie.MEMORY,
}
_BY_BLOCK = {"write.kept": Tie.MEMORY, "write.bit": Tie.MEMORY}
"""Of blocks that do something else than their part."""


def ties(network: Network, layer: int) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """Returns the tie and the cell (-1 where shared) of each neuron of a layer, 0 for the state.

    Both have shape (m,).
    """
    size = network.layers[layer - 1].size if layer else network.size
    kinds, cells = np.zeros(size, dtype=np.int8), np.full(size, -1, dtype=np.int32)
    for group in network.layers[layer - 1].groups if layer else network.state_groups():
        if "cell" in group.axes:
            here = slice(group.start, group.start + group.size)
            kinds[here], cells[here] = _of_group(group)
    cells[kinds == Tie.SHARED] = -1
    return kinds, cells


def _of_group(group: Group) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """Returns tie and cell of the neurons of a group that has an axis of cells."""
    flat = np.arange(group.size) if group.members is None else group.members
    places = np.unravel_index(flat, group.shape)
    cells = places[group.axes.index("cell")].astype(np.int32)
    worded = [i for i, axis in enumerate(group.axes) if not isinstance(axis, str)]
    if not worded:
        return np.full(group.size, _tie(group.name), dtype=np.int8), cells
    axis = group.axes[worded[0]]
    by_word = np.array([_tie(group.name.replace("{}", word, 1)) for word in axis], dtype=np.int8)
    return by_word[places[worded[0]]], cells


def _tie(name: str) -> Tie:
    return _BY_BLOCK.get(name) or _BY_PART.get(name.split(".")[0], Tie.SHARED)
