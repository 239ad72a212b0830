"""Layering: from blocks of neurons to one sparse matrix a layer, values carried in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.liveness import last_uses
from mlpl.backend.mlp.algebra.placement import place, topological
from mlpl.backend.mlp.algebra.rows import Rows, carry_rows, rows_of
from mlpl.backend.mlp.algebra.wires import Block, Integers, Kind, Wires, block_of
from mlpl.backend.mlp.layer import Group, Layer

_ALL = slice(None)


def layered(
    inputs: Sequence[Wires],
    outputs: Sequence[Wires],
    kept: Mapping[Block, NDArray[np.bool_]] | None = None,
) -> tuple[Layer, ...]:
    """Returns the layers that compute `outputs` from `inputs`.

    A layer holds the blocks that `place` puts there and a carry of each neuron of an earlier
    layer that a later one reads. A neuron that nothing needs does not appear.

    Args:
        inputs: the blocks of the state, in order; they are layer 0.
        outputs: blocks made by `relu`, in order; the last layer is them alone.
        kept: for blocks among them, which entries of the state and neurons there are; all where
            a block is not in it. No neuron that is there may read one that is not.
    """
    kept = kept or {}
    state = [block_of(wires) for wires in inputs]
    final = [block_of(wires) for wires in outputs]
    order = topological([*state, *final])
    layer = place(order, final)
    uses = last_uses(order, layer, {block: kept.get(block, _ALL) for block in final})
    positions = {block: np.zeros(block.size, dtype=np.int32) for block in order}
    width = 0
    for block in state:
        place_of = np.arange(block.size)[kept.get(block, _ALL)]
        positions[block][place_of] = np.arange(width, width + len(place_of), dtype=np.int32)
        width += len(place_of)
    layers: list[Layer] = []
    for number in range(1, max(layer.values()) + 1):
        last = number == layer[final[0]]
        new = final if last else [block for block in order if layer[block] == number]
        plans = [_plan(block, uses[block] > 0, number) for block in new]
        for block in order:
            if layer[block] < number and not last:
                plans.append(_plan(block, uses[block] > number, number, carried=True))
        plans = [plan for plan in plans if plan.count]
        made = [plan.rows(positions) for plan in plans]
        groups, start = [], 0
        for plan in plans:
            groups.append(plan.group(start))
            positions[plan.block][plan.key] = np.arange(start, start + plan.count, dtype=np.int32)
            start += plan.count
        layers.append(_assemble(made, width, tuple(groups)))
        width = start
    return _same_form(layers)


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Which neurons of a block stand in a layer, computed there or carried."""

    block: Block
    members: NDArray[np.intp] | None
    layer: int
    carried: bool

    @property
    def count(self) -> int:
        return self.block.size if self.members is None else len(self.members)

    @property
    def key(self) -> slice | NDArray[np.intp]:
        return slice(None) if self.members is None else self.members

    def rows(self, positions: dict[Block, NDArray[np.int32]]) -> Rows:
        if self.carried:
            return carry_rows(positions[self.block][self.key].copy())
        return rows_of(self.block, self.members, positions)

    def group(self, start: int) -> Group:
        block = self.block
        kind = Kind.CARRY if self.carried else block.kind
        members = None if self.members is None else self.members.astype(np.int32)
        return Group(block.name, block.shape, block.axes, kind, self.layer, start, members)


def _plan(block: Block, needed: NDArray[np.bool_], layer: int, carried: bool = False) -> _Plan:
    members = None if needed.all() else np.flatnonzero(needed)
    return _Plan(block, members, layer, carried)


def _assemble(parts: Sequence[Rows], width: int, groups: tuple[Group, ...]) -> Layer:
    counts = np.concatenate([part.counts for part in parts])
    weights = np.concatenate([part.data for part in parts])
    bias = np.concatenate([part.bias for part in parts])
    small = _is_small(weights) and _is_small(bias)
    form = np.int8 if small else np.int32
    indptr = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=indptr[1:])
    return Layer(
        indptr,
        np.concatenate([part.indices for part in parts]),
        weights.astype(form),
        bias.astype(form),
        width,
        groups,
    )


def _is_small(values: Integers) -> bool:
    limits = np.iinfo(np.int8)
    return len(values) == 0 or bool(limits.min <= values.min() and values.max() <= limits.max)


def _same_form(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Returns the layers with int8 weights if all have them, else all with int32."""
    if len({layer.data.dtype for layer in layers}) == 1:
        return tuple(layers)
    return tuple(
        replace(layer, data=layer.data.astype(np.int32), bias=layer.bias.astype(np.int32))
        for layer in layers
    )
