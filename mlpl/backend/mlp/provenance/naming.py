"""The names of neurons taken apart, and neurons found by their names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.layer import Group
from mlpl.backend.mlp.network import Network


class NeuronId(NamedTuple):
    """A neuron by layer, 1 to L, and its place there; layer 0 has the entries of the state."""

    layer: int
    place: int


@dataclass(frozen=True, slots=True)
class NeuronName:
    """A name, taken apart.

    Attributes:
        part: the part of the machine, as in `read_a`; "" in networks without names.
        role: what it is there, as in `gate`; "state" for entries of the state and "carry" for
            neurons that repeat one.
        coordinates: cell, bit and so on, by the word that stands before the number.
    """

    part: str
    role: str
    coordinates: Mapping[str, int]


_NAME = re.compile(r"(?P<base>[a-z0-9_.]+)(\[(?P<indices>[^\]]*)\])?")


def taken_apart(text: str) -> NeuronName:
    """Returns the parts of a name as `Network.name` writes it.

    Raises:
        ValueError: it is none.
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{text}` is not the name of a neuron")
    coordinates = {}
    for entry in filter(None, re.split(r",\s*", match["indices"] or "")):
        axis, _, number = entry.rpartition(" ")
        if not axis or not number.isdecimal():
            raise ValueError(f"`{entry}` is not the place of a neuron, as in `cell 12`")
        coordinates[axis] = int(number)
    part, *roles = match["base"].split(".")
    return NeuronName(part, roles[-1] if roles else "state", coordinates)


def find(network: Network, text: str) -> NeuronId:
    """Returns the neuron, or the entry of the state, that has a name.

    Raises:
        ValueError: it is no name, or nothing in this network has it.
    """
    wanted = taken_apart(text)
    for layer, group in groups(network):
        if group.kind is Kind.CARRY and wanted.coordinates.get("layer") != group.layer:
            continue
        for words in _words(group):
            index = _index(group, words, wanted.coordinates)
            if index is not None and group.label(index) == text.strip():
                return NeuronId(layer, index)
    raise ValueError(f"no neuron of this network is called `{text}`")


def groups(network: Network) -> Iterator[tuple[int, Group]]:
    """Yields every group of neurons with its layer; those of the state are in layer 0."""
    for group in network.state_groups():
        yield 0, group
    for number, layer in enumerate(network.layers, 1):
        for group in layer.groups:
            yield number, group


def _words(group: Group) -> Iterator[tuple[int, ...]]:
    """Yields every choice of a word for the axes that are words."""
    return itertools.product(
        *(range(len(axis)) for axis in group.axes if not isinstance(axis, str))
    )


def _index(group: Group, words: tuple[int, ...], places: Mapping[str, int]) -> int | None:
    """Returns the index in the layer of the neuron of a group at some coordinates."""
    choice = iter(words)
    point = [places.get(a, -1) if isinstance(a, str) else next(choice) for a in group.axes]
    if any(not 0 <= p < size for p, size in zip(point, group.shape, strict=True)):
        return None
    flat = int(np.ravel_multi_index(point, group.shape)) if point else 0
    if group.members is None:
        return group.start + flat
    position = int(np.searchsorted(group.members, flat))
    if position == len(group.members) or group.members[position] != flat:
        return None
    return group.start + position
