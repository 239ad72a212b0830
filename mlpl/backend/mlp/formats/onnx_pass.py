"""One pass of a network as ONNX operators that every runtime has, without sparse tensors.

A layer gathers, for all its neurons with k weights at once, the k activations that each reads,
multiplies them with the weights and adds them up. All indices are constants. A run of neurons that
repeat as many neighbours is a slice, which costs nothing to store. The neurons of a layer stand in
another order than in the network, piece by piece; the indices of the next layer follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.formats.onnx_blocks import add_block, grids, regular_blocks
from mlpl.backend.mlp.formats.onnx_graph import Graph
from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network

Longs = NDArray[np.int64]

_SHORTEST_RUN = 32
"""Neurons that are worth a slice."""
_PADDING = 4_096
"""Zero weights that are worth an operator less."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Neurons that are summed up together.

    Attributes:
        rows: their numbers in the layer.
        width: the number of weights of each, with zeros behind those that have fewer.
    """

    rows: Longs
    width: int


def exact_type(network: Network) -> type[np.floating]:
    """Returns the floating-point type in which every pass is exact.

    Raises:
        ValueError: the certificate covers none.
    """
    from mlpl.backend.mlp.analysis.certificate import FORMATS, require_format

    certificate = network.certificate
    if certificate.largest <= FORMATS["float32"]:
        require_format(certificate, "float32")
        return np.float32
    require_format(certificate, "float64")
    return np.float64


class Pass:
    """The weights of a network as constants of a graph, from which passes are made.

    Args:
        network: any network.
        graph: holds the constants, and their conversion to `dtype`.
        dtype: of the activations.
    """

    def __init__(self, network: Network, graph: Graph, dtype: type[np.floating]) -> None:
        self._network = network
        self._graph = graph
        self._dtype = dtype

    def add(self, graph: Graph, state: str) -> str:
        """Adds a pass to a graph; returns the state after it.

        Args:
            graph: the one with the constants, or a subgraph of it.
            state: the state before, shape (batch, size).
        """
        places = np.arange(self._network.size)
        values = state
        for layer in self._network.layers:
            pieces, order = self._layer(graph, layer, places, values)
            joined = pieces[0] if len(pieces) == 1 else graph.add("Concat", *pieces, axis=1)
            values = graph.add("Relu", joined)
            places = np.empty(layer.size, dtype=np.int64)
            places[order] = np.arange(layer.size)
        if (places == np.arange(len(places))).all():
            return values
        return graph.add("Gather", values, self._indices(places), axis=1)

    def _layer(
        self, graph: Graph, layer: Layer, places: Longs, values: str
    ) -> tuple[list[str], Longs]:
        """Returns the pre-activations of a layer piece by piece, and the neurons in their order."""
        columns = places[layer.indices]
        pieces, order = [], []
        placed = np.zeros(layer.size, dtype=bool)
        for rows, start in _runs(layer, columns):
            pieces.append(graph.part(values, start, start + len(rows), 1))
            order.append(rows)
            placed[rows] = True
        for grid in list(grids(layer, np.flatnonzero(~placed))):
            for block, terms in regular_blocks(layer, columns, grid):
                bias = layer.bias[block.rows]
                sums = add_block(graph, values, terms, bias, block.extents, self._numbers)
                pieces.append(sums)
                order.append(block.rows)
                placed[block.rows] = True
        for group in _grouped(np.diff(layer.indptr), np.flatnonzero(~placed)):
            pieces.append(self._sums(graph, layer, columns, group, values))
            order.append(group.rows)
        return pieces, np.concatenate(order)

    def _sums(self, graph: Graph, layer: Layer, columns: Longs, group: _Rows, values: str) -> str:
        """Returns W h + b for some neurons, shape (batch, their number)."""
        rows, width = group.rows, group.width
        bias = layer.bias[rows]
        if width == 0:
            zeros = self._graph.constant(np.zeros(len(rows)), self._dtype)
            nothing = graph.add("Mul", graph.part(values, 0, 1, 1), zeros)
            return graph.add("Add", nothing, self._numbers(bias))
        at = layer.indptr[:-1][rows] + np.arange(width)[:, None]
        inside = at < layer.indptr[1:][rows]
        at = np.where(inside, at, 0)
        weights = np.where(inside, layer.data[at], 0).astype(layer.data.dtype)
        places = np.where(inside, columns[at], 0)
        if width == 1:
            places, weights = places[0], weights[0]
        found = graph.add("Gather", values, self._indices(places), axis=1)
        if (weights != 1).any():
            found = graph.add("Mul", found, self._numbers(weights))
        if width > 1:
            found = graph.add("ReduceSum", found, graph.integers(1), keepdims=0)
        return graph.add("Add", found, self._numbers(bias)) if bias.any() else found

    def _indices(self, places: Longs) -> str:
        return self._graph.constant(places, np.int32)

    def _numbers(self, values: NDArray[np.integer]) -> str:
        """Returns weights in the type of the activations; they are stored as integers."""
        if (values == values.reshape(-1)[0]).all():
            return self._graph.constant(values.reshape(-1)[0], self._dtype)
        return self._graph.cast(self._graph.constant(values, values.dtype), self._dtype)


def _runs(layer: Layer, columns: Longs) -> Iterator[tuple[Longs, int]]:
    """Yields rows that repeat neighbours, in order, and the place of the first of these."""
    single = np.flatnonzero((np.diff(layer.indptr) == 1) & (layer.bias == 0))
    single = single[layer.data[layer.indptr[single]] == 1]
    places = columns[layer.indptr[single]]
    ends = np.flatnonzero(np.diff(places) != 1) + 1
    for rows, run in zip(np.split(single, ends), np.split(places, ends), strict=True):
        if len(rows) >= _SHORTEST_RUN:
            yield rows, int(run[0])


def _grouped(widths: NDArray[np.int32], rows: Longs) -> Iterator[_Rows]:
    """Yields rows with equally many weights; a few are filled up to the width of others."""
    waiting: list[Longs] = []
    known = np.unique(widths[rows])
    for position, width in enumerate(known):
        waiting.append(rows[widths[rows] == width])
        count = sum(map(len, waiting))
        last = position + 1 == len(known)
        if last or width == 0 or count * (known[position + 1] - width) > _PADDING:
            yield _Rows(np.concatenate(waiting), int(width))
            waiting = []
