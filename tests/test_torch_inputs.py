"""What modules of PyTorch are given: states, weights, inputs; what of it is refused, and how."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import mlpl
from mlpl.backend.mlp.formats.torch_module import LoopedNetwork, one_thread
from mlpl.backend.subleq.state import STANDARD
from mlpl.program import Program
from tests.network_cases import machine_network

SUM = "fn main(n: int) -> int { var t = 0; for i in 0..n { t += i; } return t; }"


@pytest.fixture(scope="module")
def program() -> Program:
    return mlpl.compile(SUM, word_bits=12)


@pytest.fixture
def module() -> LoopedNetwork:
    return LoopedNetwork(machine_network(8, 12, STANDARD))


def states_of(module: LoopedNetwork, count: int = 3) -> torch.Tensor:
    bits = np.random.default_rng(1).integers(0, 2, (count, module.network.size))
    return torch.from_numpy(bits)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda states: states[:, 1:].float(), r"shape \(\d+,\) or \(batch, \d+\), not \(3, \d+\)"),
        (lambda states: states[None].float(), r"not \(1, 3, \d+\)"),
        (lambda states: states[0, 0].float(), r"not \(\)"),
        (lambda states: states.double(), r"is float64 and the module float32; `state\.to"),
        (lambda states: states.half(), "is float16 and the module float32"),
        (lambda states: states.to(torch.complex64), "is complex64"),
        (lambda states: states.to("meta"), "is on meta and the module on cpu"),
        (lambda states: states.numpy(), "a state is a tensor, not `ndarray`"),
    ],
)
def test_states_that_do_not_suit(
    module: LoopedNetwork, change: Callable[[Any], Any], message: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        module(change(states_of(module)))


def test_bools_and_ints_are_states(module: LoopedNetwork) -> None:
    states = states_of(module)
    want = module(states.float())
    for given in (states, states.bool(), states.to(torch.uint8)):
        assert torch.equal(module(given), want)
    assert module(states[:0]).shape == (0, module.network.size)


def test_what_is_encoded_and_decoded(module: LoopedNetwork) -> None:
    with pytest.raises(TypeError, match="is a `State`, not `list`"):
        module.encode([1, 0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="each row of a batch"):
        module.decode(states_of(module))
    with pytest.raises(TypeError, match="not `ndarray`"):
        module.decode(states_of(module)[0].numpy())  # type: ignore[arg-type]


@pytest.mark.parametrize("dense", [False, True], ids=["sparse", "dense"])
def test_autocast_does_not_make_results_inexact(dense: bool) -> None:
    module = LoopedNetwork(machine_network(16, 24, STANDARD, "shallow"), dense=dense)
    states = states_of(module).float()
    want = module(states)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        after = module(states)
    assert after.dtype == torch.float32
    assert torch.equal(after, want)


def test_transformations_of_functions(module: LoopedNetwork) -> None:
    states = states_of(module).float()
    want = module(states)
    assert torch.equal(torch.func.vmap(module)(states), want)
    module.double()
    states = states.double()
    direction = torch.linspace(-1, 1, module.network.size, dtype=torch.float64)
    jacobian = torch.func.jacrev(module)(states[0])
    found: Any = torch.func.jvp(module, (states[0],), (direction,))
    after, along = found
    assert torch.equal(after, want[0].double())
    assert torch.allclose(along, jacobian @ direction)
    with torch.no_grad(), torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(states[0], direction)
        tangent = torch.autograd.forward_ad.unpack_dual(module(dual)).tangent
    assert torch.allclose(tangent, along)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("columns", lambda x: x + 1_000, "are not all from 0 to 283"),
        ("columns", lambda x: x - 1_000, "are not all from 0 to 283"),
        ("columns", lambda x: x.float(), r"are torch\.float32, not torch\.int32"),
        ("columns", lambda x: x[:, None], "size mismatch for columns"),
        ("row_starts", lambda x: x[:0], "size mismatch for row_starts"),
        ("row_starts", lambda x: x + 1, "do not go from 0"),
        ("row_starts", lambda x: torch.cat((x[:1], x[1:-1].flip(0), x[-1:])), "go down"),
    ],
)
def test_indices_that_lead_outside_are_refused(
    module: LoopedNetwork, name: str, change: Callable[[Any], Any], message: str
) -> None:
    """With them, PyTorch's sparse products read memory that is not theirs."""
    state = {key: value.clone() for key, value in module.state_dict().items()}
    key = f"layers.layer_3.linear.{name}"
    state[key] = change(state[key])
    with pytest.raises(RuntimeError, match=rf"layers\.layer_3\.linear: .*{message}"):
        module.load_state_dict(state)


def test_state_dicts_of_other_networks_are_refused(module: LoopedNetwork) -> None:
    with pytest.raises(RuntimeError, match="size mismatch"):
        module.load_state_dict(LoopedNetwork(machine_network(8, 16, STANDARD)).state_dict())
    with pytest.raises(RuntimeError, match="Missing key"):
        module.load_state_dict({})


def test_weights_are_made_on_the_default_device() -> None:
    with torch.device("meta"):
        module = LoopedNetwork(machine_network(8, 12, STANDARD))
    assert {buffer.device.type for buffer in module.buffers()} == {"meta"}


def test_modules_and_programs_are_pickled(program: Program) -> None:
    module = program.to_torch("float64")
    copy = pickle.loads(pickle.dumps(module))
    assert copy.dtype == torch.float64
    assert copy.run([(7,)])[0].value == 21
    again = pickle.loads(pickle.dumps(program))
    assert again.run(7).value == 21
    assert again.compilation is None
    with pytest.raises(mlpl.UsageError, match=r"`main\(n: int\)` takes 1 argument, 2 given"):
        again.run(1, 2)


def test_a_loop_of_ones_own(program: Program) -> None:
    module = program.to_torch()
    states = torch.stack([module.start(n) for n in (3, 0, 6)])
    with one_thread():
        for _ in range(60):
            states = module(states)
    assert module.halted(states).tolist() == [True, True, True]
    assert [module.result(state).value for state in states] == [3, 0, 15]
    start = module.start(5)
    assert not module.halted(start)
    assert not module.result(start).finished


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_steps": "10"}, "at least 0 steps, not '10'; it is an int, or None for no limit"),
        ({"max_steps": 10.5}, r"not 10\.5"),
        ({"max_steps": -1}, "not -1"),
        ({"batch": 1.5}, r"at least 1 row, not 1\.5"),
        ({"batch": 0}, "at least 1 row, not 0"),
    ],
)
def test_options_that_are_none(program: Program, options: dict[str, Any], message: str) -> None:
    with pytest.raises(mlpl.UsageError, match=message):
        program.to_torch().run([(1,)], **options)
    if "max_steps" in options:
        with pytest.raises(mlpl.UsageError, match=message):
            program.run(1, **options)
        with pytest.raises(mlpl.UsageError, match=message):
            program.run_batch([(1,)], **options)


@pytest.mark.parametrize("rows", [None, 5, b"text", "text", {"args": (1,)}])
def test_rows_that_are_no_list(program: Program, rows: Any) -> None:
    with pytest.raises(mlpl.UsageError, match=r"rows come in a list.*`\[row\]`"):
        program.to_torch().run(rows)
    with pytest.raises(mlpl.UsageError, match="rows come in a list"):
        program.run_batch(rows)


def test_rows_are_checked_before_any_runs(program: Program) -> None:
    done: list[int] = []
    with pytest.raises(mlpl.UsageError, match=r"row 2: .*takes 1 argument, 2 given"):
        program.to_torch().run([(1,), (2,), (3, 4)], batch=1, progress=done.append)
    assert done == []


def test_tensors_are_arguments() -> None:
    source = (
        "fn main(n: int, xs: int[2][2], f: bool) -> int { if f { return xs[1][0]; } return n; }"
    )
    program = mlpl.compile(source, word_bits=12)
    xs = torch.tensor([[1, 2], [3, 4]])
    assert program.run(torch.tensor(7), xs, torch.tensor(True), engine="machine").value == 3
    assert program.run(np.int64(7), list(xs), np.bool_(False), engine="machine").value == 7
    with pytest.raises(mlpl.UsageError, match="expected an int"):
        program.run(torch.tensor(1.5), xs, True)
    with pytest.raises(mlpl.UsageError, match="expected an int"):
        program.run(torch.tensor([7]), xs, True)
