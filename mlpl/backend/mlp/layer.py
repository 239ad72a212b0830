"""Layers of a network: integer CSR matrices whose rows are made of named blocks."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Axis, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Neurons of one layer that belong to one block: the block itself, a part or a copy of it.

    Attributes:
        name: part and role, as in `read_{}.gate`.
        shape: the shape of the block.
        axes: what each axis of the block counts, or one word for each of its indices.
        kind: what the neurons are for.
        layer: that it stands in; for carries and restoring layers it is part of the name.
        start: the index in the layer of the first neuron.
        members: the flat indices into the block that are there, ascending; None for all.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[Axis, ...]
    kind: Kind
    layer: int
    start: int
    members: NDArray[np.int32] | None = None

    @property
    def size(self) -> int:
        """The number of neurons."""
        return prod(self.shape) if self.members is None else len(self.members)

    def label(self, index: int) -> str:
        """Returns the name of the neuron at an index in the layer."""
        position = index - self.start
        if not 0 <= position < self.size:
            raise IndexError(index)
        flat = position if self.members is None else int(self.members[position])
        name, coordinates = self.name, []
        if self.kind in (Kind.CARRY, Kind.CLEAN):
            name += f".{self.kind.value}"
            coordinates.append(f"layer {self.layer}")
        for axis, place in zip(self.axes, np.unravel_index(flat, self.shape), strict=True):
            if isinstance(axis, str):
                coordinates.append(f"{axis} {int(place)}")
            else:
                name = name.replace("{}", axis[int(place)], 1)
        return f"{name}[{', '.join(coordinates)}]" if coordinates else name


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """h -> ReLU(W h + b), with W of shape (m, k) as CSR by rows; all integers.

    Attributes:
        indptr: where each row begins, int32, shape (m + 1,).
        indices: columns, ascending in a row and each at most once, int32, shape (nonzeros,).
        data: the weights, none of them 0, int8 or int32, shape (nonzeros,).
        bias: b, int8 or int32, shape (m,).
        inputs: k, the number of neurons of the layer before.
        groups: what the neurons are, in order; together all m of them.
    """

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    data: NDArray[np.integer]
    bias: NDArray[np.integer]
    inputs: int
    groups: tuple[Group, ...] = ()

    @property
    def size(self) -> int:
        """m, the number of neurons."""
        return len(self.bias)

    @property
    def nonzeros(self) -> int:
        """The number of weights."""
        return len(self.data)

    @property
    def nbytes(self) -> int:
        """The bytes of the arrays."""
        return sum(x.nbytes for x in (self.indptr, self.indices, self.data, self.bias))

    def check(self) -> None:
        """Raises ValueError if the arrays are no CSR matrix with a bias."""
        ends, columns = self.indptr, self.indices
        if ends.shape != (self.size + 1,) or ends[0] != 0 or (ends[1:] < ends[:-1]).any():
            raise ValueError("indptr does not delimit the rows")
        if len(columns) != ends[-1] or len(self.data) != len(columns):
            raise ValueError("indices and data do not have one entry for each weight")
        if len(columns) and not 0 <= columns.min() <= columns.max() < self.inputs:
            raise ValueError("a column is out of range")
        if not self.data.all():
            raise ValueError("a stored weight is 0")
        falls = columns[1:] <= columns[:-1]
        begins = ends[:-1][(ends[1:] > ends[:-1]) & (ends[:-1] > 0)]
        if np.count_nonzero(falls) != np.count_nonzero(falls[begins - 1]):
            raise ValueError("the columns of a row do not ascend")
