"""Baked networks: the universal network's bits on the cells that remain, with fewer neurons."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest

from mlpl.backend.mlp.build import CONSTRUCTIONS, build_network
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.forward import forward
from mlpl.backend.mlp.layout import Constants
from mlpl.backend.mlp.verification.verify import Plan, verify_network
from mlpl.backend.subleq import plain
from mlpl.backend.subleq.engine import Stop
from mlpl.backend.subleq.state import MODES, State
from tests.machine_rules import coincidences, describe, random_states

SIZES = ((4, 4), (4, 11), (4, 16), (5, 21), (8, 33), (13, 50), (16, 70), (24, 40), (32, 24))


def random_constants(rng: Random, w: int, n: int, share: float) -> Constants:
    """Constants that are likely to be operands, PORT among them."""
    port = (1 << w) - 1
    kinds = (lambda: rng.randrange(n), lambda: rng.randrange(n), lambda: port, lambda: 0)
    chosen = [cell for cell in range(n) if rng.random() < share]
    return tuple((cell, rng.choice((*kinds, lambda: rng.getrandbits(w)))()) for cell in chosen)


def with_constants(state: State, constants: Constants) -> State:
    memory = state.memory.copy()
    for cell, word in constants:
        memory[cell] = word
    return State(memory, *state.registers())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), SIZES, ids=str)
def test_one_step_from_any_state(w: int, n: int, construction: str, mode: str) -> None:
    """Garbage in registers, pc anywhere, operands that coincide or name constants."""
    rng = Random(f"{w} {n} {construction} {mode}")
    for share in (0.3, 0.9):
        constants = random_constants(rng, w, n, share)
        network = build_network(w, n, mode, construction, constants)
        layout = network.layout
        assert layout is not None and layout.size == (n - len(constants) + 3) * w + 2
        states = [*random_states(1, w, n, 60), *itertools.islice(coincidences(w, n), 0, None, 29)]
        states = [with_constants(state, constants) for state in states]
        vectors = np.array([layout.encode(state) for state in states])
        for state, vector in zip(states, forward(network, vectors), strict=True):
            want = plain.step(state, w, mode, dict(constants))
            assert np.array_equal(vector, layout.encode(want)), describe(
                state, layout.decode(vector), want
            )


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_neurons_keep_the_numbers_of_their_cells(construction: str) -> None:
    network = build_network(8, 20, construction=construction, constants=((3, 7), (4, 0), (19, 1)))
    names = [network.name(0, index) for index in range(3 * 8, 4 * 8)]
    assert names == [f"memory[cell 5, bit {bit}]" for bit in range(8)]
    assert network.name(network.depth, 24) == "memory.next[cell 5, bit 0]"
    assert network.name(0, network.size - 1) == "valid"


@pytest.mark.parametrize(
    ("constants", "complaint"),
    [
        (((3, 1), (3, 1)), "ascend"),
        (((3, 1), (2, 1)), "ascend"),
        (((-1, 1),), "not one of 20"),
        (((20, 1),), "not one of 20"),
        (((3, 256),), "word of 8 bits"),
        (((3, -1),), "word of 8 bits"),
    ],
)
def test_constants_that_are_none(constants: Constants, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        build_network(8, 20, constants=constants)


def test_states_have_the_constants() -> None:
    layout = build_network(8, 20, constants=((3, 7),)).layout
    assert layout is not None
    memory = np.arange(20)
    with pytest.raises(ValueError, match="cell 3 is 3, and the network has 7 in it"):
        layout.encode(State(memory))
    memory[3] = 7
    assert layout.decode(layout.encode(State(memory, 5))) == State(memory, 5)


def test_machines_without_a_cell_that_varies() -> None:
    """One instruction that puts a constant out, over and over, and one that halts."""
    constants = ((0, 9), (1, 255), (2, 0), *((cell, 65) for cell in range(3, 12)))
    for construction in CONSTRUCTIONS:
        network = build_network(8, 12, construction=construction, constants=constants)
        engine = EventExecutor(network)
        assert network.layout is not None
        engine.restore(network.layout.decode(np.zeros(network.size, dtype=np.int64)))
        assert engine.run(10) is Stop.HALTED
        assert (engine.steps, engine.drain().tolist()) == (2, [65])
        assert network.layout.decode(engine.vector()).pc == 128


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("n", [11, 16])
def test_every_state_of_small_programs(n: int, construction: str, mode: str) -> None:
    """One or two cells of 4 bits vary: 2^12 or 2^16 states, each with its constants."""
    rng = Random(f"{n} {construction} {mode}")
    for cells in (1, 1, 1, 1, 2):
        varies = rng.sample(range(n), cells)
        known = random_constants(rng, 4, n, 2)
        constants = tuple((cell, word) for cell, word in known if cell not in varies)
        network = build_network(4, n, mode, construction, constants)
        report = verify_network(network, Plan(steps=100, exhaustive=True))
        assert report.mismatch is None
        assert report.checks[-1].counts["states"] >> 4 * cells <= 1 << 8
