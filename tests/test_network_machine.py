"""The rules of the machine on the network, in its weights."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest

from mlpl.backend.mlp.forward import forward
from mlpl.backend.subleq import plain, reference
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.backend.subleq.state import MODES, STANDARD, State
from tests import machine_rules
from tests.engine_rules import ENGINE_RULES, LONG_RULES
from tests.machine_rules import (
    CASES,
    SIZES,
    Case,
    EngineFactory,
    coincidences,
    describe,
    lockstep,
    random_image,
    random_states,
)
from tests.network_cases import event, machine_network, numpy, sparse

MAKERS = (event, sparse, numpy)


def network_step(state: State, word_bits: int, mode: str) -> State:
    """One pass."""
    network = machine_network(word_bits, len(state.memory), mode)
    layout = network.layout
    assert layout is not None
    return layout.decode(forward(network, layout.encode(state)[None])[0])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_step(case: Case):
    machine_rules.check_case(network_step, case)


@pytest.mark.parametrize("make", [event, sparse])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_step_of_an_engine(make: EngineFactory, case: Case):
    machine_rules.check_case_on_engine(make, case)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("rule", ENGINE_RULES, ids=lambda r: r.__name__)
def test_engine(make: EngineFactory, rule):
    rule(make)


@pytest.mark.parametrize("rule", LONG_RULES, ids=lambda r: r.__name__)
def test_long_run(rule):
    rule(event)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("w", "n"), (*SIZES, (7, 17), (9, 130), (19, 40), (24, 70), (32, 65)), ids=str
)
def test_one_step_from_any_state(w: int, n: int, mode: str):
    """Coincidences of A, B, C and pc; garbage in flags and ports; halted states."""
    network = machine_network(w, n, mode)
    layout = network.layout
    assert layout is not None
    states = [*random_states(1, w, n, 200), *itertools.islice(coincidences(w, n), 0, None, 9)]
    vectors = np.array([layout.encode(state) for state in states])
    for state, vector in zip(states, forward(network, vectors), strict=True):
        want = plain.step(state, w, mode)
        assert np.array_equal(vector, layout.encode(want)), describe(
            state, layout.decode(vector), want
        )


@pytest.mark.parametrize("mode", MODES)
def test_the_smallest_machine_from_many_states(mode: str):
    """w = 4, n = 4: 6,000 of the 2^30 states, registers included."""
    network = machine_network(4, 4, mode)
    layout = network.layout
    assert layout is not None
    vectors = np.random.default_rng(7).integers(0, 2, size=(6_000, network.size))
    after = forward(network, vectors)
    for before, now in zip(vectors, after, strict=True):
        want = reference.step(layout.decode(before), 4, mode)
        assert np.array_equal(now, layout.encode(want))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("w", "n"), SIZES, ids=str)
def test_random_images_state_by_state(w: int, n: int, mode: str):
    rng = Random(f"{w} {n} {mode}")
    engine, oracle = event(w, n, mode), ReferenceMachine(w, n, mode)
    for _ in range(5):
        image = random_image(rng, w, n, mode)
        lockstep(engine, oracle, image.start(), [rng.getrandbits(w) for _ in range(9)], 300)


@pytest.mark.parametrize("make", [sparse, numpy])
def test_a_random_image_by_full_passes(make: EngineFactory):
    rng = Random(3)
    image = random_image(rng, 8, 50)
    lockstep(make(8, 50, STANDARD), ReferenceMachine(8, 50), image.start(), range(9), 100)


@pytest.mark.parametrize("seed", range(3))
def test_long_runs_end_in_the_same_state(seed: int):
    rng = Random(seed)
    image = random_image(rng, 16, 300)
    engine, oracle = event(16, 300, STANDARD), ReferenceMachine(16, 300)
    for each in (engine, oracle):
        each.restore(image.start())
        each.feed(range(1000), end=True)
    for _ in range(20):
        assert engine.run(1000) is oracle.run(1000)
        assert engine.state() == oracle.state()
        assert engine.drain().tolist() == oracle.drain().tolist()
