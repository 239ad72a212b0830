"""Affine expressions of one block as sparse rows over all neurons, numbered through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Block, Term, Wires

Longs = NDArray[np.int64]

_MIXER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """For each neuron of a block the sum that it is the ReLU of.

    Attributes:
        starts: where each row begins, and the end; shape (rows + 1,).
        source: the number of the neuron that a weight leads to, ascending in a row.
        weight: none of them 0.
        bias: one a row.
    """

    starts: Longs
    source: Longs
    weight: Longs
    bias: Longs

    @property
    def counts(self) -> Longs:
        """The number of weights in each row."""
        return np.diff(self.starts)

    def added(self, values: Longs) -> Longs:
        """Returns the sum over each row of `values`, one a weight."""
        total = np.concatenate(([0], np.cumsum(values)))
        return total[self.starts[1:]] - total[self.starts[:-1]]

    def substituted(self, value: Longs, same: Longs) -> Affine:
        """Returns the rows with values in place of constant neurons, and others for some.

        Args:
            value: of each neuron, below 0 where it is not constant.
            same: for each neuron the one to read instead.
        """
        fixed = value[self.source] >= 0
        constant = np.where(fixed, self.weight * value[self.source], 0)
        row = np.repeat(np.arange(len(self.bias)), self.counts)
        bias = self.bias + self.added(constant)
        return _sorted(row[~fixed], same[self.source[~fixed]], self.weight[~fixed], bias)

    def only(self, rows: NDArray[np.bool_]) -> Affine:
        """Returns the rows that a mask selects; all others are empty."""
        counts = np.where(rows, self.counts, 0)
        inside = np.repeat(rows, self.counts)
        starts = np.concatenate(([0], np.cumsum(counts)))
        return Affine(
            starts, self.source[inside], self.weight[inside], np.where(rows, self.bias, 0)
        )

    def repeats(self) -> NDArray[np.bool_]:
        """Returns which rows are one neuron, with weight 1 and bias 0."""
        found: NDArray[np.bool_] = (self.counts == 1) & (self.bias == 0)
        found[found] = self.weight[self.starts[:-1][found]] == 1
        return found

    def equal_rows(self, other: Affine) -> tuple[Longs, Longs]:
        """Returns rows and for each the first equal one of `other`, or an earlier one of itself."""
        keys, first = np.unique(other._keys(), return_index=True)
        mine = self._keys()
        place = np.minimum(np.searchsorted(keys, mine), len(keys) - 1)
        match = first[place]
        alike = keys[place] == mine
        if other is self:
            alike &= match < np.arange(len(mine))
        rows = np.flatnonzero(alike)
        match = match[rows]
        equal = self._equal(rows, other, match)
        return rows[equal], match[equal]

    def _keys(self) -> NDArray[np.uint64]:
        """Returns a number of each row that equal rows share."""
        mixed = (self.source.astype(np.uint64) + np.uint64(1)) * _MIXER
        mixed ^= mixed >> np.uint64(29)
        weighted = (mixed * _MIXER * self.weight.astype(np.uint64)).view(np.int64)
        return self.added(weighted).view(np.uint64) + self.bias.astype(np.uint64)

    def _equal(self, rows: Longs, other: Affine, others: Longs) -> NDArray[np.bool_]:
        """Returns for each pair of rows whether they are equal in all."""
        length = self.counts[rows]
        equal: NDArray[np.bool_] = length == other.counts[others]
        equal &= self.bias[rows] == other.bias[others]
        kept = np.flatnonzero(equal)
        pair, inside = np.repeat(kept, length[kept]), ranks(length[kept])
        left, right = self.starts[rows[pair]] + inside, other.starts[others[pair]] + inside
        differ = self.source[left] != other.source[right]
        differ |= self.weight[left] != other.weight[right]
        equal[pair[differ]] = False
        return equal


def ranks(lengths: Longs) -> Longs:
    """Returns 0, 1, ... for each of several runs, one run behind the other."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def affine_of(block: Block, first: Mapping[Block, int]) -> Affine:
    """Returns the rows of a block; `first` is the number of each block's first neuron."""
    assert block.wires is not None, "entries of the state are not computed"
    rows, sources, weights = [], [], []
    for term in block.wires.terms:
        weight = term.weights.reshape(block.size, -1)
        row, place = np.nonzero(weight)
        rows.append(row)
        sources.append(first[term.block] + term.neurons.reshape(block.size, -1)[row, place])
        weights.append(weight[row, place])
    none = [np.zeros(0, dtype=np.int64)]
    return _sorted(
        np.concatenate(rows or none),
        np.concatenate(sources or none).astype(np.int64),
        np.concatenate(weights or none).astype(np.int64),
        block.wires.bias.reshape(-1).astype(np.int64),
    )


def _sorted(row: Longs, source: Longs, weight: Longs, bias: Longs) -> Affine:
    """Returns rows in order, with one weight for each neuron, from weights in any order."""
    order = np.lexsort((source, row))
    row, source, weight = row[order], source[order], weight[order]
    new = np.ones(len(row), dtype=bool)
    new[1:] = (np.diff(row) != 0) | (np.diff(source) != 0)
    begin = np.flatnonzero(new)
    weight = np.add.reduceat(weight, begin) if len(begin) else weight
    row, source = row[begin], source[begin]
    kept = weight != 0
    starts = np.concatenate(([0], np.cumsum(np.bincount(row[kept], minlength=len(bias)))))
    return Affine(starts, source[kept], weight[kept], bias)


def wires_of(
    sums: Affine, shape: tuple[int, ...], first: Mapping[Block, int], made: Mapping[Block, Block]
) -> Wires:
    """Returns rows as wires of a shape.

    Args:
        sums: one row a wire.
        shape: of the array of wires.
        first: the number of each block's first neuron, ascending.
        made: the blocks to refer to, in place of those of `first`.
    """
    blocks = list(first)
    bounds = np.array(list(first.values()))
    owner = np.searchsorted(bounds, sums.source, side="right") - 1
    row = np.repeat(np.arange(len(sums.bias)), sums.counts)
    terms = []
    for number in np.unique(owner):
        inside = owner == number
        rows = row[inside]
        counts = np.bincount(rows, minlength=len(sums.bias))
        rank = ranks(counts)
        neurons, weights = np.zeros((2, len(sums.bias), int(counts.max())), dtype=np.int32)
        neurons[rows, rank] = sums.source[inside] - bounds[number]
        weights[rows, rank] = sums.weight[inside]
        full = (*shape, neurons.shape[1])
        terms.append(Term(made[blocks[number]], neurons.reshape(full), weights.reshape(full)))
    return Wires(sums.bias.reshape(shape).astype(np.int32), tuple(terms))
