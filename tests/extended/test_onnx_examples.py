"""Every example as ONNX models: a pass a step, and the whole program in a loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlpl.backend.mlp.executors.onnx_pass import OnnxExecutor
from mlpl.backend.mlp.formats.onnx_loop import loop_model
from mlpl.backend.subleq.drive import drive, once
from mlpl.backend.subleq.engine import Engine
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.program import Program
from tests.onnx_models import run_program, session
from tests.test_examples import CASES, MANIFEST, STEPS, data_of, program_of

SHORT = [case for case in MANIFEST if case["file"] in ("gcd.mlpl", "hello.mlpl")]


def given(program: Program, case: dict[str, Any]) -> dict[str, object]:
    """The arguments by the names of the model's inputs."""
    words = program.parse_words(case.get("arguments", []))
    return {
        variable.name: values if "[" in variable.type else values[0]
        for variable, values in zip(program.image.facts.arguments, words, strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_first_states(case: dict[str, Any]) -> None:
    """After each of the first 300 steps by passes, and after some of them by the loop."""
    program = program_of(case)
    layout = program.network.layout
    assert layout is not None
    start = program.image.start()
    words = program.parse_words(case.get("arguments", []))
    for variable, values in zip(program.image.facts.arguments, words, strict=True):
        cells = slice(variable.address, variable.address + variable.length)
        start.memory[cells] = np.array(values) % (1 << 16)
    machine: Engine = ReferenceMachine(16, program.image.memory)
    engine: Engine = OnnxExecutor(program.network)
    runner = session(loop_model(program.network, program.image, {}))
    readers = [once(data_of(case)), once(data_of(case))]
    for each in (machine, engine):
        each.restore(start)
    for steps in range(STEPS + 1):
        for each, reader in zip((machine, engine), readers, strict=True):
            drive(each, reader, lambda data: None, max_steps=steps)
        assert engine.state() == machine.state(), steps
        if steps in (0, 1, 30, STEPS):
            found = run_program(runner, given(program, case), data_of(case), steps)
            assert np.array_equal(found["state"], layout.encode(machine.state())), steps
            assert int(found["steps"]) == machine.steps


@pytest.mark.parametrize("case", SHORT, ids=lambda case: case["file"])
def test_to_the_halt(case: dict[str, Any]) -> None:
    program = program_of(case)
    want = program.run(*given(program, case).values(), input=data_of(case), engine="machine")
    found = run_program(
        session(loop_model(program.network, program.image, {})), given(program, case), data_of(case)
    )
    assert (int(found["steps"]), int(found["halt"])) == (want.steps, want.halt)
    assert found["output"].tobytes() == want.output
    layout = program.network.layout
    assert layout is not None and want.state is not None
    assert np.array_equal(found["state"], layout.encode(want.state))
