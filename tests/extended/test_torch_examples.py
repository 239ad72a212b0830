"""Every example in PyTorch, in every type that its network's certificate covers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from mlpl.backend.mlp.formats.torch_module import DTYPES, LoopedNetwork
from mlpl.backend.subleq.state import State
from mlpl.recorder import record_states
from tests.ladder import by_engine
from tests.test_examples import CASES, MANIFEST, STEPS, data_of, program_of

SHORT = [case for case in MANIFEST if case["file"] in ("gcd.mlpl", "hello.mlpl")]
ROWS = 50
"""States that go through the network at once."""


@pytest.mark.parametrize("case", CASES)
def test_first_states(case: dict[str, Any]) -> None:
    """From each of the first 300 states of the machine, a pass leads to the next one."""
    program = program_of(case)
    network = program.network
    layout = network.layout
    assert layout is not None
    words = program.parse_words(case.get("arguments", []))
    states: list[State] = []
    span = (0, STEPS)
    record_states(program, words, data_of(case), span, lambda s: states.extend(s[bool(states) :]))
    vectors = np.array([layout.encode(state) for state in states])
    before = vectors[:-1].copy()
    part = layout.part("input").slice
    before[:, part] = vectors[1:, part]
    for dtype in DTYPES.values():
        module = LoopedNetwork(network, dtype)
        for first in range(0, len(before), ROWS):
            rows = slice(first, first + ROWS)
            with torch.no_grad():
                after = module(torch.from_numpy(before[rows]).to(dtype))
            assert np.array_equal(after.to(torch.int64).numpy(), vectors[1:][rows]), dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", SHORT, ids=lambda case: case["file"])
def test_to_the_halt(case: dict[str, Any], dtype: str) -> None:
    program = program_of(case)
    words = program.parse_words(case.get("arguments", []))
    want = by_engine(program, words, data_of(case), "machine")
    [got] = program.to_torch(dtype).run([{"arguments": case_values(case), "input": data_of(case)}])
    assert (got.value, got.output, got.steps, got.halt) == (
        want.value, want.output, want.steps, want.halt,
    )  # fmt: skip
    assert got.state == want.state


def case_values(case: dict[str, Any]) -> list[int]:
    return [int(text) for text in case.get("arguments", [])]
