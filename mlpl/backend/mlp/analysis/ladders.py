"""Ladders: neurons that are ReLU(s t + b) of the same sum t of weighted neurons."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.analysis.bounds import Bounds
from mlpl.backend.mlp.analysis.neurons import Clusters, Ints
from mlpl.backend.mlp.layer import Layer


def ladders(layer: Layer, found: Bounds, into: Clusters, first: int) -> int:
    """Enters the ladders of a layer into its clusters.

    Args:
        layer: one layer.
        found: the bounds of its sums.
        into: its clusters, still empty.
        first: the number of the first new cluster.

    Returns:
        The number after the last one used.
    """
    length = np.diff(layer.indptr)
    rows = _likely(layer, length)
    if len(rows) == 0:
        return first
    leading = np.sign(layer.data[layer.indptr[rows]].astype(np.int64))
    order, run = _grouped(layer, rows, leading)
    members, slope = rows[order], leading[order]
    common = np.bincount(run)[run] > 1
    members, slope, run = members[common], slope[common], run[common]
    if len(members) == 0:
        return first
    bias = layer.bias[members].astype(np.int64)
    # s t + b is between the bounds of the sum, for every member of the ladder.
    one, other = slope * (found.lower[members] - bias), slope * (found.upper[members] - bias)
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    low = np.maximum.reduceat(np.minimum(one, other), starts)
    high = np.minimum.reduceat(np.maximum(one, other), starts)
    number = np.cumsum(np.diff(run, prepend=-1) != 0) - 1
    into.of[members] = first + number
    into.ladder[members] = True
    into.slope[members], into.offset[members] = slope, bias
    into.low[members], into.high[members] = low[number], high[number]
    return first + len(starts)


def _likely(layer: Layer, length: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """Returns the rows but for those with a single weight, of a neuron that no other such row has.

    They are most rows, and none of them is in a ladder.
    """
    if len(layer.indices) == 0:
        return np.zeros(0, dtype=np.intp)
    column = layer.indices[np.minimum(layer.indptr[:-1], len(layer.indices) - 1)]
    often = np.bincount(column[length == 1], minlength=layer.inputs) > 1
    return np.flatnonzero((length > 1) | ((length == 1) & often[column]))


def _grouped(layer: Layer, rows: NDArray[np.intp], leading: Ints) -> tuple[Ints, Ints]:
    """Returns the rows' order by their weights but for the sign, and the run of each in it."""
    mix = np.random.default_rng(0).integers(-(1 << 62), 1 << 62, size=layer.inputs)
    products = mix[layer.indices] * layer.data.astype(np.int64)
    before = np.concatenate(([0], np.cumsum(products)))  # all of it wraps
    sums = (before[layer.indptr[rows + 1]] - before[layer.indptr[rows]]) * leading
    order = np.argsort(sums, kind="stable")
    same = np.diff(sums[order]) == 0
    same[same] = _equal(layer, rows[order], leading[order], np.flatnonzero(same))
    return order, np.cumsum(np.concatenate(([False], ~same)))


def _equal(
    layer: Layer, rows: NDArray[np.intp], sign: Ints, which: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Returns for each i of `which` whether rows i and i + 1 have equal weights but for signs."""
    one, two = rows[which], rows[which + 1]
    length = np.diff(layer.indptr)
    equal: NDArray[np.bool_] = length[one] == length[two]
    pair = np.repeat(np.flatnonzero(equal), length[one][equal])
    inside = np.arange(len(pair)) - np.repeat(
        np.cumsum(length[one][equal]) - length[one][equal], length[one][equal]
    )
    left, right = layer.indptr[one][pair] + inside, layer.indptr[two][pair] + inside
    differ = layer.indices[left] != layer.indices[right]
    signs = (sign[which] * sign[which + 1])[pair]
    differ |= layer.data[left] != layer.data[right] * signs
    equal[pair[differ]] = False
    return equal
