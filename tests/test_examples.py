"""Every example, to its end, on interpreter, machine and network; sparse over the first steps."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import mlpl
from mlpl.backend.mlp.executors.sparse import SparseExecutor
from mlpl.backend.subleq.drive import drive, once
from mlpl.backend.subleq.engine import Engine
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.program import Program
from tests.ladder import by_engine

EXAMPLES = Path(__file__).parent.parent / "examples"
MANIFEST = tomllib.loads((EXAMPLES / "manifest.toml").read_text())["example"]
STEPS = 300


def name_of(case: dict[str, Any]) -> str:
    return " ".join([case["file"], *case.get("arguments", ())])


CASES = [pytest.param(case, id=name_of(case)) for case in MANIFEST]


def program_of(case: dict[str, Any]) -> Program:
    return mlpl.compile_file(EXAMPLES / case["file"])


def data_of(case: dict[str, Any]) -> bytes:
    return str(case.get("input", "")).encode()


def shown(value: int | bool | None) -> str | None:
    return None if value is None else str(value).lower()


def test_every_example_is_in_the_manifest() -> None:
    assert {c["file"] for c in MANIFEST} == {p.name for p in EXAMPLES.glob("*.mlpl")}
    assert len({c["file"] for c in MANIFEST}) >= 14


@pytest.mark.parametrize("case", CASES)
def test_example(case: dict[str, Any]) -> None:
    program = program_of(case)
    assert program.warnings == ()
    words = program.parse_words(case.get("arguments", []))
    results = {
        engine: by_engine(program, words, data_of(case), engine)
        for engine in ("interpreter", "machine", "network")
    }
    for result in results.values():
        assert result.output.decode() == case.get("output", "")
        assert shown(result.value) == case.get("value")
        assert result.trap is None
    machine, network = results["machine"], results["network"]
    assert (machine.steps, machine.halt) == (network.steps, network.halt)
    assert machine.state == network.state


@pytest.mark.parametrize("case", CASES)
def test_sparse_makes_the_same_first_states(case: dict[str, Any]) -> None:
    """At every 25th of the first 300 steps; to the end of the short ones."""
    program = program_of(case)
    words = program.parse_words(case.get("arguments", []))
    start = program.image.start()
    for variable, values in zip(program.image.facts.arguments, words, strict=True):
        start.memory[variable.address : variable.address + variable.length] = values
    start.memory[:] %= 1 << 16
    engines: tuple[Engine, ...] = (
        ReferenceMachine(16, program.image.memory),
        SparseExecutor(program.network),
    )
    for engine in engines:
        engine.restore(start)
    readers = [once(data_of(case)) for _ in engines]
    for steps in range(0, STEPS + 1, 25):
        for engine, reader in zip(engines, readers, strict=True):
            drive(engine, reader, lambda data: None, max_steps=steps)
        assert engines[0].state() == engines[1].state(), steps
