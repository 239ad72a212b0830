"""The network turned round for events: for each activation, the weights that leave it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """The weights of a network by the node that they leave.

    A node is an entry of the state or a neuron. A neuron that only repeats one of the layer
    before (weight 1, bias 0) is not a node of its own, but in the last layer: activations are
    never negative, so it has that one's value, and its weights leave that one. Nodes are
    numbered layer by layer.

    Attributes:
        first: the first node of each layer, the state being layer 0, and their number.
        layer: the layer of each node.
        starts: where each node's weights begin; shape (nodes + 1,).
        edges: the weights that leave a node: 2^32 times the node that they lead to, plus the
            weight modulo 2^32.
        fan_out: how many non-zero weights leave a node and its repetitions (N1.6).
        own: for each layer, the state being layer 0, which of its neurons are nodes.
    """

    first: Longs
    layer: NDArray[np.int16]
    starts: Longs
    edges: Longs
    fan_out: Ints
    own: tuple[NDArray[np.bool_], ...]


def neuron_nodes(network: Network) -> list[Ints]:
    """Returns the node of each neuron, layer by layer, the state being layer 0."""
    return _number(network)[0]


def wire(network: Network) -> Wiring:
    """Returns the wiring of a network."""
    nodes, first, own = _number(network)
    count = int(first[-1])
    fan_out = np.zeros(count, dtype=np.int32)
    degree = np.zeros(count + 1, dtype=np.int64)
    for number, layer in enumerate(network.layers, 1):
        leaving = nodes[number - 1][layer.indices]
        low, high = 0, int(first[number])
        fan_out[low:high] += np.bincount(leaving, minlength=high).astype(np.int32)
        inside = np.repeat(own[number], np.diff(layer.indptr))
        degree[1 : high + 1] += np.bincount(leaving[inside], minlength=high)
    starts = np.cumsum(degree)
    edges = np.empty(int(starts[-1]), dtype=np.int64)
    free = starts[:-1].copy()
    for number, layer in enumerate(network.layers, 1):
        _add_edges(layer, nodes[number - 1], nodes[number], own[number], free, edges)
    kind = np.repeat(np.arange(network.depth + 1, dtype=np.int16), np.diff(first))
    return Wiring(first, kind, starts, edges, fan_out, tuple(own))


def _number(network: Network) -> tuple[list[Ints], Longs, list[NDArray[np.bool_]]]:
    """Returns the node of each neuron by layer, `Wiring.first`, and who is a node of its own."""
    nodes = [np.arange(network.size, dtype=np.int32)]
    first = [0, network.size]
    own = [np.ones(network.size, dtype=bool)]
    for number, layer in enumerate(network.layers, 1):
        single = np.ones(layer.size, dtype=bool)
        if number < network.depth:
            single = ~_repeats(layer)
        node = np.cumsum(single, dtype=np.int32) + np.int32(first[-1] - 1)
        again = ~single
        node[again] = nodes[-1][layer.indices[layer.indptr[:-1][again]]]
        nodes.append(node)
        own.append(single)
        first.append(first[-1] + int(np.count_nonzero(single)))
    return nodes, np.array(first, dtype=np.int64), own


def _repeats(layer: Layer) -> NDArray[np.bool_]:
    """Returns which neurons only repeat one of the layer before."""
    found: NDArray[np.bool_] = (np.diff(layer.indptr) == 1) & (layer.bias == 0)
    found[found] = layer.data[layer.indptr[:-1][found]] == 1
    return found


def _add_edges(
    layer: Layer, source: Ints, target: Ints, own: NDArray[np.bool_], free: Longs, edges: Longs
) -> None:
    """Writes a layer's edges to where `free` stands for the nodes that they leave, and moves it."""
    counts = np.diff(layer.indptr)
    inside = np.repeat(own, counts)
    leaving = source[layer.indices[inside]]
    order = np.argsort(leaving, kind="stable")
    leaving = leaving[order]
    begins = np.flatnonzero(np.diff(leaving, prepend=-1))
    lengths = np.diff(begins, append=len(leaving))
    rank = np.arange(len(leaving)) - np.repeat(begins, lengths)
    packed = np.repeat(target.astype(np.int64) << 32, counts)[inside]
    packed |= layer.data[inside].astype(np.int64) & 0xFFFFFFFF
    edges[free[leaving] + rank] = packed[order]
    free[leaving[begins]] += lengths
