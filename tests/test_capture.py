"""Runs recorded step by step: states, activations and variables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

import mlpl
from mlpl.backend.mlp.forward import forward

TEXT = """var seen: int[3];
fn main(n: int) -> int {
    var total = 0;
    for i in 0..n { total -= i; seen[i % 3] = total; }
    let c = getc();
    putc(c);
    return total;
}
"""
PROGRAM = mlpl.compile(TEXT, word_bits=13)


def test_layers_are_those_of_the_passes() -> None:
    network = PROGRAM.network
    last = network.depth
    seen = PROGRAM.trace(4, input=b"x", steps=10_000, layers=(0, 3, last))
    ran = PROGRAM.run(4, input=b"x")
    assert len(seen.steps) == ran.steps and seen.steps[0] == 1
    assert np.array_equal(forward(network, seen.layers[0]), seen.layers[last])
    assert ran.state is not None and network.layout is not None
    assert np.array_equal(seen.layers[last][-1], network.layout.encode(ran.state))
    assert seen.layers[3].shape == (ran.steps, network.layers[2].size)
    assert seen.names(3)[0] == network.name(3, 0)


def test_neurons_and_variables() -> None:
    network = PROGRAM.network
    whole = PROGRAM.trace(4, input=b"x", steps=10_000, layers=(2,), variables=["seen"])
    name = network.name(2, 5)
    one = PROGRAM.trace(4, input=b"x", steps=10_000, neurons=[name, (2, 5)])
    assert list(one.neurons) == [name]
    assert np.array_equal(one.neurons[name], whole.layers[2][:, 5])
    assert whole.variables["seen"].shape == (len(whole.steps), 3)
    assert whole.variables["seen"][-1].tolist() == [-6, -1, -3]


def test_a_part_of_a_run() -> None:
    whole = PROGRAM.trace(4, steps=10_000, layers=(0,))
    part = PROGRAM.trace(4, steps=7, start=20, layers=(0,))
    assert part.steps.tolist() == list(range(21, 28))
    assert np.array_equal(part.layers[0], whole.layers[0][20:27])
    assert np.array_equal(part.pc, whole.pc[20:27])
    late = PROGRAM.trace(4, start=100_000, layers=(0,), variables=["seen"])
    assert len(late.steps) == 0 and late.layers[0].shape[0] == 0


def test_files(tmp_path: Path) -> None:
    name = PROGRAM.network.name(2, 5)
    seen = PROGRAM.trace(3, steps=50, layers=(1,), neurons=[name], variables=["seen"])
    seen.save(tmp_path / "t.npz")
    with np.load(tmp_path / "t.npz", allow_pickle=False) as data:
        assert np.array_equal(data["layer_1"], seen.layers[1])
        assert data["neurons.names"].tolist() == [name]
        assert np.array_equal(data["variable.seen"], seen.variables["seen"])
    small = PROGRAM.trace(3, steps=50, neurons=[name], variables=["seen"])
    small.save(tmp_path / "t.parquet")
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table.column_names == ["step", "pc", name, "seen[0]", "seen[1]", "seen[2]"]
    assert table[name].to_pylist() == small.neurons[name].tolist()
    with pytest.raises(mlpl.UsageError, match="npz"):
        seen.save(tmp_path / "t.csv")


def test_labelled_arrays() -> None:
    name = PROGRAM.network.name(2, 5)
    seen = PROGRAM.trace(3, steps=50, layers=(1,), neurons=[name], variables=["seen"])
    data = seen.to_xarray()
    assert data["layer_1"].dims == ("step", "neuron_1")
    assert data["activation"].sel(neuron=name).values.tolist() == seen.neurons[name].tolist()
    assert data["seen"].sel(step=50).shape == (3,)


def test_a_lone_name_is_one_of_one() -> None:
    seen = PROGRAM.trace(3, layers=2, neurons="branch.taken", variables="total")
    assert (list(seen.layers), list(seen.neurons)) == ([2], ["branch.taken"])
    assert seen.variables["main.total"].min() == -3


def test_parts_of_arrays_and_structs() -> None:
    text = """struct Point { x: int, y: int }
fn main(n: int) -> int {
    var p: Point;
    var grid: int[2][3];
    for i in 0..n { p.x += 1; p.y -= i; grid[i % 2][i % 3] = i; }
    return p.x + p.y + grid[n % 2][n % 3];
}
"""
    program = mlpl.compile(text, level="O0", word_bits=13)
    names = ["main.p", "p[1]", "grid[1]", "grid[1][2]"]
    seen = program.trace(7, steps=10_000, variables=names).variables
    assert seen["main.p"][-1].tolist() == [7, -21]
    assert np.array_equal(seen["main.p[1]"], seen["main.p"][:, 1])
    with pytest.raises(mlpl.UsageError, match=r"`main.p\[0\]` is the first cell"):
        program.trace(7, variables="main.p.x")
    assert seen["main.grid[1]"].shape[1] == 3
    assert np.array_equal(seen["main.grid[1]"][:, 2], seen["main.grid[1][2]"])
    with pytest.raises(mlpl.UsageError, match="has no index 2"):
        program.trace(7, variables="grid[2]")
    with pytest.raises(mlpl.UsageError, match="of type `int` has no"):
        program.trace(7, variables="n[0]")


def test_variables_that_are_called_like_other_labels(tmp_path: Path) -> None:
    text = """var step = 5;
var pc: int[2];
fn main(n: int) -> int { for i in 0..n { step += i; pc[i % 2] = step; } return step + pc[n % 2]; }
"""
    seen = mlpl.compile(text).trace(4, variables=["step", "pc"], neurons="branch.taken")
    data = seen.to_xarray()
    assert data["step"].values.tolist() == seen.steps.tolist()
    assert data["pc"].values.tolist() == seen.pc.tolist()
    assert data["variable.step"].values[-1] == 11 and data["variable.pc"].shape[1] == 2
    seen.save(tmp_path / "t.parquet")
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table["step"].to_pylist() == seen.steps.tolist()
    assert table["variable.step"].to_pylist()[-1] == 11


def test_a_variable_in_several_cells() -> None:
    seen = PROGRAM.trace(4, variables=["main.n"]).variables
    places = [v.address for v in PROGRAM.image.facts.variables if v.name == "main.n"]
    assert list(seen) == ["main.n", *(f"main.n@{place}" for place in places[:-1])]
    assert seen[f"main.n@{places[0]}"].tolist()[0] == 4


def test_memory_does_not_grow_with_what_is_not_captured() -> None:
    """States of 4,096 cells that are let go of: kept, they would take 131 MB."""
    import tracemalloc

    program = mlpl.compile(TEXT, memory=4096)
    assert program.network.depth
    tracemalloc.start()
    seen = program.trace(200, steps=4_000, variables="total")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(seen.steps) == 4_000 and peak < 20_000_000


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"layers": (99,)}, "no layer 99 in a network of"),
        ({"layers": ["1"]}, "no layer 1 in"),
        ({"neurons": ["x.y"]}, "is called `x.y`"),
        ({"neurons": [(1, -1)]}, "no neuron -1 in layer 1 of"),
        ({"neurons": [(99, 0)]}, "no layer 99"),
        ({"neurons": [3]}, "a layer and an index, not 3"),
        ({"variables": ["y"]}, "no variable `y` in memory; there are `main.n`"),
        ({"variables": ["main.totl"]}, "did you mean `main.total`"),
        ({"steps": -1}, "at least 0 steps"),
    ],
    ids=str,
)
def test_what_cannot_be_recorded(wanted: dict[str, object], message: str) -> None:
    with pytest.raises(mlpl.UsageError, match=message):
        PROGRAM.trace(3, **wanted)  # type: ignore[arg-type]
