"""Every state of the smallest machine, in every construction; invariants among them."""

from __future__ import annotations

import numpy as np
import pytest

from mlpl.backend.mlp.analysis.invariants import INVARIANTS
from mlpl.backend.mlp.build import CONSTRUCTIONS
from mlpl.backend.mlp.executors.batch import BatchPass
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.exhaustive import read_entries
from mlpl.backend.subleq.state import MODES
from tests.network_cases import machine_network


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_every_state_of_the_smallest_machine(construction: str, mode: str) -> None:
    report = machine_network(4, 4, mode, construction).verify(1_000, exhaustive=True)
    assert report.ok, report.mismatch
    counts = report.checks[-1].counts
    assert (counts["states"], counts["entries"], counts["idle"]) == (1 << 24, 24, 6)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_invariants_and_bounds_hold_in_every_state(construction: str, mode: str) -> None:
    network = machine_network(4, 4, mode, construction)
    extremes = all_extremes(network)
    known = {invariant.block: invariant.at_most for invariant in INVARIANTS[construction]}
    for layer, found, bound in zip(
        network.layers, extremes, network.certificate.layers, strict=True
    ):
        assert found[:, :2].max() <= bound.pre_activation
        assert found[:, 2:].max() <= bound.partial_sum
        for group in layer.groups:
            if group.name in known:
                part = found[group.start : group.start + group.size, 0]
                assert part.max(initial=0) <= known[group.name], group.name


def all_extremes(network: Network) -> list[np.ndarray]:
    """The largest magnitudes over all states, as in `BatchPass.extremes`."""
    passes, read = BatchPass(network), read_entries(network)
    places = np.arange(len(read))[:, None]
    vectors = np.zeros((network.size, passes.lanes), dtype=np.int32)
    for first in range(0, 1 << len(read), passes.lanes):
        vectors[read] = np.arange(first, first + passes.lanes) >> places & 1
        passes.advance(vectors)
    return passes.extremes
