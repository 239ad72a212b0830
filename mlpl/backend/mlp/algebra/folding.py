"""Folding: what known entries of the state make of the neurons that are computed from them.

Block by block, each after those that it is computed from:

- what is constant becomes part of the biases: entries of the state that are known, neurons that
  are computed from nothing else, and neurons whose sum cannot be above 0;
- a neuron that repeats another one, or is computed from the same with the same weights, gives its
  readers to it;
- at the end, what no output needs is computed from nothing, so that layering leaves it out.

Results of a construction keep their names: a sum is only left out where it is constant. Sums are
bounded by intervals, so a construction says where activations are smaller than these tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.affine import Affine, affine_of, wires_of
from mlpl.backend.mlp.algebra.placement import topological
from mlpl.backend.mlp.algebra.wires import Block, Kind

Longs = NDArray[np.int64]

VARIES = -1
"""In place of the value of an entry of the state that is not known."""


def fold(
    outputs: Sequence[Block],
    known: Mapping[Block, Longs],
    needed: Mapping[Block, NDArray[np.bool_]],
    at_most: Mapping[str, int],
) -> list[Block]:
    """Returns blocks that compute the same outputs with fewer neurons and weights.

    Args:
        outputs: blocks of neurons that are computed from a state of 0 and 1.
        known: for blocks of the state, the values of its entries, or VARIES.
        needed: for outputs, which neurons are; all where an output is not among them.
        at_most: the largest activation of blocks, by name, for any state.
    """
    order = topological(outputs)
    folding = _Folding(order, at_most)
    for block in order:
        if block.wires is None:
            folding.enter(block, known.get(block))
        else:
            folding.fold(block, block in outputs)
    for block in outputs:
        folding.need(block, needed.get(block))
    return folding.rebuilt(outputs)


class _Folding:
    """What is known of the neurons of some blocks, which are numbered through.

    Attributes:
        value: of constant neurons; VARIES for all others.
        same: for each neuron the one that stands for it.
        upper: the largest activation, at most.
        needed: whether something that is needed reads the neuron.
    """

    def __init__(self, order: Sequence[Block], at_most: Mapping[str, int]) -> None:
        sizes = [block.size for block in order]
        self.order = order
        self.at_most = at_most
        self.first = dict(zip(order, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
        self.value = np.full(sum(sizes), VARIES, dtype=np.int64)
        self.same = np.arange(sum(sizes), dtype=np.int64)
        self.upper = np.ones(sum(sizes), dtype=np.int64)
        self.needed = np.zeros(sum(sizes), dtype=bool)
        self.sums: dict[Block, Affine] = {}
        self.level: dict[Block, int] = {}
        self.representatives: dict[int, list[Block]] = {}

    def place(self, block: Block) -> slice:
        """Returns where the neurons of a block stand."""
        return slice(self.first[block], self.first[block] + block.size)

    def enter(self, block: Block, values: Longs | None) -> None:
        """Enters a block of the state."""
        self.level[block] = 0
        if values is not None:
            self.value[self.place(block)] = values.reshape(-1)

    def fold(self, block: Block, output: bool) -> None:
        """Enters a block of neurons, computed from what is known of those before it."""
        sums = affine_of(block, self.first).substituted(self.value, self.same)
        self.sums[block] = sums
        self.level[block] = self._level(block, sums)
        most = sums.bias + sums.added(np.maximum(sums.weight, 0) * self.upper[sums.source])
        most = np.clip(most, 0, self.at_most.get(block.name))
        place = self.place(block)
        self.upper[place] = most
        if output:
            return
        constant = (most == 0) | (sums.counts == 0)
        self.value[place][constant] = most[constant]
        if block.kind is not Kind.SUM:
            self._merge(block, sums, constant)

    def _level(self, block: Block, sums: Affine) -> int:
        """Returns the first layer that a block can stand in."""
        if block.layer is not None:
            return block.layer
        bounds = np.array(list(self.first.values()))
        read = np.unique(np.searchsorted(bounds, sums.source, side="right") - 1)
        return 1 + max((self.level[self.order[number]] for number in read), default=0)

    def _merge(self, block: Block, sums: Affine, constant: NDArray[np.bool_]) -> None:
        """Finds neurons that repeat others, or are computed like others."""
        same = self.same[self.place(block)]
        repeats = sums.repeats() & ~constant
        same[repeats] = sums.source[sums.starts[:-1][repeats]]
        own = ~repeats & ~constant
        peers = self.representatives.setdefault(self.level[block], [])
        for peer in peers:
            rows, others = sums.equal_rows(self.sums[peer])
            found = own[rows] & (self.same[self.first[peer] + others] == self.first[peer] + others)
            same[rows[found]] = self.first[peer] + others[found]
            own[rows[found]] = False
        rows, others = sums.equal_rows(sums)
        found = own[rows] & own[others]
        same[rows[found]] = self.first[block] + others[found]
        peers.append(block)

    def need(self, block: Block, mask: NDArray[np.bool_] | None) -> None:
        """Enters which neurons of an output are needed."""
        self.needed[self.place(block)] = True if mask is None else mask.reshape(-1)

    def rebuilt(self, outputs: Sequence[Block]) -> list[Block]:
        """Returns the outputs, computed from what they need alone."""
        for block in reversed(self.order):
            if block.wires is not None:
                kept = self.sums[block].only(self.needed[self.place(block)])
                self.sums[block] = kept
                self.needed[kept.source] = True
        made: dict[Block, Block] = {}
        for block in self.order:
            if block.wires is None:
                made[block] = block
            else:
                wires = wires_of(self.sums[block], block.shape, self.first, made)
                made[block] = replace(block, wires=wires)
        return [made[block] for block in outputs]
