"""Liveness of neurons: which are needed at all, and up to which layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Block

LastUse = NDArray[np.int16]


def last_uses(
    order: Sequence[Block],
    layer: Mapping[Block, int],
    outputs: Mapping[Block, slice | NDArray[np.bool_]],
) -> dict[Block, LastUse]:
    """Returns for each block the last layer that reads each of its neurons; 0 if none does.

    A neuron that no needed neuron reads is not needed. Of the outputs those neurons are needed
    that are given: the layer after the last reads them. Each array is flat, one entry a neuron.
    """
    uses = {block: np.zeros(block.size, dtype=np.int16) for block in order}
    for block, needed in outputs.items():
        uses[block][needed] = layer[block] + 1
    # A block's readers stand in later layers, so they are settled before it.
    for block in sorted(order, key=lambda block: layer[block], reverse=True):
        if block.wires is None:
            continue
        needed = uses[block] > 0
        for term in block.wires.terms:
            neurons = term.neurons.reshape(block.size, -1)
            used = uses[term.block]
            if not needed.all():
                neurons = neurons[needed]
            if not term.weights.all():
                neurons = neurons[term.weights.reshape(block.size, -1)[needed] != 0]
            # Readers come in descending order of layers: the first that reads is the last.
            read = neurons.reshape(-1)
            used[read] = np.maximum(used[read], layer[block])
    return uses
