"""The rules for many states at once, against the rules for one."""

from __future__ import annotations

import numpy as np
import pytest

from mlpl.backend.mlp.layout import StateLayout
from mlpl.backend.mlp.verification.random_states import random_states as drawn
from mlpl.backend.mlp.verification.vectors import decode_all, encode_all
from mlpl.backend.subleq import plain
from mlpl.backend.subleq.batch import States, step_all
from mlpl.backend.subleq.state import MODES, State
from tests.machine_rules import CASES, SIZES, coincidences, describe, random_states


def batch(states: list[State]) -> States:
    columns = zip(*(state.registers() for state in states), strict=True)
    pc, word, taken, output, valid = (np.array(column) for column in columns)
    return States(np.array([s.memory for s in states]), pc, word, taken, output, valid)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("w", "n"), SIZES, ids=str)
def test_steps_of_many_states(w: int, n: int, mode: str) -> None:
    states = [*random_states(5, w, n, 300), *list(coincidences(w, n))[::7]]
    after = step_all(batch(states), w, mode)
    for index, state in enumerate(states):
        want = plain.step(state, w, mode)
        assert after[index] == want, describe(state, after[index], want)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_cases(case) -> None:
    after = step_all(batch([case.before]), case.word_bits, case.mode)[0]
    assert after == case.after, describe(case.before, after, case.after)


def test_a_write_to_a_cell_that_is_not_writable_is_a_fault() -> None:
    state = State(np.array([4, 5, 0, 0, 1, 2, 255, 5, 0]), pc=0)
    writable = np.arange(9) != 5
    fault = step_all(batch([state]), 8, MODES[0], writable)[0]
    assert fault == State(state.memory, 128)
    received = State(state.memory, pc=6, input=3)
    assert step_all(batch([received]), 8, MODES[0], writable)[0] == State(state.memory, 128, 3)
    assert step_all(batch([received]), 8, MODES[0], ~writable)[0].taken


@pytest.mark.parametrize(("w", "n"), SIZES, ids=str)
def test_vectors_of_many_states(w: int, n: int) -> None:
    layout = StateLayout(w, n)
    states = drawn(np.random.default_rng(3), w, n, 70)
    vectors = encode_all(layout, states)
    again = decode_all(layout, vectors)
    for index in range(len(states)):
        assert (vectors[:, index] == layout.encode(states[index])).all()
        assert again[index] == states[index]


@pytest.mark.parametrize(("w", "n"), [(4, 4), (8, 50), (32, 9)])
def test_random_states_reach_every_rule(w: int, n: int) -> None:
    """Halted, faulty and running machines; PORT as A and B; operands on their own instruction."""
    states = drawn(np.random.default_rng(1), w, n, 4_000)
    half, port = 1 << w - 1, (1 << w) - 1
    pc = states.pc
    assert {0, n - 3, n - 2, n - 1, n, half - 1, half, port} <= set(pc.tolist())
    lane = np.flatnonzero((pc + 2 < n) & (pc < half))
    a, b, c = (states.memory[lane, pc[lane] + offset] for offset in range(3))
    special = [a == port, b == port, (a == port) & (b == port), c == port, a == b]
    special += [abs(b - pc[lane] - 1) <= 1, abs(a - pc[lane] - 1) <= 1, (a >= n) & (a < port)]
    assert all(found.sum() > 5 for found in special)


def test_putting_states() -> None:
    rng = np.random.default_rng(0)
    states, others = drawn(rng, 8, 6, 5), drawn(rng, 8, 6, 2)
    kept = states[1]
    states.put(np.array([True, False, False, True, False]), others)
    assert (states[0], states[3], states[1]) == (others[0], others[1], kept)
