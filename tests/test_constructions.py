"""Every construction makes the machine's steps, within its layers and magnitudes."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest

import mlpl
from mlpl import options
from mlpl.backend.mlp.algebra.placement import place, topological
from mlpl.backend.mlp.algebra.wires import block_of, relu, state_wires
from mlpl.backend.mlp.build import CONSTRUCTIONS
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.forward import forward, pre_activations
from mlpl.backend.subleq import plain
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.backend.subleq.state import MODES
from tests.machine_rules import SIZES, coincidences, describe, lockstep, random_image, random_states
from tests.network_cases import machine_network

OTHERS = sorted(CONSTRUCTIONS.keys() - {"lean"})
"""What the tests of the default construction do not see."""

MAGNITUDES = {"lean": 127, "paper": 127, "shallow": 1 << 24}
"""What int8 and float32 hold exactly."""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", OTHERS)
@pytest.mark.parametrize(("w", "n"), (*SIZES, (9, 130), (19, 40), (32, 65)), ids=str)
def test_one_step_from_any_state(construction: str, w: int, n: int, mode: str) -> None:
    """Coincidences of A, B, C and pc; garbage in flags and ports; halted states."""
    network = machine_network(w, n, mode, construction)
    layout = network.layout
    assert layout is not None
    states = [*random_states(1, w, n, 100), *itertools.islice(coincidences(w, n), 0, None, 19)]
    values = np.array([layout.encode(state) for state in states])
    for state, vector in zip(states, forward(network, values), strict=True):
        want = plain.step(state, w, mode)
        assert np.array_equal(vector, layout.encode(want)), describe(
            state, layout.decode(vector), want
        )


@pytest.mark.parametrize("construction", OTHERS)
@pytest.mark.parametrize("mode", MODES)
def test_runs_state_by_state(construction: str, mode: str) -> None:
    rng = Random(construction + mode)
    engine = EventExecutor(machine_network(12, 90, mode, construction))
    oracle = ReferenceMachine(12, 90, mode)
    for _ in range(4):
        image = random_image(rng, 12, 90, mode)
        lockstep(engine, oracle, image.start(), [rng.getrandbits(12) for _ in range(9)], 200)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), [(4, 16), (11, 40), (32, 65)], ids=str)
def test_magnitudes(construction: str, w: int, n: int) -> None:
    """Weights and partial sums in any order are integers that the promised format holds."""
    network = machine_network(w, n, MODES[0], construction)
    layout = network.layout
    assert layout is not None
    values = np.array([layout.encode(state) for state in random_states(2, w, n, 60)]).T
    for layer in network.layers:
        raw = pre_activations(layer, values)
        assert np.abs(raw).max() <= MAGNITUDES[construction]
        assert np.abs(layer.data.astype(np.int64)).max() <= MAGNITUDES[construction]
        values = np.maximum(raw, 0)


def test_shallow_has_6_layers_and_few_weights() -> None:
    for mode in MODES:
        network = machine_network(16, 1024, mode, "shallow")
        assert network.depth == 6
        assert network.nonzeros <= 3_400 * 1024


BORDERS = {
    2: {"fetch_{}.bit"},
    4: {"read_{}.bit"},
    11: {"subtract.bit"},
    13: {"write.bit"},
    19: {"next.pc_plus_3"},
    23: {"pc.next", "memory.next"},
}
"""The result of each group of the paper's construction, by the last layer of the group."""


@pytest.mark.parametrize("w", [4, 16, 32])
def test_the_papers_groups_end_where_the_paper_says(w: int) -> None:
    """Each group's result stands at its border, and is not computed earlier."""
    network = machine_network(w, 16, MODES[0], "paper")
    assert network.depth == 23
    found: dict[str, int] = {}
    for number, layer in enumerate(network.layers, 1):
        for group in layer.groups:
            found.setdefault(group.name, number)
    for border, names in BORDERS.items():
        assert {found[name] for name in names} == {border}


def test_a_block_cannot_stand_before_what_it_is_computed_from() -> None:
    state = state_wires("x", (2,), ("bit",))
    first = relu(state, "first", ("bit",), layer=2)
    second = relu(first, "second", ("bit",), layer=2)
    outputs = [block_of(second)]
    with pytest.raises(ValueError, match="second cannot stand in layer 2"):
        place(topological(outputs), outputs)


def test_programs_run_in_every_construction() -> None:
    for construction in CONSTRUCTIONS:
        program = mlpl.compile(
            "fn main(n: int) -> int { return n * n; }", construction=construction
        )
        parameters = program.network.parameters
        assert parameters is not None and parameters.construction == construction
        assert program.run(-7).value == 49
    with pytest.raises(mlpl.UsageError, match="construction"):
        mlpl.compile("fn main() { }", construction="deep")
    assert tuple(CONSTRUCTIONS) == options.CONSTRUCTIONS
