"""Activations and variables of a run, step by step, as arrays with labels."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.network import Network
from mlpl.errors import UsageError
from mlpl.extras import optional

if TYPE_CHECKING:
    import xarray

_MOST_COLUMNS = 20_000
"""Of a table in a .parquet file."""


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
            arrays and structs. Of a variable that has several cells, in different parts of its
            function, one has its name and the others are called as in `main.n@97`.
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

        A variable that is called like something else there, such as `step`, is `variable.step`.

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
            data[_free(name, {*data, *coordinates})] = (axes, words)
        return xarray.Dataset(data, coordinates)

    def save(self, path: str | Path) -> None:
        """Writes a `.npz` file of arrays, or a `.parquet` table with a row for each step.

        Variables are called as in `variable.main.i`; in the table only where another column has
        the name.

        Raises:
            UsageError: the name ends otherwise, the table would have too many columns, or what
                writes it is not installed.
            OSError: it cannot be written.
        """
        path = Path(path)
        match path.suffix.lower():
            case ".npz":
                arrays = dict(self._arrays())
                with path.open("wb") as file:
                    np.savez_compressed(file, allow_pickle=False, **arrays)
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
                columns[_free(name, columns)] = words
            else:
                columns |= {f"{name}[{i}]": column for i, column in enumerate(words.T)}
        if len(columns) > _MOST_COLUMNS:
            message = f"a table of {len(columns):,} columns is too wide (most: {_MOST_COLUMNS:,})"
            raise UsageError(message, "a .npz file holds whole layers")
        parquet.write_table(pyarrow.table(columns), path)


def _free(name: str, taken: Container[str]) -> str:
    """Returns the name of a variable, a longer one where something else is called so."""
    return f"variable.{name}" if name in taken else name
