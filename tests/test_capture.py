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


@pytest.mark.parametrize(
    "wanted",
    [{"layers": (99,)}, {"neurons": ["x.y"]}, {"neurons": [(1, -1)]}, {"variables": ["y"]},
     {"steps": -1}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_recorded(wanted: dict[str, object]) -> None:
    with pytest.raises(mlpl.UsageError):
        PROGRAM.trace(3, **wanted)  # type: ignore[arg-type]
