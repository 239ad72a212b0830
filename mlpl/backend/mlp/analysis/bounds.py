"""Bounds of the sums of a layer, from what is known of the layer before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.analysis.neurons import NONE, Ints, Neurons
from mlpl.backend.mlp.layer import Layer


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Bounds of W h + b, one entry a neuron.

    Attributes:
        upper: of the whole sum.
        lower: of the whole sum.
        positive: of the sum of its positive terms; any partial sum is at most this.
        negative: of the sum of its negative terms, none above 0.
        alone: for each weight whether it is the only one of its neuron that leads to a cluster.
        most: for each weight the most that its cluster adds to `upper`.
    """

    upper: Ints
    lower: Ints
    positive: Ints
    negative: Ints
    alone: NDArray[np.bool_]
    most: Ints


def bounds(layer: Layer, before: Neurons) -> Bounds:
    """Returns the bounds of a layer's sums.

    The terms of a neuron that lead to one cluster are bounded together, and the clusters are
    added up: of an exclusive cluster one neuron at most is not 0, and the terms of a ladder are
    a piecewise linear function of one number.
    """
    rows = np.repeat(np.arange(layer.size), np.diff(layer.indptr))
    # Within a row, weights of one cluster become neighbours; singles have clusters of their own.
    single = before.clusters.of[layer.indices] == NONE
    cluster = np.where(
        single, -1 - layer.indices.astype(np.int64), before.clusters.of[layer.indices]
    )
    order = _neighbours(layer, rows, cluster, single)
    row, key = rows[order], cluster[order]
    new = np.ones(len(row), dtype=bool)
    new[1:] = (np.diff(row) != 0) | (np.diff(key) != 0)
    starts = np.flatnonzero(new)
    parts = _of_runs(layer, before, order, starts)
    run = np.cumsum(new) - 1
    length = np.diff(np.append(starts, len(row)))
    alone, most = np.zeros(len(row), dtype=bool), np.zeros(len(row), dtype=np.int64)
    alone[order], most[order] = (length == 1)[run], parts[0][run]
    bias = layer.bias.astype(np.int64)
    sums = [_added(row[starts], part, layer.size) for part in parts]
    return Bounds(
        bias + sums[0],
        bias + sums[1],
        np.maximum(bias, 0) + sums[2],
        np.minimum(bias, 0) + sums[3],
        alone,
        most,
    )


def _neighbours(
    layer: Layer, rows: NDArray[np.intp], cluster: Ints, single: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Returns the weights in an order by row in which those of one cluster are neighbours.

    Rows without weights that lead to a cluster, most of all, stay as they are.
    """
    order = np.arange(len(rows))
    mixed = np.zeros(layer.size, dtype=bool)
    mixed[rows[~single]] = True
    which = np.flatnonzero(mixed[rows])
    order[which] = which[np.lexsort((cluster[which], rows[which]))]
    return order


def _added(rows: NDArray[np.intp], values: Ints, size: int) -> Ints:
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, rows, values)
    return total


def _of_runs(
    layer: Layer, before: Neurons, order: NDArray[np.intp], starts: NDArray[np.intp]
) -> list[Ints]:
    """Returns the upper, lower, positive and negative bound of each run of weights.

    Args:
        layer: whose weights.
        before: what they lead to.
        order: the weights, those of a run side by side.
        starts: where in `order` each run starts.
    """
    if len(starts) == 0:
        return [np.zeros(0, dtype=np.int64)] * 4
    columns = layer.indices[order]
    products = layer.data[order].astype(np.int64) * before.upper[columns]
    upper = np.maximum(np.maximum.reduceat(products, starts), 0)
    lower = np.minimum(np.minimum.reduceat(products, starts), 0)
    found = [upper, lower, upper.copy(), lower.copy()]
    length = np.diff(np.append(starts, len(order)))
    ladders = before.clusters.ladder[columns[starts]] & (length > 1)
    for size in np.unique(length[ladders]):
        runs = np.flatnonzero(ladders & (length == size))
        entries = order[starts[runs][:, None] + np.arange(size)]
        values = _ladder(layer, before, entries)
        for part, value in zip(found, values, strict=True):
            part[runs] = value
    return found


def _ladder(layer: Layer, before: Neurons, entries: NDArray[np.intp]) -> list[Ints]:
    """Returns the bounds of sums of ladder neurons, one row of `entries` a sum.

    Each is linear in t but for the points where a neuron becomes 0, so that its extremes lie
    there or at the ends.
    """
    known, columns = before.clusters, layer.indices[entries]
    weight = layer.data[entries].astype(np.int64)
    slope, offset = known.slope[columns], known.offset[columns]
    low, high = known.low[columns[:, :1]], known.high[columns[:, :1]]
    points = np.concatenate([np.clip(-slope * offset, low, high), low, high], axis=1)
    heights = np.maximum(slope[:, None] * points[:, :, None] + offset[:, None], 0)
    terms = weight[:, None] * heights
    whole = terms.sum(2)
    return [
        whole.max(1),
        whole.min(1),
        np.maximum(terms, 0).sum(2).max(1),
        np.minimum(terms, 0).sum(2).min(1),
    ]
