"""Blocks of neurons with regular connections: what they read are views of the layer before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.formats.onnx_graph import Graph
from mlpl.backend.mlp.formats.onnx_views import Longs, View, add_view, fits, regular
from mlpl.backend.mlp.layer import Group, Layer

Numbers = Callable[[NDArray[np.integer]], str]
"""Returns the name of weights in the type of the activations."""

_FEWEST = 512
"""Weights of a block that are worth its own operators."""
_SINGLE = 6
"""Weights of a neuron that are added up one by one."""
_MOST = 40
"""Terms of a block that are worth less than their indices."""
_MOST_PARTS = 4
"""Of a first axis: its entries become blocks of their own where the whole is not regular."""
_SHORTEST = 16
"""Of longer sums: neighbouring weights that are worth a view of their own."""


@dataclass(frozen=True, slots=True)
class Block:
    """Neurons with equally many weights, as a grid.

    Attributes:
        rows: their numbers in the layer, in the order of the grid.
        extents: of the grid.
    """

    rows: Longs
    extents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """Weights of the neurons of a block: one of each, or several that lie along another axis.

    Attributes:
        view: what they lead to; where there are several, that axis is the first.
        weights: shape (several, neurons).
        several: whether there is that axis.
    """

    view: View
    weights: NDArray[np.integer]
    several: bool


def grids(layer: Layer, rows: Longs) -> Iterator[Block]:
    """Yields blocks whose neurons are all among `rows`, in the order of the groups."""
    widths = np.diff(layer.indptr)
    wanted = np.zeros(layer.size, dtype=bool)
    wanted[rows] = True
    for group in layer.groups:
        inside = np.flatnonzero(wanted[group.start : group.start + group.size])
        for width in np.unique(widths[group.start + inside]):
            chosen = inside[widths[group.start + inside] == width]
            if len(chosen) * width < _FEWEST:
                continue
            extents = _extents(group, chosen)
            if extents is not None:
                yield Block(group.start + chosen, extents)


def _extents(group: Group, chosen: Longs) -> tuple[int, ...] | None:
    """Returns the extents of the grid that some neurons of a group are, or None."""
    if not group.shape:
        return ()
    flat = chosen if group.members is None else group.members[chosen]
    coordinates = np.unravel_index(flat, group.shape)
    extents = tuple(len(np.unique(c)) for c in coordinates)
    return tuple(e for e in extents if e > 1) if np.prod(extents) == len(chosen) else None


def regular_blocks(
    layer: Layer, columns: Longs, block: Block
) -> Iterator[tuple[Block, list[Term]]]:
    """Yields a block, or parts of it, with the terms that its neurons add up, as far as regular.

    Args:
        layer: that of the block.
        columns: the place in the layer before that each weight leads to.
        block: neurons.
    """
    found = _terms(layer, columns, block)
    if found is not None:
        yield found
        return
    for part in _parts(layer, columns, block):
        yield from regular_blocks(layer, columns, part)


def _parts(layer: Layer, columns: Longs, block: Block) -> list[Block]:
    """Returns a block in parts along its first axis: whole periods and a rest, or one by one."""
    if not block.extents or len(block.rows) < _FEWEST:
        return []
    places = columns[_weights(layer, block)]
    extents = _refined(places, block.extents) if len(places) <= _SINGLE else block.extents
    first, *others = extents
    rows = block.rows.reshape(first, -1)
    length = _odd_period(places, extents)
    if length is not None:
        cut = first - first % length
        halves = (rows[:cut], rows[cut:])
        return [Block(part.reshape(-1), (len(part), *others)) for part in halves]
    if others and first <= _MOST_PARTS:
        return [Block(part, tuple(others)) for part in rows]
    return []


def _weights(layer: Layer, block: Block) -> Longs:
    """Returns the weights of a block's neurons by number, a row for each that a neuron has."""
    width = int(np.diff(layer.indptr)[block.rows[0]])
    found: Longs = layer.indptr[:-1][block.rows] + np.arange(width)[:, None]
    return found


def _odd_period(places: Longs, extents: tuple[int, ...]) -> int | None:
    """Returns a period of a few terms along the first axis which does not divide it, or None."""
    if len(places) > _SINGLE:
        return None
    periods = (_piece(term, extents, 0) for term in places)
    return next((p for p in periods if p is not None and p < extents[0] and extents[0] % p), None)


def _terms(layer: Layer, columns: Longs, block: Block) -> tuple[Block, list[Term]] | None:
    """Returns a block, perhaps with more axes, and the terms of its neurons, if all are regular."""
    at = _weights(layer, block)
    places, weights = columns[at], layer.data[at]
    if len(places) <= _SINGLE:
        block = Block(block.rows, _refined(places, block.extents))
    else:  # terms of one weight follow each other: a sum has no order
        order = np.argsort(weights[:, 0], kind="stable")
        places, weights = places[order], weights[order]
    stretches = list(_stretches(places, weights))
    if len(stretches) > _MOST:
        return None
    found = []
    for start, stop in stretches:
        several = stop - start > 1
        shape = (stop - start, *block.extents) if several else block.extents
        view = regular(places[start:stop].reshape(shape))
        if view is None or not fits(view, layer.inputs):
            return None
        found.append(Term(view, weights[start:stop], several))
    covered = [any(_along(t, axis, block) for t in found) for axis in range(len(block.extents))]
    return (block, found) if all(covered) else None


def _refined(places: Longs, extents: tuple[int, ...]) -> tuple[int, ...]:
    """Returns the extents of a grid whose axes are divided where a pattern begins anew.

    Neuron r may read neuron r // 8 or r % 8: as 8 r + s they are regular.
    """
    axis = 0
    while axis < len(extents):
        length = _period(places, extents, axis)
        if length is None:
            axis += 1
        else:
            extents = (*extents[:axis], extents[axis] // length, length, *extents[axis + 1 :])
    return extents


def _period(places: Longs, extents: tuple[int, ...], axis: int) -> int | None:
    """Returns the length of the first piece of an axis that divides it, over all terms, or None."""
    pieces = (_piece(term, extents, axis) for term in places)
    return next((p for p in pieces if p is not None and extents[axis] % p == 0), None)


def _piece(term: Longs, extents: tuple[int, ...], axis: int) -> int | None:
    """Returns the length of the first regular piece of an axis, or None if the whole is one."""
    line = np.moveaxis(term.reshape(extents), axis, 0).reshape(extents[axis], -1)[:, 0]
    steps = np.diff(line)
    other = np.flatnonzero(steps != steps[:1])
    return int(other[0] + 1) if len(other) else None


def _along(term: Term, axis: int, block: Block) -> bool:
    return term.view.shape[axis + term.several] == block.extents[axis]


def _stretches(places: Longs, weights: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
    """Yields ranges of terms: single ones, or in longer sums those that follow each other."""
    count = len(places)
    if count <= _SINGLE:
        yield from ((term, term + 1) for term in range(count))
        return
    steps = np.diff(places, axis=0)
    even = (steps == steps[:, :1]).all(1) & (weights[1:] == weights[:-1]).all(1)
    start = 0
    while start < count:
        stop = start + 1
        while stop < count and even[stop - 1] and steps[stop - 1, 0] == steps[start, 0]:
            stop += 1
        if stop - start < _SHORTEST:
            stop = start + 1
        yield start, stop
        start = stop


def add_block(
    graph: Graph,
    values: str,
    terms: Sequence[Term],
    bias: NDArray[np.integer],
    extents: tuple[int, ...],
    numbers: Numbers,
) -> str:
    """Returns the pre-activations of a block, shape (batch, its neurons).

    Args:
        graph: takes the operators.
        values: the layer before, shape (batch, size).
        terms: of the block.
        bias: of its neurons.
        extents: of its grid.
        numbers: makes weights known to the graph.
    """
    total = ""
    for term in terms:
        found = add_view(graph, values, term.view)
        factor, weights = _uniform(term)
        if weights is not None:
            found = graph.add("Mul", found, numbers(weights.reshape(_spread(term, weights))))
        if term.several:
            found = graph.add("ReduceSum", found, graph.integers(1), keepdims=0)
        if factor not in (1, -1):
            found = graph.add("Mul", found, numbers(np.array(factor)))
        if not total:
            total = graph.add("Neg", found) if factor == -1 else found
        else:
            total = graph.add("Sub" if factor == -1 else "Add", total, found)
    if bias.any():
        alike = (bias == bias[0]).all()
        total = graph.add("Add", total, numbers(bias[0] if alike else bias.reshape(extents)))
    return graph.add("Reshape", total, graph.integers(0, len(bias)))


def _uniform(term: Term) -> tuple[int, NDArray[np.integer] | None]:
    """Returns a factor of all terms, and weights of each where they differ."""
    weights = term.weights
    if (weights == weights[0, 0]).all():
        return int(weights[0, 0]), None
    return 1, weights[:, :1] if (weights == weights[:, :1]).all() else weights


def _spread(term: Term, weights: NDArray[np.integer]) -> tuple[int, ...]:
    """Returns the shape in which weights are multiplied with a view."""
    if weights.shape[1] == term.weights.shape[1]:
        return term.view.extents
    return (len(weights), *[1] * (len(term.view.extents) - 1))
