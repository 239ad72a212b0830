"""Verification finds every difference and names its neuron; what is right passes."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

import mlpl
from mlpl.backend.mlp.build import CONSTRUCTIONS
from mlpl.backend.mlp.executors.batch import BatchPass
from mlpl.backend.mlp.forward import forward
from mlpl.backend.mlp.network import Network, with_certificate
from mlpl.backend.mlp.verification.comparison import Comparison
from mlpl.backend.mlp.verification.exhaustive import check_exhaustively
from mlpl.backend.mlp.verification.report import Check
from mlpl.backend.mlp.verification.steps import check_steps
from mlpl.backend.mlp.verification.verify import Plan, verify_network
from mlpl.backend.subleq.state import MODES
from mlpl.cli.main import main
from tests.network_cases import altered, machine_network, random_network
from tests.network_steps import starts_of


def nothing(*_: object) -> None:
    """Takes what progress is told."""


def by_name(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def replaced(network: Network, number: int, **changes: Any) -> Network:
    """The network with something else in one layer."""
    layers = list(network.layers)
    layers[number] = replace(layers[number], **changes)
    return replace(network, layers=tuple(layers))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), [(4, 4), (5, 32), (9, 21), (16, 40), (32, 7)], ids=str)
def test_what_is_built_is_right(w: int, n: int, construction: str, mode: str) -> None:
    report = machine_network(w, n, mode, construction).verify(2_000, seed=w)
    assert report.ok and report.mismatch is None
    assert report.steps >= 2_000
    assert [check.name for check in report.checks] == ["weights", "certificate", "steps"]
    counts = by_name(report.checks)["steps"].counts
    assert min(counts.values()) > 0
    assert counts["steps"] > counts["halts"] + counts["faults"]


@pytest.mark.parametrize("seed", range(20))
def test_one_altered_number_is_named(seed: int) -> None:
    rng = Random(seed)
    network = machine_network(6, 9, MODES[0], rng.choice(list(CONSTRUCTIONS)))
    number = rng.randrange(network.depth)
    layer = network.layers[number]
    if seed % 2:
        row = rng.randrange(layer.size)
        bias = layer.bias.copy()
        bias[row] += 1
        wrong = replaced(network, number, bias=bias)
        what = f"bias {bias[row]} instead of {layer.bias[row]}"
    else:
        place = rng.randrange(layer.nonzeros)
        row = int(np.searchsorted(layer.indptr, place, side="right")) - 1
        data = layer.data.copy()
        data[place] = 3
        wrong = replaced(network, number, data=data)
        source = network.name(number, int(layer.indices[place]))
        what = f"weight 3 from {source} instead of {layer.data[place]}"
    mismatch = wrong.verify(0).mismatch
    assert mismatch is not None
    name = network.name(number + 1, row)
    assert (mismatch.neuron, mismatch.layer) == (name, number + 1)
    assert mismatch.message == f"{name}: {what}"


def test_other_columns_lengths_depths_and_names_are_found() -> None:
    network = machine_network(4, 6, MODES[0], "lean")
    layer = network.layers[2]
    row = int(np.flatnonzero(np.diff(layer.indptr) == 1)[0])
    place = int(layer.indptr[row])
    indices = layer.indices.copy()
    indices[place] = (indices[place] + 1) % layer.inputs
    found = replaced(network, 2, indices=indices).verify(0).mismatch
    assert found is not None and found.neuron == network.name(3, row)
    assert "weight" in found.message
    indptr = layer.indptr.copy()
    indptr[row + 1 :] -= 1
    removed = np.delete(layer.indices, place), np.delete(layer.data, place)
    shorter = replaced(network, 2, indptr=indptr, indices=removed[0], data=removed[1])
    found = shorter.verify(0).mismatch
    assert found is not None and found.neuron == network.name(3, row)
    assert "weight 0 from" in found.message
    found = replaced(network, 2, groups=()).verify(0).mismatch
    assert found is not None and found.message == "layer 3 has other names for its neurons"
    found = replace(network, steps_per_pass=2).verify(0).mismatch
    assert found is not None and found.message == "2 steps a pass instead of 1"
    other = replace(machine_network(4, 6, MODES[0], "paper"), parameters=network.parameters)
    found = other.verify(0).mismatch
    assert found is not None and found.message.startswith("23 layers instead of ")


@pytest.mark.parametrize("seed", range(8))
def test_random_steps_name_the_first_neuron_that_differs(seed: int) -> None:
    network = machine_network(5, 8, MODES[0], sorted(CONSTRUCTIONS)[seed % 3])
    report = verify_network(altered(network, seed, 1), Plan(4_000))
    checks = by_name(report.checks)
    steps, weights = checks["steps"].mismatch, checks["weights"].mismatch
    if weights is None:  # the alteration wrote what was there
        assert steps is None
    elif steps is not None:
        assert (steps.neuron, steps.layer) == (weights.neuron, weights.layer)
        assert "pc=" in steps.state and "memory=" in steps.state


def test_a_wrong_network_is_found_by_steps_and_by_trying_all() -> None:
    """Without a rebuilt network to compare with, the entry of the state is named."""
    network = machine_network(4, 4, MODES[0], "lean")
    last = network.layers[-1]
    bias = last.bias.copy()
    bias[18] = 1  # pc.next[bit 2]
    wrong = replaced(network, network.depth - 1, bias=bias)
    parameters = wrong.parameters
    assert parameters is not None
    for check in (
        check_steps(Comparison(wrong, parameters, None), 1_000, 0, (), nothing),
        check_exhaustively(Comparison(wrong, parameters, None), wrong, nothing),
    ):
        assert check.mismatch is not None
        assert check.mismatch.neuron == "pc.next[bit 2]"
        assert "differs after" in check.summary


def test_another_machine_is_not_this_machine() -> None:
    """The same size in the other mode: steps differ where input meets a cell."""
    network = machine_network(6, 20, MODES[0], "lean")
    assert network.parameters is not None
    other = replace(network, parameters=replace(network.parameters, mode=MODES[1]))
    checks = by_name(other.verify(3_000).checks)
    assert checks["weights"].mismatch is not None
    assert checks["steps"].mismatch is not None


def test_a_wrong_certificate_is_found() -> None:
    network = machine_network(8, 16, MODES[0], "lean")
    right = network.certificate
    assert with_certificate(network, right).verify(500).ok
    layers = list(right.layers)
    layers[4] = replace(layers[4], partial_sum=layers[4].partial_sum - 1)
    found = with_certificate(network, replace(right, layers=tuple(layers))).verify(0).mismatch
    assert found is not None
    assert f"partial sum {layers[4].partial_sum} of layer 5, not" in found.message
    found = with_certificate(network, replace(right, invariants=())).verify(0).mismatch
    assert found is not None and "other invariants" in found.message


def test_observed_extremes_are_held_against_the_certificate(monkeypatch) -> None:
    from mlpl.backend.mlp.verification import verify

    network = machine_network(8, 16, MODES[0], "lean")
    low = replace(
        network.certificate,
        layers=tuple(replace(x, partial_sum=1) for x in network.certificate.layers),
    )
    monkeypatch.setattr(verify, "certify", lambda *_, **__: low)
    found = with_certificate(network, low).verify(500).mismatch
    assert found is not None and "more than certified" in found.message
    assert found.message.startswith(f"{found.neuron} in layer 1 met ")


@pytest.mark.parametrize("seed", range(12))
def test_batches_are_full_passes(seed: int) -> None:
    network = random_network(seed, 3 if seed % 2 else 1 << 20)
    vectors = np.random.default_rng(seed).integers(0, 2, size=(network.size, 33))
    passes = BatchPass(network)
    assert np.array_equal(passes.advance(vectors), forward(network, vectors.T).T)


def test_what_cannot_be_verified() -> None:
    with pytest.raises(ValueError, match="no machine"):
        random_network(1).verify()
    with pytest.raises(ValueError, match="672 entries that are read has too many states"):
        machine_network(16, 40, MODES[0], "lean").verify(exhaustive=True)


def test_programs() -> None:
    program = mlpl.compile("fn main(n: int) -> int { return n + 1; }", memory=64)
    report = program.verify(500)
    assert report.ok and report.steps >= 500
    with pytest.raises(mlpl.UsageError, match="too many states"):
        program.verify(exhaustive=True)


def test_runs_begin_in_given_states_too() -> None:
    starts = starts_of("fn main() { for i in 0..9 { print(i); } }", 16, 256, 40)
    network = machine_network(16, 256, MODES[0], "lean")
    report = verify_network(network, Plan(300, starts=starts))
    assert report.ok
    assert by_name(report.checks)["steps"].counts["valid"] > 0


def test_the_command(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    size = ["--word-bits", "4", "--memory", "6"]
    assert main(["verify", *size, "--steps", "100"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in out] == ["weights", "certificate", "steps"]
    (tmp_path / "x.dec").write_text("3 4 9 2 5")
    command = ["verify", "x.dec", *size, "--construction", "paper", "--mode", "accumulate"]
    assert main([*command, "--steps", "100", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["ok"] and data["construction"] == "paper" and data["mode"] == "accumulate"
    assert [check["mismatch"] for check in data["checks"]] == [None] * 3
    assert main(["verify"]) == 2
    assert "`--memory` says how many" in capsys.readouterr().err
    assert main(["verify", "--memory", "40", "--exhaustive"]) == 2
    assert "too many states" in capsys.readouterr().err


def test_the_command_tells_a_mismatch(capsys, monkeypatch) -> None:
    wrong = altered(machine_network(4, 6, MODES[0], "lean"), 3, 1)
    monkeypatch.setattr("mlpl.program.network_of", lambda *_: wrong)
    command = ["verify", "--word-bits", "4", "--memory", "6", "--steps", "100"]
    assert main(command) == 5
    shown = capsys.readouterr()
    assert "not those of the construction" in shown.out
    assert "error[mismatch]: " in shown.err and " instead of " in shown.err
    assert main([*command, "--json"]) == 5
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_saved_networks_and_programs(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    network = machine_network(6, 9, MODES[0], "paper")
    network.save("machine.safetensors")
    assert main(["verify", "machine.safetensors", "--steps", "100"]) == 0
    program = mlpl.compile("fn main(n: int) -> int { return n + 1; }", memory=64)
    program.save("program.safetensors")
    assert main(["verify", "program.safetensors", "--steps", "100", "--json"]) == 0
    data = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (data["memory"], data["constants"]) == (64, 0)
    assert main(["verify", "machine.safetensors", "--memory", "10"]) == 2
    assert "not what `machine.safetensors` was built with" in capsys.readouterr().err


@pytest.mark.parametrize("seed", range(4))
def test_one_altered_number_in_a_file_is_named(seed, capsys, monkeypatch, tmp_path) -> None:
    """Also where everything else in the file was made to fit: its hash and the certificate."""
    monkeypatch.chdir(tmp_path)
    network = machine_network(6, 9, MODES[0], "lean")
    network.save("machine.safetensors")
    loaded = Network.load("machine.safetensors")
    number = Random(seed).randrange(loaded.depth)
    bias = loaded.layers[number].bias.copy()
    bias[seed] -= 1
    wrong = with_certificate(replaced(loaded, number, bias=bias), loaded.certificate)
    wrong.save("altered.safetensors")
    assert main(["verify", "altered.safetensors", "--steps", "100"]) == 5
    name = network.name(number + 1, seed)
    assert f"error[mismatch]: {name}: bias {bias[seed]} instead" in capsys.readouterr().err


def test_a_network_that_is_no_machine_in_a_file(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    random_network(3).save("other.safetensors")
    assert main(["verify", "other.safetensors"]) == 2
    assert "the network is no machine" in capsys.readouterr().err
