"""The rules of the machine on the plain and on the reference machine."""

from __future__ import annotations

import pytest

from mlpl.backend.subleq import plain, reference
from mlpl.backend.subleq.plain import PlainMachine
from mlpl.backend.subleq.reference import ReferenceMachine
from tests import machine_rules
from tests.engine_rules import ENGINE_RULES, LONG_RULES
from tests.machine_rules import CASES, Case, EngineFactory, Step

STEPS = [plain.step, reference.step]
MAKERS = [PlainMachine, ReferenceMachine]


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.__module__.rpartition(".")[2])
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
