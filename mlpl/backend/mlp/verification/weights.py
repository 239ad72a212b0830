"""Weights against those that the construction makes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.report import Check, Mismatch


def check_weights(network: Network, rebuilt: Network) -> Check:
    """Returns whether a network is, number for number, the one rebuilt from its parameters."""
    counts = {"weights": network.nonzeros, "biases": network.neurons}
    mismatch = next(_differences(network, rebuilt), None)
    total = network.nonzeros + network.neurons
    summary = f"all {total:,} weights and biases are those of the construction"
    if mismatch is not None:
        summary = "not those of the construction"
    return Check("weights", summary, counts, mismatch)


def _differences(network: Network, rebuilt: Network) -> Iterator[Mismatch]:
    if network.depth != rebuilt.depth:
        yield Mismatch("", 0, f"{network.depth} layers instead of {rebuilt.depth}")
        return
    if network.steps_per_pass != rebuilt.steps_per_pass:
        message = f"{network.steps_per_pass} steps a pass instead of {rebuilt.steps_per_pass}"
        yield Mismatch("", 0, message)
    for number, (have, want) in enumerate(zip(network.layers, rebuilt.layers, strict=True), 1):
        if have.size != want.size:
            message = f"layer {number} has {have.size:,} neurons instead of {want.size:,}"
            yield Mismatch("", number, message)
            return
        rows = _differing_rows(have, want)
        if len(rows):
            row = int(rows[0])
            name = rebuilt.name(number, row)
            yield Mismatch(name, number, f"{name}: {_what(have, want, row, number, rebuilt)}")
        if _names(have) != _names(want):
            yield Mismatch("", number, f"layer {number} has other names for its neurons")


def _names(layer: Layer) -> list[tuple[object, ...]]:
    """Returns what gives the neurons their names."""
    return [
        (
            group.name,
            group.shape,
            group.axes,
            group.kind,
            group.layer,
            group.start,
            None if group.members is None else group.members.tobytes(),
        )
        for group in layer.groups
    ]


def _differing_rows(have: Layer, want: Layer) -> NDArray[np.intp]:
    """Returns the neurons with another bias, or other weights."""
    differs = have.bias.astype(np.int64) != want.bias
    lengths, wanted = np.diff(have.indptr), np.diff(want.indptr)
    differs |= lengths != wanted
    rows = np.flatnonzero(lengths == wanted)
    count = lengths[rows]
    inside = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    left = np.repeat(have.indptr[rows], count) + inside
    right = np.repeat(want.indptr[rows], count) + inside
    other = (have.indices[left] != want.indices[right]) | (have.data[left] != want.data[right])
    differs[np.repeat(rows, count)[other]] = True
    return np.flatnonzero(differs)


def _what(have: Layer, want: Layer, row: int, number: int, rebuilt: Network) -> str:
    """Returns how the neuron differs: its bias, or the first weight that does."""
    if have.bias[row] != want.bias[row]:
        return f"bias {have.bias[row]} instead of {want.bias[row]}"
    one, other = _weights(have, row), _weights(want, row)
    column = min(c for c in one | other if one.get(c, 0) != other.get(c, 0))
    source = rebuilt.name(number - 1, column)
    return f"weight {one.get(column, 0)} from {source} instead of {other.get(column, 0)}"


def _weights(layer: Layer, row: int) -> dict[int, int]:
    part = slice(int(layer.indptr[row]), int(layer.indptr[row + 1]))
    return dict(zip(layer.indices[part].tolist(), layer.data[part].tolist(), strict=True))
