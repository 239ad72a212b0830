"""Networks as arrays and JSON, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Axis, Kind
from mlpl.backend.mlp.analysis.certificate import Certificate
from mlpl.backend.mlp.formats.container import TYPES, Arrays
from mlpl.backend.mlp.layer import Group, Layer
from mlpl.backend.mlp.network import Network, Parameters, with_certificate
from mlpl.backend.subleq.state import check_machine
from mlpl.base.checked import Checked, DamagedError

_MOST = (1 << 31) - 1
_MOST_AXES = 8
_CONSTANTS = "constants"
_PARAMETERS = ("word_bits", "memory", "mode", "construction", "clean")
_GROUP = ("name", "shape", "axes", "kind", "layer", "members")
_KINDS = tuple(kind.value for kind in Kind)


def network_arrays(network: Network) -> dict[str, NDArray[np.integer]]:
    """Returns the weights: for each layer l a CSR matrix and a bias, and which neurons it has.

    `layers.l.indptr`, `.indices`, `.data` and `.bias` are those of `Layer`; `layers.l.members`,
    where blocks of the layer are there only in part, the members of these groups one after the
    other. `constants` has a cell and its word in each row, where some are folded into the weights.
    """
    found: dict[str, NDArray[np.integer]] = {}
    if network.parameters is not None and network.parameters.constants:
        found[_CONSTANTS] = np.array(network.parameters.constants, dtype=np.int64)
    for number, layer in enumerate(network.layers, 1):
        found[f"layers.{number}.indptr"] = layer.indptr
        found[f"layers.{number}.indices"] = layer.indices
        found[f"layers.{number}.data"] = layer.data
        found[f"layers.{number}.bias"] = layer.bias
        members = [group.members for group in layer.groups if group.members is not None]
        if members:
            found[f"layers.{number}.members"] = np.concatenate(members)
    return found


def network_json(network: Network) -> dict[str, Any]:
    """Returns everything about a network but the weights: names, layout, certificate."""
    return {
        "parameters": _parameters_json(network.parameters),
        "steps_per_pass": network.steps_per_pass,
        "layout": _layout_json(network),
        "layers": [
            {"inputs": layer.inputs, "groups": [_group_json(group) for group in layer.groups]}
            for layer in network.layers
        ],
        "certificate": network.certificate.to_json(),
    }


def _parameters_json(parameters: Parameters | None) -> dict[str, Any] | None:
    if parameters is None:
        return None
    return {name: _plain(getattr(parameters, name)) for name in _PARAMETERS}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _layout_json(network: Network) -> list[dict[str, Any]] | None:
    layout = network.layout
    return None if layout is None else [asdict(part) for part in layout.parts]


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "shape": list(group.shape),
        "axes": [axis if isinstance(axis, str) else list(axis) for axis in group.axes],
        "kind": group.kind.value,
        "layer": group.layer,
        "members": None if group.members is None else len(group.members),
    }


def read_network(arrays: Arrays, record: Checked) -> Network:
    """Returns the network of `network_arrays` and `network_json`.

    Args:
        arrays: those of the network and no others.
        record: what `network_json` returned.

    Raises:
        DamagedError: they are those of no network.
    """
    parameters, steps, layout, layers, certificate = record.members(
        "parameters", "steps_per_pass", "layout", "layers", "certificate"
    )
    left = dict(arrays)
    constants = left.pop(_CONSTANTS, None)
    made = tuple(_layer(left, x, number) for number, x in enumerate(layers.items(), 1))
    if left:
        raise DamagedError(f"`{min(left)[:80]}` belongs to no layer")
    try:
        size = made[-1].size if made else 0
        machine = None if parameters.value is None else _parameters(parameters, size, constants)
        network = Network(made, machine, steps.integer(1, _MOST))
        if layout.value != _layout_json(network):
            layout.refuse("is not that of the parameters")
        return with_certificate(network, _certificate(certificate))
    except DamagedError:
        raise
    except ValueError as error:
        raise DamagedError(str(error)) from None


def _certificate(record: Checked) -> Certificate:
    try:
        return Certificate.from_json(record.value)
    except ValueError as error:
        record.refuse(f"is none: {error}")


def _parameters(record: Checked, size: int, constants: NDArray[np.integer] | None) -> Parameters:
    """Returns the parameters of a machine whose state has `size` entries."""
    word_bits, memory, mode, construction, clean = record.members(*_PARAMETERS)
    known: tuple[Any, ...] = ()
    if constants is not None:
        if constants.ndim != 2 or constants.shape[1] != 2 or constants.dtype != TYPES["I64"]:
            raise DamagedError(f"`{_CONSTANTS}` is not a table of cells and words")
        known = tuple(map(tuple, constants.tolist()))
    # A larger memory would have more entries; nothing is made for it before that is clear.
    cells = memory.integer(4, size + len(known))
    found = Parameters(
        word_bits.integer(4, 32),
        cells,
        mode.text(),
        construction.text(),
        known,
        tuple(place.text() for place in clean.items()),
    )
    check_machine(found.word_bits, found.memory, found.mode)
    return found


def _layer(left: dict[str, NDArray[np.integer]], record: Checked, number: int) -> Layer:
    """Returns a layer, and takes its arrays away from those that are left."""
    inputs, groups = record.members("inputs", "groups")
    indptr, indices = (_vector(left, number, x, ("I32",)) for x in ("indptr", "indices"))
    data, bias = (_vector(left, number, x, ("I8", "I32")) for x in ("data", "bias"))
    members = None
    if f"layers.{number}.members" in left:
        members = _vector(left, number, "members", ("I32",))
    found = tuple(_groups(groups, members, len(bias)))
    return Layer(indptr, indices, data, bias, inputs.integer(1, _MOST), found)


def _vector(
    left: dict[str, NDArray[np.integer]], number: int, part: str, types: tuple[str, ...]
) -> NDArray[Any]:
    name = f"layers.{number}.{part}"
    array = left.pop(name, None)
    if array is None:
        raise DamagedError(f"`{name}` is missing")
    if array.ndim != 1 or array.dtype not in [TYPES[x] for x in types]:
        raise DamagedError(f"`{name}` is not a list of {' or '.join(types)}")
    return array


def _groups(record: Checked, members: NDArray[np.int32] | None, size: int) -> Iterator[Group]:
    """Yields the groups of a layer of `size` neurons: all of them, or none."""
    start = used = 0
    for entry in record.items():
        name, shape, axes, kind, layer, count = entry.members(*_GROUP)
        extents = tuple(x.integer(0, _MOST) for x in shape.items())
        if len(extents) > _MOST_AXES or prod(extents) > _MOST:
            shape.refuse("is larger than any layer")
        part = None
        if count.value is not None:
            part = _part(members, used, count.integer(0, _MOST), prod(extents), entry)
            used += len(part)
        group = Group(
            name.text(),
            extents,
            tuple(_axes(axes, extents)),
            Kind(kind.choice(_KINDS)),
            layer.integer(0, _MOST),
            start,
            part,
        )
        yield group
        start += group.size
    if record.value and start != size:
        record.refuse(f"name {start:,} neurons of {size:,}")
    if used != (0 if members is None else len(members)):
        record.refuse("have other members than the layer")


def _part(
    members: NDArray[np.int32] | None, used: int, count: int, most: int, entry: Checked
) -> NDArray[np.int32]:
    """Returns the members of one group; see `Group`."""
    found = np.zeros(0, dtype=np.int32) if members is None else members[used : used + count]
    if len(found) != count or (found[1:] <= found[:-1]).any():
        entry.refuse("has members that do not ascend, or that are missing")
    if count and not 0 <= found[0] <= found[-1] < most:
        entry.refuse("has members that its block does not have")
    return found


def _axes(record: Checked, extents: tuple[int, ...]) -> Iterator[Axis]:
    for axis, extent in zip(record.items(len(extents)), extents, strict=True):
        if isinstance(axis.value, str):
            yield axis.value
        else:
            yield tuple(word.text() for word in axis.items(extent))
