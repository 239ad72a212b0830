"""From neurons to roles, instructions, lines and variables, and back."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

import mlpl
from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.build import CONSTRUCTIONS
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.provenance import roles
from mlpl.backend.mlp.provenance.explain import explain
from mlpl.backend.mlp.provenance.naming import NeuronId, groups, taken_apart
from mlpl.backend.mlp.provenance.ties import Tie, ties
from mlpl.backend.subleq.analysis import with_facts
from mlpl.backend.subleq.engine import Stop
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.state import State
from mlpl.base.source import Source
from mlpl.program import Program
from tests.network_cases import machine_network, random_network

SUM = """fn main(n: int) -> int {
    var total = 0;
    for i in 0..n {
        total += i;
    }
    return total;
}
"""
WALK = """var seen: int[4];
fn main(n: int) -> int {
    for i in 0..4 { seen[i] = n - i; }
    print(seen[n & 3]);
    return seen[0];
}
"""
CALLS = """fn depth(n: int) -> int {
    if n <= 0 { return 0; }
    return depth(n - 1) + depth(n / 2);
}
fn main(n: int) -> int { return depth(n); }
"""
TEXTS = {"sum": SUM, "walk": WALK, "calls": CALLS}
STRIDE = 97
"""Of the neurons that are asked for one by one; the long form asks for each."""


@functools.cache
def program(name: str) -> Program:
    return mlpl.compile(TEXTS[name], word_bits=13)


@pytest.mark.parametrize("name", TEXTS)
def test_both_directions_agree(name: str) -> None:
    check_both_directions(program(name), STRIDE)


def check_both_directions(made: Program, stride: int) -> None:
    """Asserts that `explain` of every `stride`-th neuron says what `neurons_of` says."""
    facts, network = made.image.facts, made.network
    sizes = [network.size, *(layer.size for layer in network.layers)]
    lines = sorted({at.line for at in facts.lines.values() if at.path == "<text>"})
    of_line = {line: set(made.neurons_of(line=line)) for line in lines}
    names = sorted({v.name for v in facts.variables})
    of_variable = {v: set(made.neurons_of(variable=v)) for v in names}
    of_instruction = {a: set(made.neurons_of(instruction=a)) for a in facts.code}
    for layer, size in enumerate(sizes):
        for index in range(layer % stride, size, stride):
            origin, neuron = made.explain(layer, index), NeuronId(layer, index)
            found = {at.line for at in origin.lines if at.path == "<text>"}
            assert found == {line for line in lines if neuron in of_line[line]}
            variables = {v.name for v in origin.variables}
            assert variables == {v for v in names if neuron in of_variable[v]}
            using = {a for a in facts.code if neuron in of_instruction[a]}
            assert set(origin.instructions) == using


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_every_block_is_described(construction: str) -> None:
    network = machine_network(16, 40, "standard", construction)
    for _, group in groups(network):
        name = taken_apart(group.label(group.start))
        assert name.part in roles.PARTS
        assert roles.role_text(name.role)
        if name.part not in ("subtract", "next"):
            assert roles.role_text(name.role) != roles._STEP, group.name


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_neurons_are_found_by_their_names(construction: str) -> None:
    network = machine_network(8, 24, "standard", construction)
    for layer, group in groups(network):
        for index in {group.start, group.start + group.size // 2, group.start + group.size - 1}:
            assert network.find(network.name(layer, index)) == (layer, index)


@pytest.mark.parametrize(
    "name", ["", "nothing", "fetch.line[cell 99]", "fetch.line[cell x]", "a[b"]
)
def test_names_that_no_neuron_has(name: str) -> None:
    with pytest.raises(ValueError, match="neuron"):
        machine_network(8, 24).find(name)


def test_weights_of_a_neuron() -> None:
    network = machine_network(8, 24)
    for layer in range(1, network.depth + 1):
        size = network.layers[layer - 1].size
        for index in {0, size // 2, size - 1}:
            neuron = explain(network, layer, index)
            for weight in neuron.inputs:
                there = explain(network, weight.neuron.layer, weight.neuron.place)
                back = [w for w in there.outputs if w.neuron == (layer, index)]
                assert [w.weight for w in back] == [weight.weight]
                assert there.name == weight.name


def test_networks_without_names() -> None:
    network = random_network(1)
    neuron = network.explain(network.depth, 0)
    assert (neuron.part, neuron.role) == ("", "")
    assert "layer" in str(neuron)


def test_ties_are_what_names_say() -> None:
    network = machine_network(8, 24)
    for layer in range(network.depth + 1):
        kinds, cells = ties(network, layer)
        for index in range(0, len(kinds), 5):
            name = taken_apart(network.name(layer, index))
            assert cells[index] == (name.coordinates.get("cell", -1))
            assert (kinds[index] == Tie.SHARED) == ("cell" not in name.coordinates)


def without(network: Network, name: str) -> Network:
    """The network with a neuron that is always 0: no weight leads to it, and its bias is 0."""
    layer, index = network.find(name)
    here = network.layers[layer - 1]
    rows = np.repeat(np.arange(here.size), np.diff(here.indptr))
    keep = rows != index
    bias = here.bias.copy()
    bias[index] = 0
    lengths = np.diff(here.indptr) * (np.arange(here.size) != index)
    changed = replace(
        here,
        indptr=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        indices=here.indices[keep],
        data=here.data[keep],
        bias=bias,
    )
    layers = list(network.layers)
    layers[layer - 1] = changed
    return replace(network, layers=tuple(layers))


def step(network: Network, memory: list[int], pc: int) -> State:
    engine = EventExecutor(network)
    engine.restore(State(np.array(memory), pc))
    assert engine.run(1) in (Stop.LIMIT, Stop.HALTED)
    return engine.state()


MEMORY = [20, 21, 3, 20, 22, 6, 21, 23, 9, *([0] * 11), 5, 7, 9, 11]
"""Three subtractions: of cell 20 from 21, of 20 from 22, of 21 from 23."""


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("fetch.line[cell 3]", {3}),
        ("read_a.line[cell 20]", {0, 3}),
        ("read_b.line[cell 22]", {3}),
        ("write.line[cell 23]", {6}),
        ("write.line[cell 2]", set()),
    ],
)
def test_without_a_neuron_exactly_its_steps_are_other_ones(name: str, changed: set[int]) -> None:
    whole = machine_network(8, 24)
    cut = without(whole, name)
    for pc in (0, 3, 6):
        same = step(whole, MEMORY, pc) == step(cut, MEMORY, pc)
        assert same == (pc not in changed)


@pytest.mark.parametrize(
    ("construction", "block", "in_own_step"),
    [
        *[(construction, "write.kept", 4) for construction in CONSTRUCTIONS],
        ("paper", "write.bit", 4 - 4),
    ],
)
def test_without_what_keeps_a_bit_it_is_lost_in_steps_of_others(
    construction: str, block: str, in_own_step: int
) -> None:
    """The third instruction makes 11 - 7 of cell 23, of which a bit is lost by the sum alone."""
    network = machine_network(8, 24, construction=construction)
    bits = {pc: f"{block}[cell 23, bit {bit}]" for pc, bit in ((0, 3), (3, 3), (6, 2))}
    after = [int(step(without(network, bits[pc]), MEMORY, pc).memory[23]) for pc in bits]
    assert after == [11 - 8, 11 - 8, in_own_step]
    layer, index = network.find(bits[0])
    kinds, cells = ties(network, layer)
    assert (kinds[index], cells[index]) == (Tie.MEMORY, 23)


def test_without_its_write_line_a_cell_keeps_its_word() -> None:
    cut = without(machine_network(8, 24), "write.line[cell 23]")
    assert step(cut, MEMORY, 6).memory[23] == 11


def test_variables_have_the_names_of_the_source() -> None:
    """Whatever function a copy of their code stands in."""
    text = """
fn sum(xs: int[3]) -> int { var total = 0; for x in xs { total += x; } return total; }
fn main(n: int) -> int { var ys: int[3]; ys[n % 3] = n; return sum(ys); }
"""
    for level in ("O0", "O1", "O2", "Os"):
        made = mlpl.compile(text, level=level)
        names = {v.name for v in made.image.facts.variables}
        assert {"main.n", "main.ys", "sum.total"} <= names
        assert not any(name.startswith(".") for name in names)
        assert made.neurons_of(variable="sum.total")


def test_shared_neurons_are_used_by_all() -> None:
    made = program("sum")
    network = made.network
    origin = made.explain(*network.find("branch.taken"))
    assert (origin.tie, origin.cell, origin.instructions) == (Tie.SHARED, None, ())
    assert "used by every instruction" in str(origin)


def test_what_a_line_does() -> None:
    made = program("sum")
    names = {made.network.name(*n) for n in made.neurons_of(line=4)}
    kinds = {taken_apart(name).part for name in names}
    assert {"fetch", "fetch_a", "memory", "read_a", "write"} <= kinds


def test_questions_without_an_answer() -> None:
    made = program("sum")
    for question in ({}, {"line": 1, "cell": 1}, {"line": 77}, {"variable": "main.totl"}):
        with pytest.raises(mlpl.UsageError):
            made.neurons_of(**question)
    with pytest.raises(mlpl.UsageError, match="no cell"):
        made.neurons_of(cell=10_000)
    with pytest.raises(mlpl.UsageError, match="no instruction"):
        made.neurons_of(instruction=1)
    with pytest.raises(mlpl.UsageError, match=r"lines with instructions are 1, 3, 4"):
        made.neurons_of(line=0)
    with pytest.raises(mlpl.UsageError, match=r"come from `<text>`"):
        made.neurons_of(line=3, file="ext>")
    with pytest.raises(mlpl.UsageError, match="give a `line`"):
        made.neurons_of(cell=3, file="<text>")
    with pytest.raises(mlpl.UsageError, match=r"there are \d+, from 0 to"):
        made.neurons_of(instruction=-3)
    with pytest.raises(IndexError, match="no layer 99 in a network of"):
        made.explain(99, 0)
    with pytest.raises(IndexError, match=r"no neuron -1 in a state of"):
        made.explain(0, -1)


def test_variables_by_short_names_and_elements() -> None:
    made = program("walk")
    whole = made.neurons_of(variable="seen")
    parts = [made.neurons_of(variable=f"seen[{i}]") for i in range(4)]
    assert sorted(whole) == sorted(neuron for part in parts for neuron in part)
    loop = program("sum")
    assert loop.neurons_of(variable="total") == loop.neurons_of(variable="main.total")
    with pytest.raises(mlpl.UsageError, match="has no index 4"):
        made.neurons_of(variable="seen[4]")


def test_computed_addresses_lead_into_structs_too() -> None:
    text = """struct Box { xs: int[4], n: int }
fn main(i: int) -> int { var b: Box; b.xs[i] = 7; return b.xs[i / 2] + b.n; }
"""
    made = mlpl.compile(text, word_bits=13)
    box = next(v for v in made.image.facts.variables if v.name == "main.b")
    writers = made.explain(*made.network.find(f"write.line[cell {box.address + 2}]"))
    assert writers.instructions and "main.b" in {v.name for v in writers.variables}


def test_computed_addresses_of_images_made_elsewhere_lead_anywhere() -> None:
    """The instruction at 0 patches A of the one at 3: what that names is not known."""
    image = with_facts(Image((12, 3, 3, 12, 9, 6, 13, 13, 255, 0, 0, 0, 255), 8, 40))
    made = Program.from_image(image, Source("walk.dec", ""))
    assert made.image.facts.patched == {3: None} and made.image.facts.written is not None
    reader = made.explain(*made.network.find("read_a.line[cell 39]"))
    assert reader.instructions == (3,)


def test_baked_networks_keep_the_numbers_of_cells() -> None:
    baked = program("walk").bake()
    network = baked.network
    assert network.layout is not None
    kept = set(network.layout.cells.tolist())
    found = baked.neurons_of(variable="seen")
    entries = [network.name(*n) for n in found if n.layer == 0]
    assert {taken_apart(name).coordinates["cell"] for name in entries} <= kept
    assert network.find(entries[0]).layer == 0


def test_kinds_of_the_state() -> None:
    network = machine_network(8, 24)
    assert {group.kind for layer, group in groups(network) if layer == 0} == {Kind.STATE}
