"""Many runs in threads: the results of single runs, in their order, whatever happens in one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import mlpl
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.executors.wiring import wire
from mlpl.backend.subleq.state import MODES
from tests.machine_rules import random_states
from tests.network_cases import machine_network

DIVIDE = """
fn main(a: int, b: int, c: int[2]) -> int {
    c[1] = c[0] + a;
    print(a);
    while getc() != -1 { putc('.'); }
    return a / b;
}
"""
ENGINES = ("network", "machine", "sparse", "torch", "interpreter")


@pytest.fixture(scope="module")
def program():
    return mlpl.compile(DIVIDE)


def summary(result):
    trap = result.trap and (result.trap.kind, result.trap.values, str(result.trap.location))
    return (result.value, result.output, result.steps, result.halt, trap, dict(result.arrays))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_makes_the_results_of_single_runs(program, engine):
    rows = [
        {"args": (k, k % 4, [k, 0]), "input": b"x" * (k % 5)}
        for k in range(5 if engine in ("sparse", "torch") else 40)
    ]
    results = program.run_batch(rows, engine=engine, threads=3)
    for row, result in zip(rows, results, strict=True):
        single = program.run(*row["args"], input=row["input"], engine=engine)
        assert summary(result) == summary(single)
        assert result.memory == ()
    kinds = [result.trap and result.trap.kind.value for result in results]
    assert kinds[:5] == ["division-by-zero", None, None, None, "division-by-zero"]


def test_rows_side_by_side_come_in_their_order(monkeypatch):
    from mlpl import torch_batch

    monkeypatch.setattr(torch_batch, "_BATCHES", 1)  # a window is a batch of 16
    program = mlpl.compile(
        "fn main(n: int) -> int { var i = 0; while i < n { i += 1; } return i; }"
    )
    lengths = [(7 * k) % 11 for k in range(20)]
    rows = iter([*lengths, 500, {"args": ()}, 3])
    results = program.run_batch(rows, engine="torch", max_steps=60, states=True)
    found = [next(results) for _ in range(21)]
    assert [r.value for r in found] == [*lengths, None]
    assert not found[20].finished and found[20].steps == 60 and len(found[3].memory) > 0
    with pytest.raises(mlpl.UsageError, match=r"row 21: .* takes 1 argument"):
        next(results)


def test_rows_take_every_form():
    program = mlpl.compile("fn main(n: int) -> int { return n + getc(); }")
    rows = [5, (6,), [np.int64(7)], {"args": [8], "input": "b"}, {"arguments": (9,)}]
    assert [r.value for r in program.run_batch(rows)] == [4, 5, 6, 106, 8]
    echo = mlpl.compile("fn main() -> int { return getc(); }")
    assert [r.value for r in echo.run_batch([b"a", bytearray(b"b"), {}, ()])] == [97, 98, -1, -1]
    assert echo.run_batch([]) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((1, 2), "row 1: .* takes 1 argument, 2 given"),
        ("1", "row 1: a run is given its arguments or its input, not `str`"),
        ({"arg": [1]}, "row 1: a run has `args` and `input`, and no 'arg'"),
        ({"args": [1], "input": 5}, "row 1: `input` is bytes or a string, not `int`"),
        ((1.5,), "row 1: `n`: expected an int"),
        (1 << 20, "row 1: .* is outside"),
    ],
)
def test_a_wrong_row_is_named_before_any_runs(row, message):
    program = mlpl.compile("fn main(n: int) -> int { return n; }")
    with pytest.raises(mlpl.UsageError, match=message):
        program.run_batch([(1,), row], progress=lambda done, total: pytest.fail("ran"))
    results = program.run_batch(iter([(1,), row]))
    assert next(results).value == 1
    with pytest.raises(mlpl.UsageError, match=message):
        next(results)


def test_an_iterator_is_drawn_from_as_results_are_taken():
    program = mlpl.compile("fn main(n: int) -> int { return 2 * n; }")
    drawn = itertools.count()
    results = program.run_batch(((next(drawn),) for _ in itertools.count()), threads=2)
    assert [r.value for r in itertools.islice(results, 100)] == list(range(0, 200, 2))
    assert next(drawn) < 150
    results.close()


def test_a_limit_of_steps_is_one_of_each_row():
    program = mlpl.compile("fn main(n: int) { while n != 0 { n -= 1; } }")
    results = program.run_batch([3, -1, 2, -1, 0], max_steps=500, threads=2)
    assert [r.finished for r in results] == [True, False, True, False, True]
    assert [r.steps for r in results if not r.finished] == [500, 500]


def test_endless_rows_end_when_the_iterator_is_closed():
    program = mlpl.compile("fn main(n: int) { while n != 0 { } }")
    results = program.run_batch(iter([0, 1, 1, 1]), threads=2)
    assert next(results).finished
    results.close()


def test_progress_is_told():
    program = mlpl.compile("fn main(n: int) -> int { return n; }")
    told = []
    program.run_batch([1, 2, 3], progress=lambda *x: told.append(x))
    list(program.run_batch(iter([1, 2]), progress=lambda *x: told.append(x)))
    assert told == [(1, 3), (2, 3), (3, 3), (1, None), (2, None)]


def test_states_are_kept_on_request():
    program = mlpl.compile("fn main(n: int) -> int { return n; }")
    (result,) = program.run_batch([7], states=True)
    assert result.memory == program.run(7).memory != ()


@pytest.mark.parametrize("options", [{"threads": 0}, {"max_steps": -1}, {"engine": "netwerk"}])
def test_numbers_out_of_range_are_refused(program, options):
    with pytest.raises(mlpl.UsageError):
        program.run_batch([], **options)


@pytest.mark.parametrize("mode", MODES)
def test_a_restored_executor_is_like_a_new_one(mode):
    """It keeps activations and propagates differences; updates count from the first pass on."""
    network = machine_network(6, 20, mode)
    wiring = wire(network)
    used = EventExecutor(network, wiring)
    for number, state in enumerate(random_states(3, 6, 20, 40)):
        new = EventExecutor(network, wiring)
        for executor in (used, new):
            executor.restore(state)
            executor.feed([number], end=number % 2 == 0)
        for _ in range(number % 7):
            assert used.run(1) is new.run(1)
            assert (used.state(), used.changes()) == (new.state(), new.changes())
        assert (used.steps, used.updates) == (new.steps, new.updates)
