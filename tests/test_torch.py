"""Networks as modules of PyTorch: the same bits, hooks, gradients, copies, exports, batches."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

import mlpl
from mlpl.backend.mlp.build import CONSTRUCTIONS
from mlpl.backend.mlp.executors.pool import MachinePool, Row
from mlpl.backend.mlp.executors.torch_pass import TorchExecutor
from mlpl.backend.mlp.formats.torch_linear import SparseLinear
from mlpl.backend.mlp.formats.torch_module import DTYPES, LoopedNetwork
from mlpl.backend.mlp.forward import forward
from mlpl.backend.subleq.state import ACCUMULATE, STANDARD, State
from mlpl.session import start_state
from tests.engine_rules import ENGINE_RULES
from tests.machine_rules import CASES, Case, check_case_on_engine
from tests.network_cases import machine_network, random_network, random_vector

ECHO = """
import text;

fn main(scale: int, values: int[3]) -> int {
    var total: int = 0;
    for v in 0..len(values) { total += values[v] * scale; values[v] = -values[v]; }
    total /= scale - 2;
    let c = getc();
    putc(c);
    return total;
}
"""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two workers that each use both cores get in each other's way."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def machine(word_bits: int, memory: int, mode: str) -> TorchExecutor:
    return TorchExecutor(machine_network(word_bits, memory, mode))


def linears(module: LoopedNetwork) -> list[Any]:
    return [layer.get_submodule("linear") for layer in module.layers]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_rules_of_the_machine(case: Case) -> None:
    check_case_on_engine(machine, case)


@pytest.mark.parametrize("rule", ENGINE_RULES, ids=lambda rule: rule.__name__)
def test_the_rules_of_engines(rule) -> None:
    rule(machine)


@pytest.mark.parametrize("dense", [False, True], ids=["sparse", "dense"])
@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
@pytest.mark.parametrize("seed", range(6))
def test_random_networks(seed: int, dtype: torch.dtype, dense: bool) -> None:
    network = random_network(seed, 1)
    module = LoopedNetwork(network, dtype, dense=dense, exact=False)
    states = np.array([random_vector(100 * seed + i, network.size) for i in range(5)])
    after = module(torch.from_numpy(states).to(dtype))
    assert np.array_equal(after.detach().to(torch.int64).numpy(), forward(network, states))


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("dtype", DTYPES.values(), ids=DTYPES)
def test_a_format_is_exact_or_refused(construction: str, dtype: torch.dtype) -> None:
    network = machine_network(16, 24, STANDARD, construction)
    if construction == "shallow" and dtype.itemsize == 2:
        with pytest.raises(ValueError, match="does not hold every integer"):
            LoopedNetwork(network, dtype)
        return
    module = LoopedNetwork(network, dtype)
    states = random_machine_states(network.size, 40)
    after = module(torch.from_numpy(states).to(dtype)).to(torch.int64).numpy()
    assert np.array_equal(after, forward(network, states))


def random_machine_states(size: int, count: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 2, (count, size))


def test_a_module_that_was_moved_to_a_coarse_type_refuses_to_compute() -> None:
    module = LoopedNetwork(machine_network(16, 24, STANDARD, "shallow"))
    state = module.encode(State(np.zeros(24, dtype=np.int64)))
    module.half()
    with pytest.raises(ValueError, match="float16 does not hold every integer"):
        module(state.half())
    module.exact = False
    assert module(state.half()).shape == state.shape


def test_weights_are_buffers_or_parameters() -> None:
    network = machine_network(8, 12, STANDARD)
    plain, trainable = LoopedNetwork(network), LoopedNetwork(network, trainable=True)
    assert list(plain.parameters()) == []
    assert len(list(trainable.parameters())) == 2 * network.depth
    assert all(p.requires_grad for p in trainable.parameters())
    assert isinstance(linears(LoopedNetwork(network, dense=True))[0], torch.nn.Linear)
    kinds = {type(m).__name__ for layer in plain.layers for m in layer.children()}
    assert kinds == {"SparseLinear", "ReLU"}


def test_gradients_reach_state_and_weights() -> None:
    network = machine_network(8, 12, STANDARD)
    sparse = LoopedNetwork(network, torch.float64, trainable=True)
    dense = LoopedNetwork(network, torch.float64, dense=True, trainable=True)
    states = torch.from_numpy(random_machine_states(network.size, 7)).double()
    found: list[Any] = []
    for module in (sparse, dense):
        given = states.clone().requires_grad_()
        weight = torch.arange(network.size, dtype=torch.float64)
        (module(given) * weight).sum().backward()
        found.append(given.grad)
    assert found[0].abs().sum() > 0
    assert torch.equal(*found)
    for linear, full in zip(linears(sparse), linears(dense), strict=True):
        assert isinstance(linear, SparseLinear)
        assert linear.values.grad is not None and linear.bias.grad is not None
        rows = torch.arange(linear.out_features).repeat_interleave(linear.row_starts.diff())
        assert torch.equal(linear.values.grad, full.weight.grad[rows, linear.columns])
        assert torch.equal(linear.bias.grad, full.bias.grad)


def test_no_grad_and_grad_make_the_same_bits() -> None:
    module = LoopedNetwork(machine_network(8, 12, STANDARD), trainable=True)
    states = torch.from_numpy(random_machine_states(module.network.size, 7)).float()
    with torch.no_grad():
        without = module(states)
    assert torch.equal(without, module(states))
    assert torch.equal(without[3], module(states[3]))


def test_hooks_see_named_layers() -> None:
    module = LoopedNetwork(machine_network(8, 12, STANDARD))
    network, seen = module.network, {}
    for name, part in module.named_modules():
        if name.endswith("relu"):
            part.register_forward_hook(lambda _, __, out, name=name: seen.update({name: out}))
    states = torch.from_numpy(random_machine_states(network.size, 3)).float()
    after = module(states)
    assert list(seen) == [f"layers.layer_{i}.relu" for i in range(1, network.depth + 1)]
    for layer, out in zip(network.layers, seen.values(), strict=True):
        assert out.shape == (3, layer.size)
    assert torch.equal(after, seen[f"layers.layer_{network.depth}.relu"])


def test_copies_and_files() -> None:
    module = LoopedNetwork(machine_network(8, 12, STANDARD))
    states = torch.from_numpy(random_machine_states(module.network.size, 3)).float()
    other = copy.deepcopy(module)
    linears(other)[0].bias.add_(1)
    assert other.network is module.network
    assert not torch.equal(linears(other)[0].bias, linears(module)[0].bias)
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(other(states), module(states))


def test_export() -> None:
    module = LoopedNetwork(machine_network(8, 12, STANDARD))
    states = torch.from_numpy(random_machine_states(module.network.size, 5)).float()
    batch = {0: torch.export.Dim("batch", min=1, max=64)}
    exported = torch.export.export(module, (states[:2],), dynamic_shapes=(batch,)).module()
    assert torch.equal(exported(states), module(states))


def test_encode_and_decode() -> None:
    module = LoopedNetwork(machine_network(8, 12, STANDARD), torch.float64)
    state = State(np.arange(200, 212), 9, 7, True, 3, True)
    row = module.encode(state)
    assert row.shape == (module.network.size,) and set(row.unique().tolist()) == {0.0, 1.0}
    assert module.decode(row) == state


def test_dense_matrices_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="dense matrices"):
        LoopedNetwork(machine_network(16, 256, STANDARD), dense=True)


@pytest.mark.parametrize("batch", [1, 3, 64])
def test_a_batch_of_runs(batch: int) -> None:
    program = mlpl.compile(ECHO, word_bits=13)
    inputs: list[object] = [
        {"arguments": [i, [i, 2 * i, 7]], "input": b"xyz"[: i % 3]} for i in range(9)
    ]
    done: list[int] = []
    results = program.to_torch().run(inputs, 2_000, batch=batch, progress=done.append)
    assert done == list(range(1, 10))
    for given, got in zip(inputs, results, strict=True):
        assert isinstance(given, dict)
        want = program.run(
            *given["arguments"], input=given["input"], engine="machine", max_steps=2_000
        )
        assert (got.value, got.output, got.steps, got.halt) == (
            want.value, want.output, want.steps, want.halt,
        )  # fmt: skip
        assert (got.trap, got.arrays, got.finished) == (want.trap, want.arrays, want.finished)
        assert got.state == want.state
    kinds = {result.trap.kind.value for result in results if result.trap}
    assert kinds == {"division-by-zero"}


def test_runs_are_stopped_at_the_limit_alone() -> None:
    program = mlpl.compile(
        "fn main(n: int) -> int { var i = 0; while i < n { i += 1; } return i; }"
    )
    results = program.to_torch().run([(2,), (3_000,), (1,)], 60)
    assert [result.finished for result in results] == [True, False, True]
    assert [result.value for result in results] == [2, None, 1]
    assert results[1].steps == 60


def test_rows_are_drawn_when_there_is_room() -> None:
    program = mlpl.compile("fn main(n: int) -> int { return n + 1; }", word_bits=13)
    drawn: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(100):
            drawn.append(number)
            yield Row(start_state(program.image, [[number]]))

    pool = MachinePool(program.to_torch(), 4)
    for count, _ in enumerate(pool.run(rows()), 1):
        assert len(drawn) <= count + 4
    assert count == 100


def test_accumulate_and_input_at_the_end() -> None:
    module = LoopedNetwork(machine_network(8, 40, ACCUMULATE))
    memory = np.zeros(40, dtype=np.int64)
    memory[:9] = [255, 20, 3, 20, 255, 6, 0, 0, 128]
    finished = list(MachinePool(module, 2).run([Row(State(memory), [7]), Row(State(memory))]))
    assert sorted((f.index, tuple(f.output), f.steps) for f in finished) == [
        (0, (7,), 3),
        (1, (255,), 3),
    ]


@pytest.mark.parametrize("given", [5.5, "text", {"input": 3}, {"argument": [1]}, {"arguments": 4}])
def test_inputs_that_are_none(given: object) -> None:
    program = mlpl.compile("fn main(n: int) -> int { return n; }", word_bits=13)
    with pytest.raises(mlpl.UsageError):
        program.to_torch().run([given])


def test_what_a_module_cannot_be() -> None:
    program = mlpl.compile("fn main(n: int) -> int { return n; }", word_bits=13)
    with pytest.raises(mlpl.UsageError, match="compute in float64"):
        program.to_torch("int8")
    with pytest.raises(mlpl.UsageError, match="at least 1 row"):
        program.to_torch().run([(1,)], batch=0)
    assert program.run(7, engine="torch").value == 7
