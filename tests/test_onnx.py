"""Networks and whole programs as ONNX models, run by ONNX Runtime alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import mlpl
from mlpl.backend.mlp.build import build_network
from mlpl.backend.mlp.executors.onnx_pass import OnnxExecutor
from mlpl.backend.mlp.formats.onnx_loop import loop_model
from mlpl.backend.mlp.formats.onnx_step import step_model
from mlpl.backend.mlp.formats.onnx_views import View, add_view, fits, regular
from mlpl.backend.mlp.forward import forward
from mlpl.backend.mlp.network import Network, csr_layer
from mlpl.backend.subleq.image import Image
from mlpl.base.source import Source
from mlpl.errors import UsageError
from mlpl.program import Program
from tests.console import Shell
from tests.machine_rules import random_states
from tests.network_cases import random_network
from tests.onnx_models import computed_indices, graphs, run_program, session

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "examples" / "run_onnx.py"

SIZES = [(4, 4), (4, 13), (6, 64), (8, 100), (9, 130), (16, 320), (24, 40), (32, 9)]


@pytest.mark.parametrize("construction", ["lean", "paper", "shallow"])
@pytest.mark.parametrize(("w", "n"), SIZES)
def test_a_step_is_a_pass(w: int, n: int, construction: str) -> None:
    for mode in ("standard", "accumulate"):
        network = build_network(w, n, mode, construction)
        model = step_model(network)
        assert computed_indices(model) == []
        runner = session(model)
        layout = network.layout
        assert layout is not None
        states = np.array([layout.encode(state) for state in random_states(n, w, n, 12)])
        dtype = np.float64 if runner.get_inputs()[0].type == "tensor(double)" else np.float32
        (after,) = runner.run(None, {"state": states.astype(dtype)})
        assert after.dtype == dtype
        assert np.array_equal(after, forward(network, states))


@pytest.mark.parametrize("n", [1000, 1023])
def test_memories_that_are_no_power_of_two(n: int) -> None:
    """Blocks whose patterns do not come out even are divided, not gathered."""
    network = build_network(16, n)
    model = step_model(network)
    assert model.ByteSize() < 250_000
    states = np.random.default_rng(n).integers(0, 2, (2, network.size))
    (after,) = session(model).run(None, {"state": states.astype(np.float32)})
    assert np.array_equal(after, forward(network, states))


def test_networks_with_restoring_layers() -> None:
    network = build_network(8, 40, construction="paper", clean=("read", "state"))
    runner = session(step_model(network))
    states = np.random.default_rng(1).integers(0, 2, (5, network.size))
    (after,) = runner.run(None, {"state": states.astype(np.float32)})
    assert np.array_equal(after, forward(network, states))


def test_double_precision_where_the_certificate_asks_for_it() -> None:
    network = Network((csr_layer(np.array([[30_000_000]]), np.array([-29_999_999])),))
    runner = session(step_model(network))
    assert runner.get_inputs()[0].type == "tensor(double)"
    (after,) = runner.run(None, {"state": np.array([[1.0], [0.0]])})
    assert after.tolist() == [[1], [0]]


def test_networks_that_are_not_exact_are_refused() -> None:
    network = random_network(3, largest=60_000)
    with pytest.raises(ValueError, match=r"certificate|float64"):
        step_model(network)


def test_models_are_small() -> None:
    """832,000 weights, none of them dense."""
    network = build_network(16, 1024)
    image = Image((0, 0, 3), 16, 1024)
    for model in (step_model(network), loop_model(network, image, {})):
        assert model.ByteSize() < 1_000_000
        assert model.opset_import[0].version == 18
        operators = {node.op_type for graph in graphs(model.graph) for node in graph.node}
        assert not operators & {"MatMul", "Gemm", "If", "ScatterElements"}


def test_the_executor() -> None:
    w, n = 8, 40
    engine = OnnxExecutor(build_network(w, n))
    image = Image((9, 255, 3, 10, 255, 6, 255, 255, 9, 72, 105), w, n)
    engine.restore(image.start())
    engine.feed([7], end=True)
    engine.run(3)
    assert engine.drain().tolist() == [72, 105, 7]


PROGRAM = """
fn main(xs: int[2][3], flags: bool[2], n: int, steps: bool) -> int {
    var c = getc();
    while c >= 0 { putc(c + 1); c = getc(); }
    xs[1][2] = xs[0][0] - n;
    flags[0] = steps;
    if n == 7 { halt(); }
    assert(n < 9, "too large");
    return xs[1][2];
}
"""
GIVEN: dict[str, object] = {"xs": [[5, -6, 7], [8, 9, -10]], "flags": [False, True]}


@pytest.fixture(scope="module")
def program() -> Program:
    return mlpl.compile(PROGRAM, word_bits=12, level="Os")


@pytest.fixture(scope="module")
def model(program: Program) -> onnx.ModelProto:
    return loop_model(program.network, program.image, {})


@pytest.mark.parametrize(("n", "steps"), [(3, True), (-2048, False), (7, True), (9, True)])
def test_a_program_runs_to_its_halt(program: Program, model, n: int, steps: bool) -> None:
    found = run_program(session(model), GIVEN | {"n": n, "steps_": steps}, b"HAL")
    want = program.run(*GIVEN.values(), n, steps, input=b"HAL", engine="machine")
    assert found["output"].tobytes() == want.output == b"IBM"
    assert (int(found["steps"]), int(found["halt"])) == (want.steps, want.halt)
    assert found["xs.after"].tolist() == want.arrays["xs"]
    assert found["flags.after"].tolist() == want.arrays["flags"]
    assert bool(found["returned"]) == (want.value is not None)
    if want.value is not None:
        assert int(found["result"]) == want.value
    layout = program.network.layout
    assert layout is not None and want.state is not None
    assert np.array_equal(found["state"], layout.encode(want.state))


def test_nothing_is_looked_up_by_what_was_computed(model) -> None:
    assert computed_indices(model) == []
    assert [node.op_type for node in model.graph.node].count("Loop") == 1
    types = {value.name: value.type.tensor_type.elem_type for value in model.graph.input}
    assert types["xs"] == types["max_steps"] == onnx.TensorProto.INT64
    assert types["flags"] == onnx.TensorProto.BOOL
    assert types["input"] == onnx.TensorProto.UINT8
    shape = model.graph.input[0].type.tensor_type.shape.dim
    assert [extent.dim_value for extent in shape] == [2, 3]


def test_a_limit_stops_the_run(program: Program, model) -> None:
    """At any step, with the state that the machine has there, probes not counted."""
    runner = session(model)
    layout = program.network.layout
    assert layout is not None
    whole = program.run(*GIVEN.values(), 3, True, input=b"HAL", engine="machine").steps
    for limit in (0, 1, 2, 3, 17, *range(whole - 12, whole)):
        found = run_program(runner, GIVEN | {"n": 3, "steps_": True}, b"HAL", limit)
        arguments = (*GIVEN.values(), 3, True)
        want = program.run(*arguments, input=b"HAL", engine="machine", max_steps=limit)
        assert (int(found["steps"]), int(found["halt"])) == (want.steps, 0)
        assert found["output"].tobytes() == want.output
        assert want.state is not None
        assert np.array_equal(found["state"], layout.encode(want.state))


@pytest.mark.parametrize("mode", ["standard", "accumulate"])
def test_images_made_elsewhere(mode: str) -> None:
    words = (20, 20, 3, 255, 20, 6, 20, 255, 9, 255, 21, 12, 21, 255, 255, 0, 0, 255)
    program = Program.from_image(Image(words, 8, 40, mode), Source("x.dec", ""), "paper")
    found = run_program(session(loop_model(program.network, program.image, {})), {}, b"\x05", 60)
    want = program.run(input=b"\x05", engine="machine", max_steps=60)
    assert found["output"].tobytes() == want.output
    assert (int(found["steps"]), int(found["halt"])) == (want.steps, want.halt or 0)
    assert "result" not in found


def test_baked_programs() -> None:
    baked = mlpl.compile(PROGRAM, word_bits=12, level="Os").bake()
    model = loop_model(baked.network, baked.image, {})
    assert computed_indices(model) == []
    found = run_program(session(model), GIVEN | {"n": 3, "steps_": True}, b"HAL")
    assert int(found["result"]) == 2
    assert found["output"].tobytes() == b"IBM"


def test_arguments_are_taken_modulo_the_word(model) -> None:
    found = run_program(session(model), GIVEN | {"n": 3 + (1 << 12), "steps_": True})
    assert int(found["result"]) == 2


@pytest.mark.parametrize("name", ["n", "max_steps"])
def test_lists_are_no_numbers(model, name: str) -> None:
    """ONNX Runtime does not check the shape of scalars; the words behind would move."""
    given = GIVEN | {"n": 3, "steps_": True}
    limit: Any = 1_000_000
    runner = session(model)
    for count in (1, 2):
        wrong = given | {"n": [3] * count} if name == "n" else given
        limit = [1_000_000] * count if name == "max_steps" else limit
        if count == 1:
            assert int(run_program(runner, wrong, limit=limit)["result"]) == 2
        else:
            with pytest.raises(Exception, match="Reshape"):
                run_program(runner, wrong, limit=limit)


def test_input_of_every_length() -> None:
    """Bytes come one by one, then -1 for ever, and all that was written is there."""
    source = "fn main() { for i in 0..6 { let c = getc(); putc(c); if c < 0 { putc(33); } } }"
    program = mlpl.compile(source, word_bits=12)
    runner = session(loop_model(program.network, program.image, {}))
    for data in (b"", b"\x00", b"\xff\x00\x80", b"abcdef", bytes(300)):
        found = run_program(runner, {}, data)
        want = program.run(input=data, engine="machine")
        assert found["output"].tobytes() == want.output
        assert int(found["steps"]) == want.steps


def test_the_example_needs_no_mlpl(tmp_path: Path) -> None:
    tree = ast.parse(SCRIPT.read_text())
    imported = {
        a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
    }
    assert imported == {"json", "sys", "numpy", "onnxruntime"}
    program = mlpl.compile(PROGRAM, word_bits=12, level="Os")
    program.export_onnx(tmp_path / "x.onnx")

    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-I", str(SCRIPT), "x.onnx", *arguments]
        return subprocess.run(command, cwd=tmp_path, input=b"HAL", capture_output=True)

    assert run("5,-6,7,8,9,-10", "false,true", "3", "true").stdout == b"IBM2\n"
    trapped = run("5,-6,7,8,9,-10", "false,true", "9", "true")
    assert trapped.returncode == 1
    assert trapped.stderr == b"halted by <text>:8:5: assertion-failed\n"
    assert b"xs:tensor(int64)[2, 3]" in run().stderr
    assert b"4 arguments are needed, not 1" in run("1").stderr
    assert b"invalid literal" in run("5,-6,7,8,9,x", "false,true", "3", "true").stderr
    assert b"cannot reshape" in run("5,-6", "false,true", "3", "true").stderr


def test_the_example_writes_bytes_and_bools(tmp_path: Path) -> None:
    source = "fn main(b: bool) -> bool { putc(255); putc(0); return !b; }"
    program = mlpl.compile(source, word_bits=12)
    program.export_onnx(tmp_path / "x.onnx")
    program.export_onnx(tmp_path / "step.onnx", "step")

    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-I", str(SCRIPT), *arguments]
        return subprocess.run(command, cwd=tmp_path, input=b"", capture_output=True)

    assert run("x.onnx", "true").stdout == b"\xff\0false\n"
    assert b"python examples/run_onnx.py" in run().stderr
    assert b"makes a single pass" in run("step.onnx").stderr
    assert run("none.onnx").stderr.startswith(b"none.onnx: ")


def test_the_command_line(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("twice.mlpl").write_text("fn main(n: int) -> int { return n + n; }")
    run = Shell().run
    assert run("mlpl build twice.mlpl -o twice.onnx") == ""
    assert int(run_program(session(Path("twice.onnx")), {"n": 21})["result"]) == 42
    assert run("mlpl build twice.mlpl -o step.onnx --onnx-form step --bake") == ""
    assert [value.name for value in session(Path("step.onnx")).get_inputs()] == ["state"]
    assert run("mlpl run twice.mlpl 21 --engine onnx") == "42\n"
    assert "cannot be read back" in run("mlpl run twice.onnx 21")
    assert "is for files in .onnx" in run("mlpl build twice.mlpl --onnx-form step")
    assert "is no text" in run("mlpl build twice.mlpl -o x.onnx --emit image")


def test_what_cannot_be_exported(monkeypatch, tmp_path: Path, program: Program) -> None:
    with pytest.raises(UsageError, match="did you mean `step`"):
        program.export_onnx(tmp_path / "x.onnx", form="steps")
    monkeypatch.delitem(sys.modules, "mlpl.onnx_files", raising=False)
    for name in list(sys.modules):
        if name.startswith("mlpl.backend.mlp.formats.onnx"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UsageError, match="`onnx` is not installed"):
        program.export_onnx(tmp_path / "x.onnx")


def test_views() -> None:
    """Of a layer of 60 neurons, each at its place."""
    from mlpl.backend.mlp.formats.onnx_graph import Graph, tensor

    layer = np.arange(120, dtype=np.float32).reshape(2, 60)
    cases = [
        View(3, (4, 5), (10, 1)),
        View(3, (5, 4), (1, 10)),
        View(0, (3, 2, 5), (20, 10, 2)),
        View(7, (4, 3), (0, 5)),
        View(7, (4,), (0,)),
        View(2, (3, 3, 3), (1, 18, 4)),
    ]
    for view in cases:
        places = np.full((), view.base)
        for stride, extent in zip(view.strides, view.extents, strict=True):
            places = places[..., None] + stride * np.arange(extent)
        assert regular(places) == view and fits(view, 60)
        graph = Graph()
        graph.name(add_view(graph, "layer", view), "view")
        shape = [2, *view.shape]
        inputs, outputs = (
            [tensor("layer", np.float32, [2, 60])],
            [tensor("view", np.float32, shape)],
        )
        (found,) = session(graph.model("view", inputs, outputs, {})).run(None, {"layer": layer})
        assert np.array_equal(np.broadcast_to(found, (2, *view.extents)), layer[:, places])
    assert not fits(View(0, (2, 4), (3, 1)), 60)
    assert not fits(View(55, (2, 4), (4, 1)), 60)
    assert regular(np.array([3, 5, 6])) is None
