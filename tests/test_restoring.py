"""Restoring layers: exact steps, names, certificates and costs as without them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import mlpl as api
from mlpl import options
from mlpl.backend.mlp.algebra.restoring import SHARPNESS
from mlpl.backend.mlp.analysis.cost import estimate
from mlpl.backend.mlp.build import PLACES, build_from, build_network
from mlpl.backend.mlp.forward import forward
from mlpl.backend.subleq import plain
from mlpl.backend.subleq.state import MODES
from tests.command import mlpl
from tests.machine_rules import coincidences, describe, random_states

__all__ = ["mlpl"]

CASES = [(c, (place,)) for c in PLACES for place in PLACES[c]] + [
    (c, tuple(PLACES[c])) for c in PLACES
]


def test_the_places_are_those_of_the_options() -> None:
    assert {name: tuple(places) for name, places in PLACES.items()} == options.PLACES


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("construction", "clean"), CASES, ids=str)
def test_steps_are_the_same(construction: str, clean: tuple[str, ...], mode: str) -> None:
    for w, n in ((4, 16), (7, 21), (16, 50)):
        network = build_network(w, n, mode, construction, (), clean)
        layout = network.layout
        assert layout is not None
        states = [*random_states(2, w, n, 60), *itertools.islice(coincidences(w, n), 0, None, 41)]
        values = np.array([layout.encode(state) for state in states])
        for state, vector in zip(states, forward(network, values), strict=True):
            want = plain.step(state, w, mode)
            assert np.array_equal(vector, layout.encode(want)), describe(
                state, layout.decode(vector), want
            )


@pytest.mark.parametrize(("construction", "clean"), CASES, ids=str)
def test_size_certificate_and_names(construction: str, clean: tuple[str, ...]) -> None:
    plain_network = build_network(12, 300, MODES[0], construction)
    network = build_network(12, 300, MODES[0], construction, (), clean)
    cost = estimate(12, 300, construction, MODES[0], clean)
    assert cost.layers == network.depth == plain_network.depth + 2 * len(clean)
    assert cost.neurons == pytest.approx(network.neurons, rel=0.01)
    assert cost.nonzeros == pytest.approx(network.nonzeros, rel=0.01)
    assert cost.nbytes == pytest.approx(network.nbytes, rel=0.01)
    assert network.certificate.holds_forever
    assert network.certificate.format == plain_network.certificate.format
    assert max(int(np.abs(layer.data).max()) for layer in network.layers) >= 2 * SHARPNESS + 1
    names = [network.name(0, i) for i in range(network.size)]
    for number, layer in enumerate(network.layers, 1):
        names += [network.name(number, i) for i in range(layer.size)]
    assert len(set(names)) == len(names)


def test_baked_networks_are_restored_too() -> None:
    program = api.compile("fn main(n: int) -> int { return n * n; }", clean=["state", "fetch"])
    baked = program.bake()
    parameters = baked.network.parameters
    assert parameters is not None and parameters.clean == ("fetch", "state")
    assert parameters.constants
    assert baked.run(-7).value == 49
    assert build_from(parameters).nonzeros == baked.network.nonzeros
    assert baked.verify(200).ok


def test_files_keep_the_places(tmp_path) -> None:
    program = api.compile("fn main(n: int) -> int { return n - 1; }", clean=["state", "fetch"])
    program.save(tmp_path / "p.safetensors")
    loaded = api.Program.load(tmp_path / "p.safetensors")
    assert loaded.network.parameters == program.network.parameters
    assert loaded.run(8).value == 7
    assert loaded.verify(100).ok


def test_unknown_places_are_refused() -> None:
    with pytest.raises(ValueError, match="places fetch, state, not result"):
        build_network(8, 16, MODES[0], "shallow", (), ["result"])
    with pytest.raises(api.UsageError, match="unknown place to clean `reed`"):
        api.compile("fn main() { }", clean=["reed"])


def test_the_option(mlpl) -> None:
    from pathlib import Path

    Path("p.mlpl").write_text("fn main(n: int) -> int { return n + 1; }")
    ran = mlpl("run", "p.mlpl", "41", "--clean", "all", "--construction", "shallow", "--stats")
    assert (ran.code, ran.out) == (0, b"42\n")
    assert "10 layers" in ran.err
    text = mlpl("build", "p.mlpl", "--emit", "network", "--clean", "state").out
    assert b"restoring layers: state\n" in text
    assert mlpl("verify", "--memory", "9", "--word-bits", "5", "--clean", "fetch, read").code == 0
    ran = mlpl("run", "p.mlpl", "1", "--clean", "result", "--construction", "shallow")
    assert (ran.code, "unknown place to clean `result`" in ran.err) == (2, True)
