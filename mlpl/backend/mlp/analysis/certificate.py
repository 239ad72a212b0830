"""The certificate: the largest magnitudes that can occur in a network, derived from its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from mlpl.backend.mlp.analysis.bounds import Bounds, bounds
from mlpl.backend.mlp.analysis.copies import carried, restored
from mlpl.backend.mlp.analysis.exclusion import exclusive, requirements
from mlpl.backend.mlp.analysis.invariants import INVARIANTS, Invariant
from mlpl.backend.mlp.analysis.ladders import ladders
from mlpl.backend.mlp.analysis.neurons import Ints, Neurons, independent
from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network

FORMATS = {
    "int8": 127,
    "bfloat16": 1 << 8,
    "float16": 1 << 11,
    "float32": (1 << 24) - 1,
    "float64": (1 << 53) - 1,
}
"""The largest magnitude up to which a format holds every integer, by format, smallest first."""


@dataclass(frozen=True, slots=True)
class Magnitudes:
    """The largest magnitudes that can occur in one layer.

    Attributes:
        weight: of weights and biases; exact.
        pre_activation: of W h + b, at most.
        partial_sum: of a sum of any of its terms, in any order, at most.
        activation: of ReLU(W h + b), at most.
    """

    weight: int
    pre_activation: int
    partial_sum: int
    activation: int

    @property
    def largest(self) -> int:
        """The largest of them."""
        return max(self.weight, self.pre_activation, self.partial_sum, self.activation)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Bounds that no run exceeds whose state has entries from 0 to `state`.

    Attributes:
        layers: the magnitudes in each.
        state: the largest entry of the state before a pass.
        after: the largest entry after it, at most.
        invariants: what is not derived but taken from the construction.
    """

    layers: tuple[Magnitudes, ...]
    state: int
    after: int
    invariants: tuple[Invariant, ...] = ()

    @property
    def largest(self) -> int:
        """The largest magnitude in all layers."""
        return max(self.state, *(layer.largest for layer in self.layers))

    @property
    def holds_forever(self) -> bool:
        """Whether a pass leads to a state with the same bound."""
        return self.after <= self.state

    @property
    def format(self) -> str | None:
        """The smallest format that holds every number exactly, None if none does."""
        return next((name for name, most in FORMATS.items() if self.largest <= most), None)

    def to_json(self) -> dict[str, Any]:
        """Returns the certificate as what JSON has: dicts, lists, ints and strings."""
        return {
            "format": self.format,
            "state": self.state,
            "after": self.after,
            "layers": [asdict(layer) for layer in self.layers],
            "invariants": [asdict(invariant) for invariant in self.invariants],
        }

    @classmethod
    def from_json(cls, data: object) -> Certificate:
        """Returns the certificate that `to_json` returned.

        Raises:
            ValueError: it is none.
        """
        known = _fields(data, "format", "state", "after", "layers", "invariants")
        found = cls(
            tuple(_magnitudes_of(x) for x in _list(known["layers"])),
            _count(known["state"]),
            _count(known["after"]),
            tuple(_invariant_of(x) for x in _list(known["invariants"])),
        )
        if not found.layers:
            raise ValueError("a certificate has at least one layer")
        if known["format"] != found.format:
            raise ValueError(f"a certificate for {known['format']}, and {found.format} is needed")
        return found


def require_format(certificate: Certificate, name: str) -> None:
    """Checks that a format holds every number that can occur in a network, pass after pass.

    Args:
        certificate: of the network.
        name: one of `FORMATS`.

    Raises:
        ValueError: there is no such format, or the certificate does not cover it.
    """
    if name not in FORMATS:
        raise ValueError(f"the format is one of {', '.join(FORMATS)}, not {name}")
    if not certificate.holds_forever:
        raise ValueError(
            f"the certificate holds for one pass only: the state may grow from "
            f"{certificate.state} to {certificate.after:,}"
        )
    if certificate.largest > FORMATS[name]:
        least = certificate.format
        remedy = f"{least} is the smallest format that does" if least else "no format does"
        raise ValueError(
            f"{name} does not hold every integer up to {certificate.largest:,}, "
            f"which can occur in this network; {remedy}"
        )


def _fields(data: object, *names: str) -> Mapping[str, object]:
    if not isinstance(data, dict) or set(data) != set(names):
        raise ValueError(f"not an object with {', '.join(names)}")
    return data


def _list(data: object) -> list[object]:
    if not isinstance(data, list):
        raise ValueError("not a list")
    return data


def _count(data: object) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise ValueError(f"{data!r} is no magnitude")
    return data


def _magnitudes_of(data: object) -> Magnitudes:
    names = [field.name for field in fields(Magnitudes)]
    return Magnitudes(*(_count(_fields(data, *names)[name]) for name in names))


def _invariant_of(data: object) -> Invariant:
    known = _fields(data, "block", "at_most", "reason")
    return Invariant(str(known["block"]), _count(known["at_most"]), str(known["reason"]))


def certify(network: Network, state: int = 1, *, trusted: bool = False) -> Certificate:
    """Returns the certificate of a network.

    Args:
        network: any network.
        state: the largest entry of a state; entries are not negative.
        trusted: whether the network is known to be what its construction builds from states of 0
            and 1, so that the construction's invariants hold. Else all comes from the weights.
    """
    parameters = network.parameters
    known = INVARIANTS.get(parameters.construction, ()) if parameters and trusted else ()
    neurons = independent(np.full(network.layers[0].inputs, state, dtype=np.int64))
    found, used, first = [], dict.fromkeys(known, False), 0
    earlier: tuple[Layer, Neurons] | None = None
    for layer in network.layers:
        sums = bounds(layer, neurons)
        for invariant in _applied(layer, known, sums.upper):
            used[invariant] = True
        after, first = _after(layer, neurons, sums, first)
        if earlier is not None:
            pairs, source = earlier
            _repeat(after, source, *restored(pairs, layer, source.upper))
        earlier, neurons = (layer, neurons), after
        found.append(_magnitudes(layer, sums, neurons.upper))
    return Certificate(
        tuple(found),
        state,
        int(neurons.upper.max(initial=0)),
        tuple(invariant for invariant, is_used in used.items() if is_used),
    )


def _after(layer: Layer, before: Neurons, sums: Bounds, first: int) -> tuple[Neurons, int]:
    """Returns what is known of the neurons of a layer, and the next number of a cluster."""
    neurons = independent(np.maximum(sums.upper, 0))
    first = ladders(layer, sums, neurons.clusters, first)
    first = exclusive(layer, requirements(layer, sums, before), neurons.clusters, first)
    _repeat(neurons, before, *carried(layer))
    return neurons, first


def _repeat(neurons: Neurons, before: Neurons, rows: Ints, source: Ints) -> None:
    """Enters that some neurons have the activations of earlier ones."""
    neurons.clusters.replaced(rows, before.clusters, source)
    neurons.upper[rows] = before.upper[source]


def _applied(layer: Layer, known: tuple[Invariant, ...], upper: Ints) -> list[Invariant]:
    """Lowers bounds to what invariants say, and returns those that lowered one."""
    used = []
    for invariant in known:
        for group in layer.groups:
            part = upper[group.start : group.start + group.size]
            if group.name == invariant.block and (part > invariant.at_most).any():
                np.minimum(part, invariant.at_most, out=part)
                used.append(invariant)
    return used


def _magnitudes(layer: Layer, sums: Bounds, upper: Ints) -> Magnitudes:
    weights = (layer.data, layer.bias)
    return Magnitudes(
        max(int(np.abs(x.astype(np.int64)).max(initial=0)) for x in weights),
        int(max(sums.upper.max(), -sums.lower.min())),
        int(max(sums.positive.max(), -sums.negative.min())),
        int(upper.max()),
    )
