"""Neurons that have the activation of an earlier one: carries, and bits behind restoring layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.analysis.neurons import Ints
from mlpl.backend.mlp.layer import Layer


def carried(layer: Layer) -> tuple[Ints, Ints]:
    """Returns the neurons that repeat one of the layer before, and which.

    Of several that repeat the same one, only the first.
    """
    row = np.flatnonzero((np.diff(layer.indptr) == 1) & (layer.bias == 0))
    row = row[layer.data[layer.indptr[row]] == 1]
    return _first(row, layer.indices[layer.indptr[row]])


def restored(pairs: Layer, layer: Layer, upper: Ints) -> tuple[Ints, Ints]:
    """Returns the neurons that have the activation of one two layers before, and which.

    They are differences of two neurons that are computed from that one alone, a bit, and the
    difference is 0 for 0 and 1 for 1. Of several that have the same one, only the first.

    Args:
        pairs: the layer before.
        layer: the layer.
        upper: the largest activations two layers before.
    """
    row = np.flatnonzero((np.diff(layer.indptr) == 2) & (layer.bias == 0))
    place = layer.indptr[row].astype(np.int64)
    weights = layer.data[place[:, None] + np.arange(2)].astype(np.int64)
    sides = layer.indices[place[:, None] + np.arange(2)]
    same = (np.diff(pairs.indptr)[sides] == 1).all(axis=1) & (weights.sum(axis=1) == 0)
    row, weights, sides = row[same], weights[same], sides[same]
    entry = pairs.indptr[sides]
    source = pairs.indices[entry]
    same = (source[:, 0] == source[:, 1]) & (upper[source[:, 0]] <= 1)
    for bit in (0, 1):
        sums = pairs.data[entry].astype(np.int64) * bit + pairs.bias[sides]
        same &= (weights * np.maximum(sums, 0)).sum(axis=1) == bit
    return _first(row[same], source[same, 0])


def _first(row: NDArray[np.intp], source: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Returns the sources, each once, and before them the first of the rows that has it."""
    found, place = np.unique(source, return_index=True)
    return row[place], found
