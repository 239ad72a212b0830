"""Batches on a Ray cluster of this machine give what threads give, in the same order."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster

import mlpl
from mlpl import Program
from mlpl.result import Result

DIVIDE = """fn main(a: int, b: int) -> int {
    let c = getc();
    if c >= 0 { putc(c); }
    return a / b;
}
"""
ROWS = [{"args": (1000 + 7 * i, i % 50), "input": bytes([i % 256])} for i in range(1000)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Gives the address of a cluster of two nodes."""
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    made.add_node(num_cpus=1)
    yield made.address
    made.shutdown()


@pytest.fixture(scope="module")
def program() -> Program:
    return mlpl.compile(DIVIDE)


def told(result: Result) -> tuple[object, ...]:
    trap = None if result.trap is None else (result.trap.kind, result.trap.location)
    return result.value, result.output, result.steps, result.passes, result.halt, trap


@pytest.mark.parametrize("engine", ["network", "machine"])
def test_two_nodes_give_what_threads_give(program: Program, cluster: str, engine: str) -> None:
    found = program.run_batch(ROWS, cluster=cluster, engine=engine, states=engine == "machine")
    expected = program.run_batch(ROWS, engine=engine, states=engine == "machine")
    assert list(map(told, found)) == list(map(told, expected))
    assert sum(result.trap is not None for result in found) == 20
    assert [r.memory for r in found] == [r.memory for r in expected]


def test_baked_and_saved_programs(program: Program, cluster: str, tmp_path: Path) -> None:
    path = tmp_path / "divide.safetensors"
    program.bake().save(path)
    expected = list(map(told, program.run_batch(ROWS[:300])))
    for other in (program.bake(), Program.load(path)):
        assert list(map(told, other.run_batch(ROWS[:300], cluster=cluster))) == expected


def test_an_iterator_and_a_row_that_cannot_be_drawn(program: Program, cluster: str) -> None:
    rows = iter([*ROWS[:3], {"args": (1,)}, *ROWS[:3]])
    results = program.run_batch(rows, cluster=cluster)
    assert [next(results).steps for _ in range(3)]
    with pytest.raises(mlpl.UsageError, match=r"row 3: .*takes 2 arguments"):
        next(results)


def test_limits_are_of_each_row(cluster: str) -> None:
    text = "fn main(n: int) -> int { var i = 0; while i < n { i += 1; } return i; }"
    found = mlpl.compile(text).run_batch([3, 10_000, 4], cluster=cluster, max_steps=1000)
    assert [(r.value, r.finished) for r in found] == [(3, True), (None, False), (4, True)]


def test_a_network_that_does_not_fit(cluster: str) -> None:
    large = mlpl.compile(DIVIDE, word_bits=32, memory=1 << 26)
    with pytest.raises(mlpl.CompileError, match="cells of 32 bits needs about"):
        large.run_batch(ROWS[:2], cluster=cluster)


def test_an_interrupted_batch_goes_on(tmp_path: Path) -> None:
    source, rows, results = (tmp_path / name for name in ("p.mlpl", "rows", "results"))
    source.write_text("fn main(n: int) -> int { var i = 0; while i < n { i += 1; } return i; }")
    lines = [json.dumps([7000 + i % 90]) for i in range(3000)]
    lines[40] = "{"
    rows.write_text("\n".join(lines) + "\n")
    words = [sys.executable, "-m", "mlpl", "run", str(source), "--batch", str(rows)]
    words += ["-o", str(results), "--cluster", "local"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE)
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        if results.exists() and results.read_bytes().count(b"\n") > 300:
            process.send_signal(signal.SIGINT)
            break
        time.sleep(0.05)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and b"interrupted after" in said
    begun = results.read_bytes()
    assert 300 < begun.count(b"\n") < 3000 and begun.endswith(b"\n")
    assert subprocess.run(words, check=False, timeout=300).returncode == 2, "a malformed row"
    whole = results.read_bytes()
    assert whole.startswith(begun) and whole.count(b"\n") == 3000
    found = [json.loads(line) for line in whole.splitlines()]
    assert [line["line"] for line in found] == list(range(1, 3001))
    assert "error" in found[40] and found[41]["value"] == 7041


def test_no_cluster_answers(program: Program) -> None:
    with pytest.raises(mlpl.UsageError, match=r"no Ray cluster answers at `127\.0\.0\.1:1`"):
        program.run_batch(ROWS, cluster="127.0.0.1:1")
