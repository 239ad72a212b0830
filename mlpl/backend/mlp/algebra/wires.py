"""Wires: arrays of affine expressions over neurons of earlier layers, with integer weights.

Shapes in docstrings: S is the shape of the array of wires, k the number of neurons that one
term of an element refers to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import prod
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int32]
Axis: TypeAlias = str | tuple[str, ...]
"""What an axis of a block counts (`cell`, `bit`), or one word for each of its indices."""


class Kind(Enum):
    """What a block of neurons is for."""

    STATE = "state"
    """An entry of the state, layer 0."""
    GATE = "gate"
    """A conjunction, a threshold or a comparison."""
    SUM = "sum"
    """A sum that is never negative: the ReLU changes nothing."""
    CARRY = "carry"
    """A value of an earlier layer, needed later."""
    CLEAN = "clean"
    """A part of a restoring layer."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A named array of neurons, each the ReLU of a wire; or entries of the state.

    Attributes:
        name: part and role, as in `read_{}.gate`; `{}` takes the word of a worded axis.
        shape: the shape of the array.
        axes: what each axis counts.
        kind: what the neurons are for.
        wires: what the neurons are the ReLU of; None for the state.
        early: whether the block stands in the first layer possible, not in the last.
        layer: the layer that it stands in, counted from 1; None where only order matters.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[Axis, ...]
    kind: Kind
    wires: Wires | None = None
    early: bool = False
    layer: int | None = None

    @property
    def size(self) -> int:
        """The number of neurons."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """For each wire the weighted sum of k neurons of one block.

    Attributes:
        block: the block.
        neurons: flat indices into the block, shape S + (k,), often a broadcast view.
        weights: the same shape.
    """

    block: Block
    neurons: Integers
    weights: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Wires:
    """An array of affine expressions: indexing, sums and broadcasting as in NumPy.

    Attributes:
        bias: the constant part, shape S.
        terms: the rest.
    """

    bias: Integers
    terms: tuple[Term, ...]

    __array_ufunc__: ClassVar[None] = None  # NumPy leaves array * wires to __rmul__

    @property
    def shape(self) -> tuple[int, ...]:
        """S."""
        return self.bias.shape

    def __getitem__(self, key: Any) -> Wires:
        """Returns the wires at a key that NumPy understands, without an ellipsis."""
        # A key indexes leading axes, so it leaves the last axis of `neurons` alone.
        return Wires(
            _as_integers(self.bias[key]),
            tuple(Term(t.block, t.neurons[key], t.weights[key]) for t in self.terms),
        )

    def __add__(self, other: Wires | int | NDArray[np.integer]) -> Wires:
        if not isinstance(other, Wires):
            other = Wires(_as_integers(other), ())
        shape = np.broadcast_shapes(self.shape, other.shape)
        bias = np.broadcast_to(self.bias, shape) + np.broadcast_to(other.bias, shape)
        return Wires(_as_integers(bias), self._spread(shape) + other._spread(shape))

    __radd__ = __add__

    def __mul__(self, factor: int | NDArray[np.integer]) -> Wires:
        """Returns the wires times constants that broadcast with them."""
        constant = _as_integers(factor)
        shape = np.broadcast_shapes(self.shape, constant.shape)
        return Wires(
            np.broadcast_to(self.bias, shape) * constant,
            tuple(
                Term(t.block, t.neurons, t.weights * constant[..., None])
                for t in self._spread(shape)
            ),
        )

    __rmul__ = __mul__

    def __neg__(self) -> Wires:
        return self * -1

    def __sub__(self, other: Wires | int | NDArray[np.integer]) -> Wires:
        return self + (-other)

    def __rsub__(self, other: int | NDArray[np.integer]) -> Wires:
        return -self + other

    def sum(self, axis: int) -> Wires:
        """Returns the sums over one axis, counted from the front."""
        return Wires(
            _as_integers(self.bias.sum(axis=axis)),
            tuple(
                Term(t.block, _merge(t.neurons, axis), _merge(t.weights, axis)) for t in self.terms
            ),
        )

    def _spread(self, shape: tuple[int, ...]) -> tuple[Term, ...]:
        """Returns the terms broadcast to `shape`."""
        if shape == self.shape:
            return self.terms
        return tuple(
            Term(t.block, _spread(t.neurons, shape), _spread(t.weights, shape)) for t in self.terms
        )


def state_wires(name: str, shape: tuple[int, ...], axes: Sequence[Axis] = ()) -> Wires:
    """Returns the wires of a new block of state entries, which are integers and not negative."""
    return wires_of_block(Block(name, shape, tuple(axes), Kind.STATE))


def relu(
    wires: Wires,
    name: str,
    axes: Sequence[Axis] = (),
    *,
    kind: Kind = Kind.GATE,
    early: bool = False,
    layer: int | None = None,
) -> Wires:
    """Returns the wires of a new block of neurons, the ReLU of `wires`.

    Args:
        wires: what the neurons compute before the ReLU, shape S.
        name: part and role.
        axes: what each axis of S counts.
        kind: what the neurons are for.
        early: whether to put the block into the first layer possible (it is smaller than what
            it is computed from) or, as usual, into the last.
        layer: the layer to put the block into instead.
    """
    if len(axes) != len(wires.shape):
        raise ValueError(f"{name}: {len(axes)} axes for shape {wires.shape}")
    return wires_of_block(Block(name, wires.shape, tuple(axes), kind, wires, early, layer))


def concatenate(parts: Sequence[Wires]) -> Wires:
    """Returns wires joined along their first axis; for short arrays, as it pads with zeros."""
    bounds = np.cumsum([0, *(part.shape[0] for part in parts)])
    terms = []
    for start, stop, part in zip(bounds[:-1], bounds[1:], parts, strict=True):
        for term in part.terms:
            shape = (int(bounds[-1]), *term.neurons.shape[1:])
            neurons, weights = np.zeros((2, *shape), dtype=np.int32)
            neurons[start:stop], weights[start:stop] = term.neurons, term.weights
            terms.append(Term(term.block, neurons, weights))
    return Wires(np.concatenate([part.bias for part in parts]), tuple(terms))


def wires_of_block(block: Block) -> Wires:
    """Returns the wires of a block's neurons."""
    neurons = np.arange(block.size, dtype=np.int32).reshape((*block.shape, 1))
    weights = np.broadcast_to(np.int32(1), neurons.shape)
    return Wires(np.zeros(block.shape, dtype=np.int32), (Term(block, neurons, weights),))


def block_of(wires: Wires) -> Block:
    """Returns the block whose neurons these wires are, as `relu` returned them."""
    return wires.terms[0].block


def _as_integers(values: object) -> Integers:
    return np.asarray(values, dtype=np.int32)


def _spread(array: Integers, shape: tuple[int, ...]) -> Integers:
    """Broadcasts an array of shape S + (k,) to shape + (k,)."""
    missing = len(shape) + 1 - array.ndim
    aligned = array.reshape((1,) * missing + array.shape)
    return np.broadcast_to(aligned, (*shape, array.shape[-1]))


def _merge(array: Integers, axis: int) -> Integers:
    """Moves an axis into the last one."""
    moved = np.moveaxis(array, axis, -2)
    return moved.reshape((*moved.shape[:-2], moved.shape[-2] * moved.shape[-1]))
