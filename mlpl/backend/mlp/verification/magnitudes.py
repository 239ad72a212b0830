"""The certificate against what a network holds and against what runs have met."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.analysis.certificate import Certificate, Magnitudes
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.report import Check, Mismatch

_FIELDS = ("weight", "pre_activation", "partial_sum", "activation")


def check_certificate(
    network: Network, derived: Certificate, extremes: Sequence[NDArray[np.int64]]
) -> Check:
    """Returns whether the certificate that a network has is right.

    Args:
        network: with its certificate.
        derived: the certificate as it is derived now.
        extremes: what runs have met, as in `BatchPass.extremes`.
    """
    stored = network.certificate
    mismatch = _other(stored, derived) or _exceeded(network, derived, extremes)
    met = max((int(found.max(initial=0)) for found in extremes), default=0)
    counts = {"largest": derived.largest, "met": met}
    if mismatch is not None:
        return Check("certificate", "does not hold", counts, mismatch)
    span = "for ever" if derived.holds_forever else "for one pass"
    summary = (
        f"magnitudes are at most {derived.largest:,}, exact in {derived.format}, {span}; "
        f"the largest that was met is {met:,}"
    )
    return Check("certificate", summary, counts)


def _other(stored: Certificate, derived: Certificate) -> Mismatch | None:
    """Returns where the certificate says another number than is derived."""
    for number, (have, want) in enumerate(zip(stored.layers, derived.layers, strict=True), 1):
        for name in _FIELDS:
            one, other = getattr(have, name), getattr(want, name)
            if one != other:
                what = name.replace("_", " ")
                message = f"the certificate says {what} {one:,} of layer {number}, not {other:,}"
                return Mismatch("", number, message)
    if stored != derived:
        message = "the certificate has another state or other invariants than the derived one"
        return Mismatch("", 0, message)
    return None


def _exceeded(
    network: Network, derived: Certificate, extremes: Sequence[NDArray[np.int64]]
) -> Mismatch | None:
    """Returns the first neuron that met more than is certified."""
    for number, (found, bound) in enumerate(zip(extremes, derived.layers, strict=True), 1):
        limits = np.array(_limits(bound))
        over = np.flatnonzero((found > limits).any(1))
        if len(over):
            name = network.name(number, int(over[0]))
            message = f"{name} in layer {number} met {found[over[0]].max():,}, more than certified"
            return Mismatch(name, number, message)
    return None


def _limits(bound: Magnitudes) -> tuple[int, int, int, int]:
    """Returns the bounds in the order of `BatchPass.extremes`."""
    return (
        min(bound.activation, bound.pre_activation),
        bound.pre_activation,
        bound.partial_sum,
        bound.partial_sum,
    )
