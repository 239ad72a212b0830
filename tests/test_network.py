"""What a network says of itself: names, sizes, magnitudes, the cost before building."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.analysis.cost import estimate
from mlpl.backend.mlp.build import build_network
from mlpl.backend.mlp.forward import pre_activations
from mlpl.backend.mlp.network import Network, csr_layer
from mlpl.backend.subleq.state import MODES, State
from tests.machine_rules import SIZES, coincidences, random_states
from tests.network_cases import machine_network, random_network


@pytest.mark.parametrize(("w", "n"), [(4, 5), (8, 33), (16, 40), (32, 24)], ids=str)
def test_every_neuron_has_a_name_of_its_own(w: int, n: int):
    network = machine_network(w, n, MODES[0])
    sizes = [network.size, *(layer.size for layer in network.layers)]
    names = [network.name(k, i) for k, size in enumerate(sizes) for i in range(size)]
    assert len(set(names)) == len(names) == network.size + network.neurons


def test_names_tell_part_role_and_indices():
    network = machine_network(16, 40, MODES[0])
    assert network.name(0, 16 * 12 + 3) == "memory[cell 12, bit 3]"
    assert network.name(0, network.size - 1) == "valid"
    gates = {network.name(9, i) for i in range(network.layers[8].size)}
    assert "memory.carry[layer 9, cell 12, bit 3]" in gates
    everywhere = {
        network.name(k, i) for k, layer in enumerate(network.layers, 1) for i in range(layer.size)
    }
    assert {"read_a.gate[cell 12, bit 3]", "branch.taken", "fetch_b.bit[bit 15]"} <= everywhere


@pytest.mark.parametrize("where", [(-1, 0), (99, 0), (0, 10**6), (3, -1)])
def test_other_neurons_have_no_name(where: tuple[int, int]):
    with pytest.raises(IndexError):
        machine_network(4, 5, MODES[0]).name(*where)


def test_what_is_printed_is_a_line():
    network = machine_network(16, 40, MODES[0])
    sizes = f"{network.neurons:,} neurons, {network.nonzeros:,} non-zeros"
    assert repr(network) == f"<Network lean 40 cells x 16 bits: {network.depth} layers, {sizes}>"
    assert repr(Network(network.layers)) == f"<Network {network.depth} layers, {sizes}>"


def test_networks_without_names_number_their_neurons():
    network = random_network(0)
    assert network.name(1, 0) == "layer 1[neuron 0]"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("w", "n"), (*SIZES, (22, 50), (27, 20), (32, 70)), ids=str)
def test_lean_stays_within_127(w: int, n: int, mode: str):
    """Weights, biases, pre-activations, and partial sums in any order, on many states."""
    network = machine_network(w, n, mode)
    layout = network.layout
    assert layout is not None
    states = [*random_states(2, w, n, 80), *list(coincidences(w, n))[::11]]
    values = np.array([layout.encode(state) for state in states]).T
    for layer in network.layers:
        assert layer.data.dtype == layer.bias.dtype == np.int8
        for sign in (1, -1):
            part = replace(
                layer,
                data=np.maximum(sign * layer.data.astype(np.int32), 0),
                bias=np.maximum(sign * layer.bias.astype(np.int32), 0),
            )
            assert pre_activations(part, values).max() <= 127
        values = np.maximum(pre_activations(layer, values), 0)
        assert values.min() >= 0


def test_sums_are_never_negative():
    """A neuron of kind `sum` or `carry` repeats its pre-activation."""
    network = machine_network(8, 33, MODES[0])
    layout = network.layout
    assert layout is not None
    values = np.array([layout.encode(state) for state in random_states(3, 8, 33, 300)]).T
    for layer in network.layers:
        raw = pre_activations(layer, values)
        for group in layer.groups:
            if group.kind is not Kind.GATE:
                assert raw[group.start : group.start + group.size].min() >= 0, group.name
        values = np.maximum(raw, 0)


@pytest.mark.parametrize(("w", "n"), SIZES, ids=str)
def test_the_number_of_layers_is_exact(w: int, n: int):
    assert estimate(w, n).layers == machine_network(w, n, MODES[0]).depth


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 8), "words have 4 to 32 bits"),
        ((33, 8), "words have 4 to 32 bits"),
        ((8, 3), "4 to 256 cells"),
        ((8, 257), "4 to 256 cells"),
        ((8, 16, "other"), "mode"),
        ((8, 16, "standard", "other"), "construction"),
        ((32, 1 << 30), "GB of memory"),
    ],
)
def test_impossible_networks_are_refused_at_once(arguments, message: str):
    with pytest.raises(ValueError, match=message):
        build_network(*arguments)


def test_states_survive_encoding():
    network = machine_network(13, 50, MODES[0])
    layout = network.layout
    assert layout is not None
    for state in random_states(5, 13, 50, 50):
        vector = layout.encode(state)
        assert vector.max() <= 1
        assert vector.min() >= 0
        assert layout.decode(vector) == state


def test_the_state_is_memory_and_then_registers():
    layout = machine_network(4, 5, MODES[0]).layout
    assert layout is not None
    state = State(np.array([1, 0, 0, 0, 8]), pc=2, input=4, taken=True, output=9, valid=False)
    want = "1000 0000 0000 0000 0001 0100 0010 1 1001 0".replace(" ", "")
    assert "".join(map(str, layout.encode(state))) == want
    assert layout.halt == 5 * 4 + 3


def test_damaged_networks_are_refused():
    network = random_network(5)
    layer = network.layers[-1]
    with pytest.raises(ValueError, match="at least one layer"):
        Network(())
    with pytest.raises(ValueError, match="reads"):
        Network((csr_layer(np.ones((2, 3), dtype=np.int64), np.zeros(2)),))
    for damage, message in (
        ({"indices": layer.indices + 1000}, "out of range"),
        ({"data": layer.data * 0}, "weight is 0"),
        ({"indptr": layer.indptr[:-1]}, "delimit"),
        ({"indices": layer.indices[:-1]}, "one entry"),
    ):
        with pytest.raises(ValueError, match=message):
            Network((*network.layers[:-1], replace(layer, **damage)))
    with pytest.raises(ValueError, match="32 bits"):
        csr_layer(np.array([[1 << 40]]), np.zeros(1))


def test_building_is_deterministic():
    one, two = build_network(8, 33), build_network(8, 33)
    for a, b in zip(one.layers, two.layers, strict=True):
        for name in ("indptr", "indices", "data", "bias"):
            assert np.array_equal(getattr(a, name), getattr(b, name))
