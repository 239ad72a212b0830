"""Proofs of machines with wide words and with many cells."""

from __future__ import annotations

import pytest

from mlpl.backend.mlp.build import CONSTRUCTIONS
from mlpl.backend.mlp.verification.proof.prove import check_proof
from mlpl.backend.subleq.state import MODES
from tests.network_cases import machine_network

SIZES = [(4, 15), (4, 16), (5, 32), (7, 20), (13, 9), (16, 6), (16, 40)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), SIZES, ids=str)
def test_proofs(w: int, n: int, construction: str, mode: str) -> None:
    _prove(w, n, construction, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", ["lean", "paper"])
def test_proofs_of_the_widest_words(construction: str, mode: str) -> None:
    _prove(32, 5, construction, mode)


def _prove(w: int, n: int, construction: str, mode: str) -> None:
    network = machine_network(w, n, mode, construction)
    assert network.parameters is not None
    assert check_proof(network, network.parameters, lambda done: None).mismatch is None
