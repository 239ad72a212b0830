"""Noise on activations, and flipped ones: what is survived, and what becomes of the rest."""

from __future__ import annotations

import numpy as np
import pytest

import mlpl
from mlpl.backend.mlp.analysis.faults import FaultInjector, Flip, Outcome
from mlpl.backend.mlp.analysis.noise import largest_sigma, run_noisy
from mlpl.backend.mlp.build import PLACES, build_network
from mlpl.backend.mlp.executors.checks import machine_layout
from mlpl.backend.mlp.executors.noisy import NoisyPass
from mlpl.backend.mlp.forward import forward
from mlpl.backend.subleq.reference import step
from mlpl.backend.subleq.state import State
from tests.machine_rules import random_states
from tests.network_cases import machine_network

COUNT = (11, 11, 3, 12, 10, 0, 0, 0, 65535, 0, 1, 0, 1)
"""Subtracts for ever, or as long as cell 10 is above 0."""


def start(w: int, n: int, cells: tuple[int, ...]) -> State:
    memory = np.zeros(n, dtype=np.int64)
    memory[: len(cells)] = cells
    return State(memory)


def test_without_noise_it_is_the_network() -> None:
    network = machine_network(8, 40, "standard")
    noisy = NoisyPass(network, 0.0)
    for state in random_states(5, 8, 40, 20):
        vector = machine_layout(network).encode(state)
        assert np.array_equal(
            noisy.advance(vector.astype(float)), forward(network, vector[None])[0]
        )


def test_noise_has_its_deviation_and_seed() -> None:
    network = machine_network(8, 40, "standard")
    vector = machine_layout(network).encode(State(np.zeros(40, dtype=np.int64)))
    exact = forward(network, vector[None])[0]
    passes = [NoisyPass(network, 1e-9, seed).advance(vector.astype(float)) for seed in (1, 1, 2)]
    assert np.array_equal(passes[0], passes[1])
    assert not np.array_equal(passes[0], passes[2])
    assert 1e-10 < np.std(passes[0] - exact) < 1e-6


@pytest.mark.parametrize("construction", sorted(PLACES))
def test_restoring_layers_let_it_bear_more(construction: str) -> None:
    """Without them errors grow step by step, with them they stay as small as after one step."""
    starts = [start(8, 16, (12, 13, 3, 14, 14, 0, 0, 0, 0, 0, 0, 0, 3, 100, 7))]
    found = {}
    for clean in ((), ("state",), tuple(PLACES[construction])):
        network = build_network(8, 16, "standard", construction, (), clean)
        found[clean] = largest_sigma(network, starts, lambda s: step(s, 8), 60, 1)
        if found[clean]:
            run = run_noisy(network, starts, lambda s: step(s, 8), found[clean], 60)
            assert (run.steps, run.entry) == (60, None)
            assert run.largest < 0.5
    least, middle, most = found.values()
    assert max(least * 10, 1e-7) <= min(middle, most)


def test_the_first_wrong_entry_is_named() -> None:
    network = machine_network(8, 16, "standard")
    run = run_noisy(network, [start(8, 16, (12, 13, 3, 14, 14, 0))], lambda s: step(s, 8), 0.5, 9)
    assert run.entry is not None and "[" in run.entry
    assert run.steps < 9


SOURCE = """
fn main(n: int) -> int {
    var total = 0;
    for i in 0..n { total += i; }
    putc(getc());
    print(total);
    return total;
}
"""


@pytest.fixture(scope="module")
def injector() -> FaultInjector:
    program = mlpl.compile(SOURCE)
    words = program.words([6])
    from mlpl.session import start_state

    return FaultInjector(program.network, start_state(program.image, words), [65])


def test_every_outcome_is_told(injector: FaultInjector) -> None:
    rng = np.random.default_rng(3)
    network = injector.network
    flips = [
        Flip(int(rng.integers(injector.steps)), layer, int(rng.integers(size)))
        for layer in range(network.depth + 1)
        for size in [network.size if layer == 0 else network.layers[layer - 1].size]
        for _ in range(12)
    ]
    halt = machine_layout(network).halt
    flips += [Flip(9, 0, halt), Flip(0, network.depth, halt), Flip(injector.steps - 1, 0, 0)]
    found = list(injector.inject(flips))
    assert [x.flip for x in found] == flips
    assert found[-3].neuron == "pc[bit 15]"
    outcomes = [x.outcome for x in found]
    assert outcomes[-3] is Outcome.FAULT
    assert set(outcomes) >= {Outcome.MASKED, Outcome.FAULT, Outcome.STATE}


def test_a_flip_in_the_last_layer_is_one_of_the_state(injector: FaultInjector) -> None:
    """The same entry flipped after a step or before the next one: the same run."""
    network = injector.network
    for entry in (0, 700, machine_layout(network).part("pc").start + 2):
        one, other = injector.inject([Flip(20, network.depth, entry), Flip(21, 0, entry)])
        assert (one.outcome, one.steps) == (other.outcome, other.steps)


def test_an_endless_run_is_no_subject() -> None:
    network = machine_network(8, 16, "standard")
    with pytest.raises(ValueError, match="not at its end after 100 steps"):
        FaultInjector(network, start(8, 16, (12, 12, 0)), max_steps=100)
