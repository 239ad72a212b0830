"""The rows of a weight matrix for a block of neurons, from the wires it is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Block, Integers

Positions = Mapping[Block, Integers]
"""For each block where its neurons stand in the layer before (garbage where they do not)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows of a CSR matrix, and their biases.

    Attributes:
        counts: the number of weights in each row.
        indices: columns, ascending in each row.
        data: weights, none of them 0.
        bias: one a row.
    """

    counts: Integers
    indices: Integers
    data: Integers
    bias: Integers


def rows_of(block: Block, members: NDArray[np.intp] | None, positions: Positions) -> Rows:
    """Returns the rows of the neurons `members` of a block (None: of all)."""
    wires = block.wires
    assert wires is not None, "entries of the state are not computed"
    bias = _select(wires.bias, block.size, members).reshape(-1)
    parts = [
        (
            positions[term.block][_select(term.neurons, block.size, members)],
            _select(term.weights, block.size, members),
        )
        for term in wires.terms
    ]
    if not parts:
        none = np.zeros(0, dtype=np.int32)
        return Rows(np.zeros(len(bias), dtype=np.int32), none, none, bias)
    columns = np.concatenate([column for column, _ in parts], axis=1)
    weights = np.concatenate([weight for _, weight in parts], axis=1)
    return _compress(columns, weights, bias)


def carry_rows(columns: Integers) -> Rows:
    """Returns rows that repeat the neurons at `columns`."""
    one = np.ones(len(columns), dtype=np.int32)
    return Rows(one, columns, one, np.zeros_like(one))


def _select(array: Integers, size: int, members: NDArray[np.intp] | None) -> Integers:
    """Returns an array of shape S + (k,) as one row a neuron, for the neurons `members`."""
    flat = array.reshape(size, -1)
    return flat if members is None else flat[members]


def _compress(columns: Integers, weights: Integers, bias: Integers) -> Rows:
    """Returns the rows without zeros, sorted, and with one weight a column.

    Args:
        columns: shape (rows, k).
        weights: shape (rows, k).
        bias: shape (rows,).
    """
    count, width = columns.shape
    if (np.diff(columns, axis=1) < 0).any():
        order = np.argsort(columns, axis=1, kind="stable")
        columns = np.take_along_axis(columns, order, axis=1)
        weights = np.take_along_axis(weights, order, axis=1)
    if weights.all():
        counts = np.full(count, width, dtype=np.int32)
        column, weight = columns.reshape(-1), weights.reshape(-1)
    else:
        present = weights != 0
        counts = np.count_nonzero(present, axis=1).astype(np.int32)
        column, weight = columns[present], weights[present]
    repeated = np.zeros(len(column), dtype=bool)
    repeated[1:] = np.diff(column) == 0
    starts = (np.cumsum(counts) - counts)[counts > 0]
    repeated[starts] = False
    if repeated.any():
        return _merge(counts, column, weight, ~repeated, bias)
    return Rows(counts, column, weight, bias)


def _merge(
    counts: Integers,
    column: Integers,
    weight: Integers,
    first: NDArray[np.bool_],
    bias: Integers,
) -> Rows:
    """Adds up the weights of a row that have the same column; `first` marks where each begins."""
    starts = np.flatnonzero(first)
    summed = np.add.reduceat(weight, starts)
    row = np.repeat(np.arange(len(bias)), counts)[starts]
    kept = summed != 0
    return Rows(
        np.bincount(row[kept], minlength=len(bias)).astype(np.int32),
        column[starts][kept],
        summed[kept].astype(np.int32),
        bias,
    )
