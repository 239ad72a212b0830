"""Network files: a network in a safetensors file, with or without a program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpl.backend.mlp.formats.container import (
    Arrays,
    NewerError,
    open_container,
    write_container,
)
from mlpl.backend.mlp.formats.record import network_arrays, network_json, read_network
from mlpl.backend.mlp.network import Network
from mlpl.base.checked import Checked, DamagedError
from mlpl.base.diagnostics import CompileError, Diagnostic

SUFFIX = ".safetensors"

_LONGEST = 300
"""Characters of a message; what it quotes from the file may be long."""
_NETWORK = ("layers.", "constants")
"""What the names of the network's arrays begin with."""


def save_network(network: Network, path: str | Path) -> None:
    """Writes a network to a file; see `Network.save`."""
    write_network_file(path, network)


def load_network(path: str | Path) -> Network:
    """Returns the network in a file; see `Network.load`."""
    with open_network_file(path) as file:
        return file.network()


def write_network_file(
    path: str | Path,
    network: Network,
    arrays: Arrays | None = None,
    program: dict[str, Any] | None = None,
) -> None:
    """Writes a network, and with it perhaps a program as arrays and JSON, to a file.

    Raises:
        OSError: it cannot be written.
    """
    metadata = {"network": network_json(network), "program": program}
    write_container(path, {**network_arrays(network), **(arrays or {})}, metadata)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkFile:
    """What a file holds.

    Attributes:
        record: the network but for its weights, as JSON.
        layers: the arrays of the network.
        program: a program as JSON; its value is None where there is none.
        arrays: those of the program.
    """

    record: Checked
    layers: Arrays
    program: Checked
    arrays: Arrays

    def network(self) -> Network:
        """Returns the network.

        Raises:
            DamagedError: it is none.
        """
        return read_network(self.layers, self.record)


@contextmanager
def open_network_file(path: str | Path) -> Iterator[NetworkFile]:
    """Gives the `with` what a file holds; that it is not damaged is known when the `with` ends.

    Raises:
        CompileError: it is damaged, of a newer format, or no network file; or the `with` raised
            DamagedError.
        OSError: it cannot be read.
    """
    try:
        with open_container(path) as content:
            record, program = content.metadata.members("network", "program")
            layers = {n: x for n, x in content.arrays.items() if n.startswith(_NETWORK)}
            others = {n: x for n, x in content.arrays.items() if n not in layers}
            yield NetworkFile(record, layers, program, others)
    except DamagedError as error:
        newer = isinstance(error, NewerError)
        rule = "newer-file" if newer else "damaged-file"
        remedy = "a newer mlpl reads it" if newer else "`mlpl build` makes it anew from the source"
        message = str(error)[:_LONGEST]
        diagnostic = Diagnostic(rule, message, help=remedy, path=str(path))
        raise CompileError([diagnostic]) from None
