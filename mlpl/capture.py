"""Activations and variables of a run, step by step, as arrays with labels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.checks import machine_layout
from mlpl.backend.mlp.forward import activations
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.provenance.naming import NeuronId
from mlpl.backend.subleq.image import Image, Variable
from mlpl.backend.subleq.state import State
from mlpl.errors import UsageError
from mlpl.extras import optional

if TYPE_CHECKING:
    import xarray

_CHUNK = 64
"""States that go through the network at once."""

_MOST_BYTES, _MOST_COLUMNS = 1 << 32, 20_000
"""Of all arrays together, and of a table in a .parquet file."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What was seen in a run: T steps, the first of them `steps[0]`.

    Attributes:
        steps: the numbers of the steps, from 1, shape (T,).
        pc: the address of the instruction that each step executed, shape (T,).
        layers: activations of whole layers in the pass that made the step, int32,
            shape (T, neurons), by layer; 0 has the state before it.
        neurons: activations of single neurons, int32, shape (T,), by name.
        variables: signed words after the step, int64, by name; shape (T,), or (T, length) for
            arrays.
        network: the network whose neurons these are.
    """

    steps: NDArray[np.int64]
    pc: NDArray[np.int64]
    layers: Mapping[int, NDArray[np.int32]]
    neurons: Mapping[str, NDArray[np.int32]]
    variables: Mapping[str, NDArray[np.int64]]
    network: Network = field(repr=False)

    def names(self, layer: int) -> list[str]:
        """Returns the names of the neurons of a layer, in the order of its columns."""
        return [self.network.name(layer, i) for i in range(self.layers[layer].shape[1])]

    def to_xarray(self) -> xarray.Dataset:
        """Returns everything as one data set, with steps and names as coordinates.

        Raises:
            UsageError: xarray is not installed.
        """
        with optional("trace"):
            import xarray
        data: dict[str, Any] = {"pc": ("step", self.pc)}
        coordinates: dict[str, Any] = {"step": self.steps}
        for layer, values in self.layers.items():
            data[f"layer_{layer}"] = (("step", f"neuron_{layer}"), values)
            coordinates[f"neuron_{layer}"] = self.names(layer)
        if self.neurons:
            data["activation"] = (("step", "neuron"), np.stack(list(self.neurons.values()), axis=1))
            coordinates["neuron"] = list(self.neurons)
        for name, words in self.variables.items():
            axes = ("step",) if words.ndim == 1 else ("step", f"index of {name}")
            data[name] = (axes, words)
        return xarray.Dataset(data, coordinates)

    def save(self, path: str | Path) -> None:
        """Writes a `.npz` file of arrays, or a `.parquet` table with a row for each step.

        Raises:
            UsageError: the name ends otherwise, the table would have too many columns, or what
                writes it is not installed.
        """
        path = Path(path)
        match path.suffix:
            case ".npz":
                arrays = dict(self._arrays())
                np.savez_compressed(path, allow_pickle=False, **arrays)
            case ".parquet":
                self._save_table(path)
            case other:
                raise UsageError(f"a trace is written to .npz or .parquet, not to `{other}`")

    def _arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        yield "step", self.steps
        yield "pc", self.pc
        for layer, values in self.layers.items():
            yield f"layer_{layer}", values
            yield f"layer_{layer}.names", np.array(self.names(layer))
        if self.neurons:
            yield "neurons", np.stack(list(self.neurons.values()), axis=1)
            yield "neurons.names", np.array(list(self.neurons))
        for name, words in self.variables.items():
            yield f"variable.{name}", words

    def _save_table(self, path: Path) -> None:
        with optional("trace"):
            import pyarrow
            from pyarrow import parquet
        columns: dict[str, NDArray[Any]] = {"step": self.steps, "pc": self.pc}
        for layer, values in self.layers.items():
            names = (f"{layer}:{name}" for name in self.names(layer))
            columns |= dict(zip(names, values.T, strict=True))
        columns |= self.neurons
        for name, words in self.variables.items():
            if words.ndim == 1:
                columns[name] = words
            else:
                columns |= {f"{name}[{i}]": column for i, column in enumerate(words.T)}
        if len(columns) > _MOST_COLUMNS:
            message = f"a table of {len(columns):,} columns is too wide (most: {_MOST_COLUMNS:,})"
            raise UsageError(message, "a .npz file holds whole layers")
        parquet.write_table(pyarrow.table(columns), path)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a capture is to hold; `layers` and `neurons` count from 0 for the state."""

    layers: tuple[int, ...]
    neurons: tuple[NeuronId, ...]
    variables: tuple[Variable, ...]

    @classmethod
    def of(
        cls,
        image: Image,
        network: Network,
        layers: Sequence[int],
        neurons: Sequence[str | tuple[int, int]],
        variables: Sequence[str],
    ) -> Wanted:
        """Returns what is meant by numbers and names.

        Raises:
            UsageError: there is no such layer, neuron or variable.
        """
        for layer in layers:
            if not 0 <= layer <= network.depth:
                raise UsageError(f"no layer {layer} in a network of {network.depth}")
        try:
            ids = [network.find(n) if isinstance(n, str) else NeuronId(*n) for n in neurons]
            for neuron in ids:
                network.name(*neuron)
        except (ValueError, IndexError, TypeError) as error:
            raise UsageError(str(error)) from error
        known = {v.name: v for v in image.facts.variables}
        for name in variables:
            if name not in known:
                raise UsageError(f"the program has no variable `{name}` in memory")
        return cls(tuple(layers), tuple(ids), tuple(known[name] for name in variables))


def capture(
    network: Network, wanted: Wanted, states: Sequence[State], word_bits: int, first: int
) -> Capture:
    """Returns what was wanted of a run.

    Args:
        network: of the machine.
        wanted: layers, neurons and variables.
        states: T + 1 of them, one before each step and the last after it.
        word_bits: w.
        first: the number of the first step.

    Raises:
        UsageError: the arrays would be too large.
    """
    count = max(0, len(states) - 1)
    sizes = [network.size, *(layer.size for layer in network.layers)]
    need = 4 * count * (sum(sizes[i] for i in wanted.layers) + len(wanted.neurons))
    if need > _MOST_BYTES:
        raise UsageError(f"the activations take {need / 1e9:,.1f} GB", "take fewer steps or layers")
    layers = {i: np.empty((count, sizes[i]), dtype=np.int32) for i in wanted.layers}
    single = np.empty((count, len(wanted.neurons)), dtype=np.int32)
    for begin in range(0, count, _CHUNK):
        rows = slice(begin, min(begin + _CHUNK, count))
        vectors = _inputs(network, states[rows.start : rows.stop + 1])
        for layer, values in _passes(network, vectors, _deepest(wanted)):
            if layer in layers:
                layers[layer][rows] = values.T
            for place, neuron in enumerate(wanted.neurons):
                if neuron.layer == layer:
                    single[rows, place] = values[neuron.place]
    return Capture(
        np.arange(first, first + count),
        np.array([state.pc for state in states[:-1]], dtype=np.int64),
        layers,
        {network.name(*n): single[:, i] for i, n in enumerate(wanted.neurons)},
        {v.name: _words(v, states[1:], word_bits) for v in wanted.variables},
        network,
    )


def _deepest(wanted: Wanted) -> int:
    return max([*wanted.layers, *(n.layer for n in wanted.neurons)], default=-1)


def _inputs(network: Network, states: Sequence[State]) -> NDArray[np.int64]:
    """Returns what each pass was made from, shape (size, T): with the input word that it took."""
    layout = machine_layout(network)
    part = layout.part("input").slice
    columns = [layout.encode(state) for state in states]
    for before, after in itertools.pairwise(columns):
        before[part] = after[part]
    return np.stack(columns[:-1], axis=1) if len(columns) > 1 else np.empty((layout.size, 0), int)


def _passes(
    network: Network, vectors: NDArray[np.int64], deepest: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yields layers by number with their activations, shape (neurons, T); 0 is the state."""
    values = vectors
    if deepest >= 0:
        yield 0, values
    for number, layer in enumerate(network.layers[: max(deepest, 0)], 1):
        values = activations(layer, values)
        yield number, values


def _words(variable: Variable, states: Sequence[State], word_bits: int) -> NDArray[np.int64]:
    cells = slice(variable.address, variable.address + variable.length)
    words = np.stack([state.memory[cells] for state in states]) if states else np.empty((0, 1), int)
    half = 1 << (word_bits - 1)
    signed: NDArray[np.int64] = (words + half) % (2 * half) - half
    return signed if "[" in variable.type else signed[:, 0]
