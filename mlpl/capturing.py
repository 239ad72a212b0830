"""What is to be captured of a run, and how it is gathered."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.checks import machine_layout
from mlpl.backend.mlp.forward import activations
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.provenance.naming import NeuronId
from mlpl.backend.subleq.image import Image, Variable
from mlpl.backend.subleq.state import State
from mlpl.capture import Capture
from mlpl.errors import UsageError
from mlpl.variables import variables_named

_MOST_BYTES = 1 << 32
"""Of all arrays together."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a capture is to hold.

    Attributes:
        layers: by number, 0 for the state.
        neurons: by layer and index.
        variables: with the names that they have in the capture.
    """

    layers: tuple[int, ...]
    neurons: tuple[NeuronId, ...]
    variables: tuple[tuple[str, Variable], ...]

    @classmethod
    def of(
        cls,
        image: Image,
        network: Network,
        layers: int | Sequence[int],
        neurons: str | Sequence[str | tuple[int, int]],
        variables: str | Sequence[str],
    ) -> Wanted:
        """Returns what is meant by numbers and names; a lone one is a list of one.

        Raises:
            UsageError: there is no such layer, neuron or variable.
        """
        numbers = (layers,) if isinstance(layers, int) else tuple(layers)
        for layer in numbers:
            if not isinstance(layer, int | np.integer) or not 0 <= layer <= network.depth:
                message = f"no layer {layer} in a network of {network.depth}"
                raise UsageError(message, "layer 0 is the state")
        lone = isinstance(neurons, str | NeuronId)
        found = [_neuron(network, each) for each in ((neurons,) if lone else neurons)]
        names = (variables,) if isinstance(variables, str) else variables
        return cls(numbers, tuple(found), tuple(_variables(image, names)))


def _neuron(network: Network, given: object) -> NeuronId:
    """Returns the neuron that is meant by a name, or by layer and index."""
    remedy = "`mlpl inspect FILE` lists the blocks of each layer with the names in them"
    try:
        if isinstance(given, str):
            return network.find(given)
        if not isinstance(given, tuple | list) or len(given) != 2:
            raise ValueError(f"a neuron is a name, or a layer and an index, not {given!r}")
        found = NeuronId(*given)
        network.name(*found)
    except (ValueError, IndexError, TypeError) as error:
        raise UsageError(str(error), remedy) from error
    return found


def _variables(image: Image, names: Iterable[str]) -> Iterator[tuple[str, Variable]]:
    """Yields variables by their names in a capture; see `Capture`."""
    for name in dict.fromkeys(names):
        places: dict[str, list[Variable]] = {}
        for variable in variables_named(image, name):
            places.setdefault(variable.name, []).append(variable)
        for full, those in places.items():
            # An array rather than a reference to it; of a parameter the cell that is worked with.
            *others, last = sorted(those, key=lambda v: v.type != "ref")
            yield full, last
            for other in others:
                yield f"{full}@{other.address}", other


class Collector:
    """Gathers what is wanted of a run, from states that it is given some at a time."""

    def __init__(self, network: Network, wanted: Wanted, word_bits: int) -> None:
        """Takes the network of the machine, what is wanted of it, and w."""
        self._network = network
        self._wanted = wanted
        self._word_bits = word_bits
        sizes = [network.size, *(layer.size for layer in network.layers)]
        words = 1 + sum(variable.length for _, variable in wanted.variables)
        numbers = sum(sizes[i] for i in wanted.layers) + len(wanted.neurons)
        self._bytes = 8 * words + 4 * numbers
        self._count = 0
        self._pc = [np.empty(0, dtype=np.int64)]
        self._layers = {i: [np.empty((0, sizes[i]), dtype=np.int32)] for i in wanted.layers}
        self._single = [np.empty((0, len(wanted.neurons)), dtype=np.int32)]
        self._words = [[_words(variable, (), word_bits)] for _, variable in wanted.variables]

    def take(self, states: Sequence[State]) -> None:
        """Gathers from the steps between T + 1 states.

        Raises:
            UsageError: the arrays become too large.
        """
        self._count += len(states) - 1
        if self._count * self._bytes > _MOST_BYTES:
            message = f"what is captured of {self._count:,} steps takes more than 4 GB"
            raise UsageError(message, "take fewer steps, layers or variables")
        self._pc.append(np.array([state.pc for state in states[:-1]], dtype=np.int64))
        for (_, variable), found in zip(self._wanted.variables, self._words, strict=True):
            found.append(_words(variable, states[1:], self._word_bits))
        self._single.append(self._activations(states))

    def _activations(self, states: Sequence[State]) -> NDArray[np.int32]:
        """Gathers layers; returns the activations of single neurons, shape (T, neurons)."""
        single = np.empty((len(states) - 1, len(self._wanted.neurons)), dtype=np.int32)
        layers = [*self._wanted.layers, *(n.layer for n in self._wanted.neurons)]
        for layer, values in _passes(self._network, states, max(layers, default=-1)):
            if layer in self._layers:
                self._layers[layer].append(values.T.astype(np.int32))
            for place, neuron in enumerate(self._wanted.neurons):
                if neuron.layer == layer:
                    single[:, place] = values[neuron.place]
        return single

    def capture(self, first: int) -> Capture:
        """Returns what was gathered, and keeps nothing of it.

        Args:
            first: the number of the first step.
        """
        single = np.concatenate(self._single)
        names = [self._network.name(*neuron) for neuron in self._wanted.neurons]
        keys = [name for name, _ in self._wanted.variables]
        return Capture(
            np.arange(first, first + self._count),
            np.concatenate(self._pc),
            {layer: np.concatenate(self._layers.pop(layer)) for layer in list(self._layers)},
            {name: single[:, i] for i, name in enumerate(names)},
            {key: np.concatenate(words) for key, words in zip(keys, self._words, strict=True)},
            self._network,
        )


def _passes(
    network: Network, states: Sequence[State], deepest: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yields layers by number with their activations, shape (neurons, T); 0 is the state."""
    if deepest < 0:
        return
    values = _inputs(network, states)
    yield 0, values
    for number, layer in enumerate(network.layers[:deepest], 1):
        values = activations(layer, values)
        yield number, values


def _inputs(network: Network, states: Sequence[State]) -> NDArray[np.int64]:
    """Returns what each pass was made from, shape (size, T): with the input word that it took."""
    layout = machine_layout(network)
    part = layout.part("input").slice
    columns = [layout.encode(state) for state in states]
    for before, after in itertools.pairwise(columns):
        before[part] = after[part]
    return np.stack(columns[:-1], axis=1)


def _words(variable: Variable, states: Sequence[State], word_bits: int) -> NDArray[np.int64]:
    """Returns the signed words of a variable in each state, shape (T,) or (T, length)."""
    cells = slice(variable.address, variable.address + variable.length)
    half = 1 << (word_bits - 1)
    words = np.empty((len(states), variable.length), dtype=np.int64)
    for row, state in enumerate(states):
        words[row] = (state.memory[cells] + half) % (2 * half) - half
    return words[:, 0] if variable.is_scalar else words
