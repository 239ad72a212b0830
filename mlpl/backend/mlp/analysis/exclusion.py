"""Exclusive neurons: of which at most one is not 0, proved from what each of them requires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.analysis.bounds import Bounds
from mlpl.backend.mlp.analysis.neurons import NONE, Clusters, Ints, Neurons
from mlpl.backend.mlp.layer import Group, Layer

_FEWEST = 2
"""Neurons of a block in which exclusive ones are worth looking for."""

_VALUES = 1 << 32
"""More than a layer has neurons."""


@dataclass(frozen=True, slots=True, eq=False)
class Requirements:
    """What must hold for a neuron not to be 0, by row; several entries a neuron.

    Attributes:
        row: the neuron.
        subject: a neuron of the layer before, or a cluster of it (after all neurons).
        value: of a neuron: 1 if it must not be 0, 0 if it must be; of an exclusive cluster: its
            member that must not be 0.
    """

    row: Ints
    subject: Ints
    value: Ints


def requirements(layer: Layer, found: Bounds, before: Neurons) -> Requirements:
    """Returns what the neurons of a layer require.

    A neuron requires another not to be 0 if its sum is at most 0 without it, and to be 0 if its
    sum is at most 0 once that one is 1.
    """
    rows = np.repeat(np.arange(layer.size, dtype=np.int64), np.diff(layer.indptr))
    weight = layer.data.astype(np.int64)
    most = found.upper[rows]
    needs = found.alone & (weight > 0) & (most - found.most <= 0)
    bars = found.alone & (weight < 0) & (most + weight <= 0)
    columns = layer.indices.astype(np.int64)
    cluster = before.clusters.of[columns]
    member = needs & (cluster != NONE) & ~before.clusters.ladder[columns]
    return Requirements(
        np.concatenate([rows[needs], rows[bars], rows[member]]),
        np.concatenate([columns[needs], columns[bars], layer.inputs + cluster[member]]),
        np.concatenate([np.ones(needs.sum()), np.zeros(bars.sum()), columns[member]]).astype(
            np.int64
        ),
    )


def exclusive(layer: Layer, required: Requirements, into: Clusters, first: int) -> int:
    """Enters exclusive clusters: neurons of a block along some of its axes.

    Of a block the largest set of axes counts that can be proved. A neuron that is in a larger
    ladder stays there.

    Args:
        layer: one layer.
        required: what its neurons require.
        into: its clusters, so far only ladders.
        first: the number of the first new cluster.

    Returns:
        The number after the last one used.
    """
    _, number, count = np.unique(into.of, return_inverse=True, return_counts=True)
    size = np.where(into.of == NONE, 0, count[number])
    order = np.argsort(required.row, kind="stable")
    row = required.row[order]
    for group in layer.groups:
        if group.kind is not Kind.GATE or group.size < _FEWEST:
            continue
        start, stop = np.searchsorted(row, (group.start, group.start + group.size))
        chosen = order[start:stop]
        inside = Requirements(
            required.row[chosen] - group.start, required.subject[chosen], required.value[chosen]
        )
        key = next((key for key in _keys(group) if _is_exclusive(inside, key)), None)
        if key is None:
            continue
        larger = np.bincount(key)[key] > size[group.start : group.start + group.size]
        members = group.start + np.flatnonzero(larger)
        into.of[members] = first + key[larger]
        into.ladder[members] = False
        first += int(key.max()) + 1
    return first


def _keys(group: Group) -> Iterator[Ints]:
    """Returns ways to part a block: by the axes that do not count, most counting axes first."""
    flat = np.arange(group.size) if group.members is None else group.members
    place = np.unravel_index(flat, group.shape)
    axes = range(len(group.shape))
    for count in range(len(group.shape), 0, -1):
        for along in combinations(axes, count):
            key = np.zeros(group.size, dtype=np.int64)
            for axis in axes:
                if axis not in along:
                    key = key * group.shape[axis] + place[axis]
            if np.bincount(key).max() > 1:
                yield key


def _is_exclusive(required: Requirements, key: Ints) -> bool:
    """Returns whether any two neurons with the same key exclude one another.

    They do if all with that key have requirements of some subjects, and no two the same ones. The
    neurons of one key are tried first: most ways to part a block fail there.
    """
    of = key[required.row]
    sizes = np.bincount(key)
    largest = int(sizes.argmax())
    if sizes[largest] < len(key):
        place = np.cumsum(key == largest) - 1
        some = of == largest
        part = Requirements(place[required.row[some]], required.subject[some], required.value[some])
        if not _excludes(part, np.zeros(sizes[largest], dtype=np.int64)):
            return False
    return _excludes(required, key)


def _excludes(required: Requirements, key: Ints) -> bool:
    """Returns the same, after a look at all keys."""
    sizes = np.bincount(key)
    if len(sizes) == 1:
        shared = (np.bincount(required.subject) == sizes[0])[required.subject]
    else:
        pair = key[required.row] * _VALUES + required.subject
        order = np.argsort(pair, kind="stable")  # quick where much is in order already
        starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
        count = np.diff(np.append(starts, len(pair)))
        shared = np.zeros(len(pair), dtype=bool)
        shared[order] = np.repeat(count == sizes[pair[order[starts]] // _VALUES], count)
    entries = np.flatnonzero(shared)
    mixed = _mixed(required.subject[entries], required.value[entries])
    code = np.zeros(len(key), dtype=np.uint64)
    np.add.at(code, required.row[entries], mixed)
    # Different sums prove different requirements; equal ones prove nothing.
    both = np.lexsort((code, key))
    same = (np.diff(key[both]) == 0) & (np.diff(code[both]) == 0)
    return not bool(same.any())


def _mixed(subject: Ints, value: Ints) -> NDArray[np.uint64]:
    """Returns a number that depends on both, well mixed."""
    x = subject.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + value.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return x ^ (x >> np.uint64(31))
