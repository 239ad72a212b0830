"""The rules of the machine on the plain and on the reference machine.

The plain machine is checked by hand-written cases; then it is the oracle of the reference.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from mlpl.backend.subleq import plain, reference
from mlpl.backend.subleq.plain import PlainMachine
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.backend.subleq.state import MODES, State, check_machine
from tests import machine_rules
from tests.engine_rules import ENGINE_RULES, LONG_RULES
from tests.machine_rules import CASES, SIZES, Case, EngineFactory, Step

STEPS = [plain.step, reference.step]
MAKERS: list[EngineFactory] = [PlainMachine, ReferenceMachine]


@pytest.mark.parametrize("step", STEPS, ids=["plain", "reference"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_step(step: Step, case: Case):
    machine_rules.check_case(step, case)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_step_of_an_engine(make: EngineFactory, case: Case):
    machine_rules.check_case_on_engine(make, case)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("rule", (*ENGINE_RULES, *LONG_RULES), ids=lambda r: r.__name__)
def test_engine(make: EngineFactory, rule):
    rule(make)


def test_every_rule_has_a_case():
    rules = {case.rule for case in CASES}
    assert rules >= {"M1.1", "M1.2", *(f"M2.{i}" for i in (1, 2, 3, 5, 6, 7, 8, 9))}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_coincidences(size: tuple[int, int], mode: str):
    w, n = size
    for state in (*machine_rules.coincidences(w, n), *machine_rules.random_states(1, w, n, 500)):
        want = plain.step(state, w, mode)
        got = reference.step(state, w, mode)
        assert got == want, machine_rules.describe(state, got, want)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_halting_is_a_fixed_point(size: tuple[int, int], mode: str):
    w, n = size
    half = 1 << (w - 1)
    for state in machine_rules.random_states(2, w, n, 200):
        halted = State(state.memory, state.pc | half, *state.registers()[1:])
        for step in STEPS:
            once = step(halted, w, mode)
            assert once == State(halted.memory, halted.pc, halted.input)
            assert step(once, w, mode) == once


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_random_programs(size: tuple[int, int], mode: str):
    rng = Random(f"programs {size} {mode}")
    machine, oracle = ReferenceMachine(*size, mode), PlainMachine(*size, mode)
    for _ in range(20):
        image = machine_rules.random_image(rng, *size, mode)
        inputs = [rng.getrandbits(size[0]) for _ in range(10)]
        machine_rules.lockstep(machine, oracle, image.start(), inputs, 200)


@pytest.mark.parametrize("mode", MODES)
def test_random_states_as_starts(mode: str):
    for size in SIZES:
        machine, oracle = ReferenceMachine(*size, mode), PlainMachine(*size, mode)
        for state in machine_rules.random_states(3, *size, 30):
            machine_rules.lockstep(machine, oracle, state, [1, 2], 4)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_long_runs_of_random_programs(size: tuple[int, int]):
    rng = Random(f"long {size}")
    for _ in range(5):
        start = machine_rules.random_image(rng, *size).start()
        engines = [make(*size, MODES[0]) for make in MAKERS]
        for engine in engines:
            engine.restore(start)
            engine.feed(range(50), end=True)
        assert engines[0].run(3000) is engines[1].run(3000)
        assert engines[0].state() == engines[1].state()
        assert engines[0].changes() == engines[1].changes()
        assert np.array_equal(engines[0].drain(), engines[1].drain())


@pytest.mark.parametrize(
    "size", [(3, 4), (33, 4), (4, 3), (4, 17), (16, 65537), (16, 0), (16, -4)], ids=str
)
def test_sizes_that_no_machine_has(size: tuple[int, int]):
    with pytest.raises(ValueError, match=r"bits|cells"):
        check_machine(*size)
    for make in MAKERS:
        with pytest.raises(ValueError, match=r"bits|cells"):
            make(*size, MODES[0])


def test_modes_that_no_machine_has():
    with pytest.raises(ValueError, match="mode"):
        ReferenceMachine(16, 64, "both")


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    "state",
    [
        State(np.full(16, 256, dtype=np.int64)),
        State(np.full(16, -1, dtype=np.int64)),
        State(np.zeros(16, dtype=np.int64), pc=256),
        State(np.zeros(16, dtype=np.int64), pc=-1),
        State(np.zeros(16, dtype=np.int64), input=256),
        State(np.zeros((4, 4), dtype=np.int64)),
    ],
)
def test_states_that_the_machine_does_not_have(make, state: State):
    with pytest.raises(ValueError, match="state"):
        make(8, 16).restore(state)


def test_the_largest_memory():
    """M1.1: n = 2^16; the instruction reaches across the whole memory."""
    memory = np.zeros(1 << 16, dtype=np.int64)
    memory[:3] = (65534, 40000, 9)
    memory[65534] = 7
    for step in STEPS:
        after = step(State(memory), 16, MODES[0])
        assert (after.pc, int(after.memory[40000])) == (9, 65529)
