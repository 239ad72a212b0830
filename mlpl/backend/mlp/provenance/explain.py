"""What one neuron is: its name in words, its bias and its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.provenance.naming import NeuronId, taken_apart
from mlpl.backend.mlp.provenance.roles import part_text, role_text


class Weight(NamedTuple):
    """A weight between a neuron and another one."""

    neuron: NeuronId
    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class Neuron:
    """A neuron, or an entry of the state, explained.

    Attributes:
        neuron: its layer and index; layer 0 has the entries of the state.
        name: as `Network.name` has it.
        part: what the part of the machine does that it belongs to.
        role: what it is there.
        coordinates: cell, bit and so on.
        bias: b; 0 for entries of the state.
        inputs: the neurons that it adds up, with their weights, by index.
        outputs: the neurons of the next layer that add it up; of the last layer, those of the
            first, since the state is fed back.
    """

    neuron: NeuronId
    name: str
    part: str
    role: str
    coordinates: Mapping[str, int]
    bias: int
    inputs: tuple[Weight, ...]
    outputs: tuple[Weight, ...]

    def __str__(self) -> str:
        """Returns a few lines for people."""
        layer = f"layer {self.neuron.layer}" if self.neuron.layer else "state"
        lines = [self.name, f"  {layer}, index {self.neuron.place:,}"]
        if self.part or self.role:
            lines.append(f"  {self.part}: {self.role}")
        if self.neuron.layer:
            terms = [f"{w.weight:+} {w.name}" for w in self.inputs[:_MOST_SHOWN]]
            terms += ["..."] * (len(self.inputs) > _MOST_SHOWN)
            lines.append(f"  ReLU of {self.bias} {' '.join(terms)}".rstrip())
        names = [w.name for w in self.outputs[:_MOST_SHOWN]]
        more = len(self.outputs) - len(names)
        lines.append(
            f"  read by {', '.join(names) or 'nothing'}" + f" and {more:,} more" * (more > 0)
        )
        return "\n".join(lines)


_MOST_SHOWN = 12
"""Weights of a neuron that are written out for people."""


def explain(network: Network, layer: int, index: int) -> Neuron:
    """Returns what a neuron of layer 1 to L is, or an entry of the state for layer 0.

    Raises:
        IndexError: there is no such neuron.
    """
    name = network.name(layer, index)
    known = taken_apart(name) if _has_names(network, layer) else None
    bias = 0
    inputs: tuple[Weight, ...] = ()
    if layer:
        here = network.layers[layer - 1]
        row = slice(int(here.indptr[index]), int(here.indptr[index + 1]))
        bias = int(here.bias[index])
        inputs = _weights(network, layer - 1, here.indices[row], here.data[row])
    return Neuron(
        NeuronId(layer, index),
        name,
        part_text(known.part) if known else "",
        role_text(known.role) if known else "",
        known.coordinates if known else {},
        bias,
        inputs,
        _outputs(network, layer, index),
    )


def _has_names(network: Network, layer: int) -> bool:
    return bool(network.layers[layer - 1].groups if layer else network.state_groups())


def _outputs(network: Network, layer: int, index: int) -> tuple[Weight, ...]:
    following = layer % network.depth
    there = network.layers[following]
    places = np.flatnonzero(there.indices == index)
    rows = np.searchsorted(there.indptr, places, side="right") - 1
    return _weights(network, following + 1, rows, there.data[places])


def _weights(
    network: Network, layer: int, neurons: np.ndarray, weights: np.ndarray
) -> tuple[Weight, ...]:
    pairs = zip(neurons.tolist(), weights.tolist(), strict=True)
    return tuple(Weight(NeuronId(layer, n), network.name(layer, n), w) for n, w in pairs)
