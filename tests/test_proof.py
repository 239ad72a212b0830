"""Proofs hold for what is built, and fail where a weight that matters is another."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import islice
from random import Random

import numpy as np
import pytest
import z3

import mlpl
from mlpl.backend.mlp.build import CONSTRUCTIONS, build_network
from mlpl.backend.mlp.network import Network, Parameters
from mlpl.backend.mlp.verification.comparison import Comparison
from mlpl.backend.mlp.verification.proof.machine import SymbolicMachine
from mlpl.backend.mlp.verification.proof.prove import check_proof
from mlpl.backend.mlp.verification.report import Check
from mlpl.backend.mlp.verification.steps import check_steps
from mlpl.backend.subleq import plain
from mlpl.backend.subleq.state import MODES, State
from tests.machine_rules import CASES, coincidences, random_states
from tests.network_cases import machine_network


def proof(network: Network) -> Check:
    assert network.parameters is not None
    return check_proof(network, network.parameters, lambda done: None)


def shifted_bias(network: Network, number: int, row: int) -> Network:
    layers = list(network.layers)
    bias = layers[number].bias.copy()
    bias[row] += 1
    layers[number] = replace(layers[number], bias=bias)
    return replace(network, layers=tuple(layers))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), [(4, 4), (9, 5)])
def test_what_is_built_is_proved(w: int, n: int, construction: str, mode: str) -> None:
    network = machine_network(w, n, mode, construction)
    found = proof(network)
    assert found.mismatch is None
    assert found.counts["neurons"] > network.size


def test_the_machine_with_as_many_cells_as_words() -> None:
    """PORT is the address of the last cell (M1.2), and half of the cells cannot hold code."""
    assert proof(machine_network(4, 16, MODES[0], "lean")).mismatch is None


@pytest.mark.parametrize("seed", range(12))
def test_what_is_no_machine_is_not_proved(seed: int) -> None:
    """Where random steps differ, the proof fails, at a neuron in or behind the altered one."""
    rng = Random(seed)
    network = machine_network(5, 5, MODES[seed % 2], sorted(CONSTRUCTIONS)[seed % 3])
    number = rng.randrange(network.depth)
    wrong = shifted_bias(network, number, rng.randrange(network.layers[number].size))
    assert wrong.parameters is not None
    steps = check_steps(Comparison(wrong, wrong.parameters, None), 2_000, 0, (), lambda done: None)
    found = proof(wrong).mismatch
    assert (found is not None) or steps.mismatch is None
    if found is not None:
        assert found.layer > number
        assert found.neuron in found.message and "pc=" in found.state


def test_a_network_of_another_mode_is_not_proved() -> None:
    network = machine_network(5, 5, MODES[0], "paper")
    assert network.parameters is not None
    other = replace(network, parameters=replace(network.parameters, mode=MODES[1]))
    assert proof(other).mismatch is not None


def formulas_after(machine: SymbolicMachine, state: State) -> State:
    """The state after a step, as the formulas say."""
    w, n = machine.word_bits, machine.cells
    values = [(word, int(x)) for word, x in zip(machine.memory, state.memory, strict=True)]
    values += [(machine.pc, state.pc), (machine.input, state.input)]
    runs = state.pc < machine.starts
    read = [int(x) for x in state.memory[state.pc : state.pc + 3]] if runs else [0] * 3
    values += zip(machine.operands.values(), read, strict=True)
    for name, address in zip("ab", read, strict=False):
        inside = runs and address < machine.names
        values.append((machine.contents[name], int(state.memory[address]) if inside else 0))
    solver = z3.Solver()
    solver.add(
        *(symbol == z3.BitVecVal(value, w) for symbol, value in values),
        *machine.facts,
        *machine.definition,
    )
    assert solver.check() == z3.sat
    model = solver.model()

    def number(formula) -> int:
        found = model.eval(formula, model_completion=True)
        return int(z3.is_true(found)) if z3.is_bool(found) else found.as_long()

    memory = np.array([number(machine.memory_after(cell)) for cell in range(n)])
    shown = z3.And(machine.valid, machine.is_port("b"))
    taken = bool(number(z3.And(machine.valid, machine.is_port("a"))))
    output = number(z3.If(shown, machine.source, 0))
    after = number(machine.pc_after)
    return State(memory, after, state.input, taken, output, bool(number(shown)))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_the_formulas_are_the_machine(construction: str, mode: str) -> None:
    for w, n in ((4, 4), (5, 6)):
        machine = SymbolicMachine(Parameters(w, n, mode, construction))
        states = [*random_states(8, w, n, 12), *islice(coincidences(w, n), 0, None, 301)]
        for state in states:
            assert formulas_after(machine, state) == plain.step(state, w, mode)
    machine = SymbolicMachine(Parameters(8, 16, mode, construction))
    cases = [x for x in CASES if (x.word_bits, len(x.before.memory), x.mode) == (8, 16, mode)]
    for case in cases[::5]:
        assert formulas_after(machine, case.before) == case.after


def test_names_do_not_deceive() -> None:
    """Entries of the state that have changed places with their names."""
    network = machine_network(5, 5, MODES[0], "paper")
    last = network.layers[-1]
    memory, pc, word, *rest = last.groups
    swapped = (memory, replace(word, start=pc.start), replace(pc, start=word.start), *rest)
    layers = (*network.layers[:-1], replace(last, groups=swapped))
    found = proof(replace(network, layers=layers))
    assert found.mismatch is not None
    assert "input.next[bit 0] stands where pc[bit 0]" in found.mismatch.message


def test_reports_have_the_proof() -> None:
    network = machine_network(4, 4, MODES[0], "lean")
    report = network.verify(100, prove=True)
    assert report.ok
    assert report.checks[-1].name == "proof"


def test_without_z3_that_is_said(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    program = mlpl.compile("fn main() { }", memory=64)
    with pytest.raises(mlpl.UsageError, match="`z3` is missing"):
        program.verify(10, prove=True)


def test_baked_networks_are_refused() -> None:
    baked = build_network(6, 8, constants=((3, 5),))
    with pytest.raises(ValueError, match="proofs are of whole machines"):
        baked.verify(10, prove=True)
    assert baked.verify(10).ok
