"""Certificates bound what networks do, and say which format holds it."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from mlpl.backend.mlp.algebra.layering import layered
from mlpl.backend.mlp.algebra.wires import relu, state_wires
from mlpl.backend.mlp.analysis.certificate import FORMATS, Certificate, certify, require_format
from mlpl.backend.mlp.analysis.invariants import INVARIANTS
from mlpl.backend.mlp.build import CONSTRUCTIONS, build_network
from mlpl.backend.mlp.constructions.decoding import decode, digit_widths
from mlpl.backend.mlp.forward import pre_activations
from mlpl.backend.mlp.network import Network, with_certificate
from mlpl.backend.subleq.state import MODES
from tests.machine_rules import coincidences, random_states
from tests.network_cases import altered, machine_network, random_network
from tests.test_baking import random_constants, with_constants


def observed(network: Network, values: np.ndarray) -> list[tuple[int, int, int]]:
    """The largest pre-activation, partial sum and activation of each layer; columns of states."""
    found = []
    for layer in network.layers:
        raw = pre_activations(layer, values)
        parts = []
        for sign in (1, -1):
            data = np.maximum(sign * layer.data.astype(np.int32), 0)
            bias = np.maximum(sign * layer.bias.astype(np.int32), 0)
            parts.append(int(pre_activations(replace(layer, data=data, bias=bias), values).max()))
        values = np.maximum(raw, 0)
        found.append((int(np.abs(raw).max()), max(parts), int(values.max())))
    return found


def bounded(certificate: Certificate) -> list[tuple[int, int, int]]:
    return [(x.pre_activation, x.partial_sum, x.activation) for x in certificate.layers]


def check(network: Network, values: np.ndarray, *, trusted: bool) -> None:
    most = bounded(certify(network, int(values.max()), trusted=trusted))
    for real, bound in zip(observed(network, values), most, strict=True):
        assert all(one <= other for one, other in zip(real, bound, strict=True))


def every_state(entries: int) -> np.ndarray:
    return np.arange(1 << entries) >> np.arange(entries)[:, None] & 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("w", [4, 5, 7, 8, 9, 13, 16, 22, 31, 32])
def test_lean_and_paper_fit_8_bits(w: int, mode: str):
    for construction in ("lean", "paper"):
        certificate = certify(machine_network(w, 16, mode, construction), trusted=True)
        assert certificate.format == "int8"
        assert certificate.holds_forever


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("w", "least"), [(8, "bfloat16"), (12, "float16"), (32, "float32")])
def test_shallow_needs_more_the_wider_words_are(w: int, least: str, mode: str):
    certificate = certify(machine_network(w, 64, mode, "shallow"), trusted=True)
    assert certificate.format == least
    assert certificate.holds_forever


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), [(4, 4), (4, 16), (11, 40), (32, 24)], ids=str)
def test_machines_stay_within_their_certificates(w: int, n: int, construction: str, mode: str):
    network = machine_network(w, n, mode, construction)
    layout = network.layout
    assert layout is not None
    states = [*random_states(4, w, n, 30), *list(coincidences(w, n))[::97]]
    values = np.array([layout.encode(state) for state in states]).T
    for trusted in (False, True):
        check(network, values, trusted=trusted)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), [(4, 16), (5, 21), (8, 33), (13, 50), (24, 40), (32, 65)])
def test_baked_networks_stay_within_theirs(w: int, n: int, construction: str, mode: str):
    """What is read is a sum of lines and gates; `lean` and `paper` fit 8 bits all the same."""
    constants = random_constants(Random(f"{w} {n} {construction}"), w, n, 0.7)
    network = build_network(w, n, mode, construction, constants)
    layout = network.layout
    assert layout is not None
    states = [*random_states(4, w, n, 30), *list(coincidences(w, n))[::97]]
    states = [with_constants(state, constants) for state in states]
    values = np.array([layout.encode(state) for state in states]).T
    for trusted in (False, True):
        check(network, values, trusted=trusted)
    assert network.certificate.holds_forever
    most = {"lean": 127, "paper": 127, "shallow": (1 << 24) - 1}
    assert network.certificate.largest <= most[construction]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_invariants_hold_in_the_smallest_machine(construction: str, mode: str):
    network = machine_network(4, 4, mode, construction)
    values = np.random.default_rng(3).integers(0, 2, size=(network.size, 20_000))
    known = {invariant.block: invariant.at_most for invariant in INVARIANTS[construction]}
    for layer in network.layers:
        values = np.maximum(pre_activations(layer, values), 0)
        for group in layer.groups:
            if group.name in known:
                part = values[group.start : group.start + group.size]
                assert part.max(initial=0) <= known[group.name], group.name


def test_every_invariant_names_a_block():
    for construction, invariants in INVARIANTS.items():
        names = {
            group.name
            for mode in MODES
            for layer in machine_network(8, 16, mode, construction).layers
            for group in layer.groups
        }
        assert {invariant.block for invariant in invariants} <= names


@pytest.mark.parametrize("seed", range(30))
def test_networks_that_are_no_machine(seed: int):
    network = random_network(seed)
    values = every_state(network.size) * (1 + seed % 3)
    check(network, values, trusted=False)
    first = Network((network.layers[0],)) if network.layers[0].size == network.size else None
    if first is not None:
        found = observed(first, values)[0]
        assert bounded(certify(first, int(values.max())))[0][:2] == found[:2]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_altered_networks_are_not_trusted(construction: str, seed: int):
    network = altered(machine_network(4, 6, MODES[0], construction), seed, 8)
    values = np.random.default_rng(seed).integers(0, 2, size=(network.size, 400))
    check(network, values, trusted=False)
    assert certify(network).invariants == ()


def test_sums_over_decoded_lines_are_exact():
    x = state_wires("x", (6,), ("bit",))
    lines = decode(x[None], 50, 1, digit_widths(50), ("x",))[0]
    total = relu((lines * np.arange(50)).sum(0), "total")
    y = relu(total - np.arange(6), "y", ("entry",))
    network = Network(layered([x], [y]))
    found = observed(network, every_state(6))
    certificate = certify(network)
    assert bounded(certificate)[2:] == found[2:]
    assert certificate.after == 49


def test_differences_of_thresholds_are_exact():
    x = state_wires("x", (5,), ("bit",))
    value = (x * (1 << np.arange(5))).sum(0)
    steps = relu(value - np.arange(8), "above", ("value",))
    y = relu((steps[1:6] - steps[2:7]) + x * 2, "y", ("entry",))
    network = Network(layered([x], [y]))
    assert certify(network).after == observed(network, every_state(5))[-1][2] == 3


def test_the_certificate_of_a_built_network_is_derived_once_and_trusted():
    network = machine_network(8, 16, MODES[0], "lean")
    assert network.certificate is network.certificate
    assert network.certificate == certify(network, trusted=True)
    changed = replace(network, layers=network.layers)
    assert not changed.as_built
    assert changed.certificate == certify(network)


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_certificates_survive_json(construction: str):
    found = machine_network(8, 16, MODES[0], construction).certificate
    text = json.dumps(found.to_json())
    assert Certificate.from_json(json.loads(text)) == found
    stored = with_certificate(replace(machine_network(8, 16, MODES[0], construction)), found)
    assert stored.certificate is found


@pytest.mark.parametrize(
    "damage",
    [
        {"state": -1},
        {"state": True},
        {"after": 1.0},
        {"layers": []},
        {"layers": {}},
        {"layers": [{"weight": 1}]},
        {"format": "float64"},
        {"invariants": [{"block": "x"}]},
        {"more": 1},
    ],
    ids=str,
)
def test_damaged_certificates_are_refused(damage: dict[str, object]):
    data = machine_network(8, 16, MODES[0], "lean").certificate.to_json()
    with pytest.raises(ValueError):
        Certificate.from_json(data | damage)
    with pytest.raises(ValueError):
        Certificate.from_json([data])


def test_a_certificate_belongs_to_a_depth():
    network = machine_network(8, 16, MODES[0], "shallow")
    with pytest.raises(ValueError, match="3 layers for a network of 6"):
        with_certificate(network, certify(random_network(1)))


def test_formats_that_a_certificate_does_not_cover_are_refused():
    lean = machine_network(8, 16, MODES[0], "lean").certificate
    wide = machine_network(16, 64, MODES[0], "shallow").certificate
    for name in FORMATS:
        require_format(lean, name)
    require_format(wide, "float32")
    with pytest.raises(ValueError, match="float16 does not hold every integer up to 2,432"):
        require_format(wide, "float16")
    with pytest.raises(ValueError, match="not int4"):
        require_format(lean, "int4")
    loose = certify(machine_network(8, 16, MODES[0], "lean"))
    with pytest.raises(ValueError, match="one pass only: the state may grow from 1 to"):
        require_format(loose, "float64")
