"""`mlpl inspect`: layers, neurons and what they are for."""

from __future__ import annotations

import json
import re

import pytest

from mlpl.backend.mlp.build import build_network
from tests.command import write

SUM = """fn main(n: int) -> int {
    var total = 0;
    for i in 0..n {
        total += i;
    }
    return total;
}
"""


def test_the_whole_network(mlpl) -> None:
    file = write("sum.mlpl", SUM)
    shown = mlpl("inspect", file)
    assert shown.code == 0 and b"layer 1" in shown.out and b"magnitudes" in shown.out
    data = json.loads(mlpl("inspect", file, "--json").out)
    assert len(data["layers"]) == len(data["certificate"]["layers"])
    assert sum(layer["neurons"] for layer in data["layers"]) == data["neurons"]


def test_one_neuron_by_name_and_by_number(mlpl) -> None:
    file = write("sum.mlpl", SUM)
    shown = mlpl("inspect", file, "--neuron", "fetch.line[cell 0]")
    assert b"finding the instruction at pc" in shown.out
    data = json.loads(mlpl("inspect", file, "--neuron", "fetch.line[cell 0]", "--json").out)
    assert (data["tie"], data["cell"], data["instructions"]) == ("fetch", 0, [0])
    again = mlpl("inspect", file, "--neuron", f"{data['layer']}:{data['index']}")
    assert again.out == shown.out


def test_networks_without_a_program(mlpl) -> None:
    build_network(8, 24, construction="paper").save("net.safetensors")
    shown = mlpl("inspect", "net.safetensors")
    assert shown.code == 0 and shown.out.startswith(b"network paper: 24 cells x 8 bits")
    data = json.loads(mlpl("inspect", "net.safetensors", "--json").out)
    assert len(data["layers"]) == 23
    assert (data["machine"]["memory"], data["machine"]["construction"]) == (24, "paper")
    one = mlpl("inspect", "net.safetensors", "--neuron", "fetch_a.bit[bit 0]")
    assert one.code == 0 and b"fetching operand A" in one.out and b"used by" not in one.out
    data = json.loads(mlpl("inspect", "net.safetensors", "--neuron", "1:0", "--json").out)
    assert data["layer"] == 1 and "tie" not in data
    ran = mlpl("inspect", "net.safetensors", "--line", "3")
    assert ran.code == 2 and "without a program" in ran.err and "`--neuron`" in ran.err


def test_lines_of_modules(mlpl) -> None:
    file = write("m.mlpl", "import math;\nfn main(n: int) -> int { return math.gcd(n, 12); }\n")
    known = re.search(r"are (\d+)", mlpl("inspect", file, "--line", "math.mlpl:1").err)
    assert known is not None
    line = known[1]
    assert mlpl("inspect", file, "--line", f"math.mlpl:{line}").code == 0
    assert "come from" in mlpl("inspect", file, "--line", "mat.mlpl:1").err
    assert "is no number" in mlpl("inspect", file, "--line", "math.mlpl:x").err


def test_the_neurons_of_something(mlpl) -> None:
    file = write("sum.mlpl", SUM)
    for option, value in (("--line", "4"), ("--cell", "3"), ("--instruction", "0")):
        found = json.loads(mlpl("inspect", file, option, value, "--json").out)
        text = mlpl("inspect", file, option, value).out.decode().splitlines()
        assert text[0].startswith(f"{len(found):,} neurons")
        assert [line.split(maxsplit=1)[1] for line in text[1:]] == [n["name"] for n in found]


@pytest.mark.parametrize(
    "wrong",
    [("--neuron", "no.such"), ("--neuron", "99:0"), ("--line", "99"), ("--variable", "main.x"),
     ("--line", "4", "--cell", "3")],
    ids=" ".join,
)  # fmt: skip
def test_what_is_not_there(mlpl, wrong: tuple[str, ...]) -> None:
    ran = mlpl("inspect", write("sum.mlpl", SUM), *wrong)
    assert ran.code == 2 and ran.out == b"" and "error" in ran.err
