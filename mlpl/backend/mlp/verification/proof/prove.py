"""The proof that a network's step is the machine's, border by border.

A *border* is a block of neurons of which it is known what it stands for: a formula over the
machine's state. Layer by layer it is proved that every neuron at a border, computed from its
weights, is what it stands for, where the borders before it are what they stand for. So, by
induction over the layers, every border is right; and the last layer is the state after the step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import z3

from mlpl.backend.mlp.network import Network, Parameters
from mlpl.backend.mlp.verification.proof.borders import Borders
from mlpl.backend.mlp.verification.proof.machine import SymbolicMachine
from mlpl.backend.mlp.verification.proof.neurons import Neurons, exceeds, same
from mlpl.backend.mlp.verification.report import Check, Mismatch
from mlpl.backend.mlp.verification.steps import Told

_TOGETHER = 256
"""Claims that are proved at once."""


@dataclass(frozen=True, slots=True)
class Lemma:
    """What has to be proved of one neuron.

    Attributes:
        layer: its layer, 1 to L.
        neuron: its index.
        claim: the formula.
    """

    layer: int
    neuron: int
    claim: z3.BoolRef


def check_proof(network: Network, parameters: Parameters, told: Told) -> Check:
    """Returns whether the network makes the machine's step from every state.

    Args:
        network: of a machine, with the names that its construction gives to neurons.
        parameters: of the machine.
        told: how many neurons are proved.
    """
    machine = SymbolicMachine(parameters)
    neurons = Neurons(network, Borders(machine, parameters.construction))
    if stray := _stray(neurons):
        return Check("proof", "the last layer is not the state", {}, stray)
    blocks = neurons_proved = 0
    if _refuted(machine, [machine.theorem]) is not None:
        message = "the limbs of a difference are not those of the words"
        return Check("proof", "fails", {}, Mismatch("", 0, message))
    for lemmas in _blocks(neurons):
        model = _refuted(machine, [lemma.claim for lemma in lemmas])
        if model is not None:
            found = _mismatch(network, machine, lemmas, model)
            done = f"fails after {neurons_proved:,} neurons"
            return Check("proof", done, {"neurons": neurons_proved, "blocks": blocks}, found)
        blocks += 1
        neurons_proved += len(lemmas)
        told(neurons_proved)
    summary = (
        f"{neurons_proved:,} neurons at the borders of gadgets are what they stand for, from every "
        f"state: the last layer is the state after the step"
    )
    return Check("proof", summary, {"neurons": neurons_proved, "blocks": blocks})


def _stray(neurons: Neurons) -> Mismatch | None:
    """Returns an entry of the state that is not computed by the neuron of that name."""
    network = neurons.network
    layout = network.layout
    assert layout is not None
    for part in layout.parts:
        for index in range(part.start, part.stop):
            place = neurons.place(network.depth, index)
            row, place_in_word = divmod(index - part.start, part.bits)
            at = {"memory": (row, place_in_word), "taken": (), "valid": ()}
            if (place.name, place.at) != (f"{part.name}.next", at.get(part.name, (place_in_word,))):
                name = network.name(network.depth, index)
                message = f"{name} stands where {network.name(0, index)} is computed"
                return Mismatch(name, network.depth, message)
    return None


def _blocks(neurons: Neurons) -> Iterator[list[Lemma]]:
    """Returns what has to be proved, block by block and layer by layer."""
    rungs = defaultdict(list)
    for rung, (place, index) in neurons.rungs.items():
        rungs[place].append((rung, index))
    for number, layer in enumerate(neurons.network.layers, 1):
        blocks: defaultdict[str, list[Lemma]] = defaultdict(list)
        for index in range(layer.size):
            border = neurons.border(number, index)
            if border is not None:
                claim = same(neurons.computed(number, index), border)
                blocks[neurons.place(number, index).name].append(Lemma(number, index, claim))
        for (name, rest, side), index in rungs[number]:
            above = neurons.rungs.get((name, rest, side + 1))
            if above is not None and above[0] == number:
                pair = neurons.computed(number, index), neurons.computed(*above)
                claim = exceeds(*pair, neurons.borders.ladders.step((name, rest, side)))
                blocks[name].append(Lemma(number, index, claim))
        yield from blocks.values()


def _refuted(machine: SymbolicMachine, claims: list[z3.BoolRef]) -> z3.ModelRef | None:
    """Returns a state in which not all claims hold, or None if they hold in all.

    Most claims hold for any result of the subtraction, and are proved sooner so.
    """
    for first in range(0, len(claims), _TOGETHER):
        some = claims[first : first + _TOGETHER]
        if _counterexample(machine.facts, some) is None:
            continue
        model = _counterexample(machine.facts + machine.definition, some)
        if model is not None:
            return model
    return None


def _counterexample(facts: list[z3.BoolRef], claims: list[z3.BoolRef]) -> z3.ModelRef | None:
    """Returns a model of the facts in which not all claims hold, or None if there is none."""
    solver = z3.Solver()
    solver.add(*facts)
    solver.add(z3.Not(z3.And(*claims)))
    result = solver.check()
    if result == z3.unknown:
        raise RuntimeError(f"z3 gave up: {solver.reason_unknown()}")
    return solver.model() if result == z3.sat else None


def _mismatch(
    network: Network, machine: SymbolicMachine, lemmas: list[Lemma], model: z3.ModelRef
) -> Mismatch:
    """Returns which neuron is not what it stands for, and in which state."""
    wrong = next(x for x in lemmas if z3.is_false(model.eval(x.claim, model_completion=True)))
    name = network.name(wrong.layer, wrong.neuron)
    words = {"pc": machine.pc, "input": machine.input}
    words |= {name.upper(): word for name, word in machine.operands.items()}
    words |= {f"memory[{name.upper()}]": word for name, word in machine.contents.items()}
    values = (f"{name}={model.eval(word, model_completion=True)}" for name, word in words.items())
    message = f"{name} in layer {wrong.layer} is not what it stands for"
    return Mismatch(name, wrong.layer, message, " ".join(values))
