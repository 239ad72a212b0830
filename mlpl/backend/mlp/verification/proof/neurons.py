"""Neurons as formulas: sums of the layer before, down to the borders of gadgets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import z3

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.layer import Group
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.proof.borders import Borders, Coordinates, Meaning, bit
from mlpl.backend.mlp.verification.proof.ladders import Rung


@dataclass(frozen=True, slots=True)
class Value:
    """An activation as a formula.

    Attributes:
        formula: a truth value for 0 and 1, else an unsigned bit-vector.
        most: the largest value that it may have.
    """

    formula: Meaning
    most: int


Term = tuple[int, Value]
"""A weight and what it multiplies."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a neuron is called: `name` with words put in, and the indices that are left."""

    name: str
    at: Coordinates
    kind: Kind


class Neurons:
    """The activations of a network's neurons, for any state of the machine.

    A neuron at a border is what `Borders` says; so is one of the state. Any other is computed
    from the weights. All sums are of exact width: nothing wraps.
    """

    def __init__(self, network: Network, borders: Borders) -> None:
        self.network = network
        self.borders = borders
        self._known: dict[tuple[int, int], Value] = {}
        self._groups = [()] + [layer.groups for layer in network.layers]
        self._starts = [[group.start for group in groups] for groups in self._groups]
        self.rungs = self._find_rungs()

    def _find_rungs(self) -> dict[Rung, tuple[int, int]]:
        """Returns layer and index of every neuron of a ladder; of no name that occurs twice."""
        found: dict[Rung, tuple[int, int]] = {}
        twice: set[Rung] = set()
        for number, groups in enumerate(self._groups):
            for group in groups:
                if group.kind is Kind.CARRY or not group.name.startswith("subtract."):
                    continue
                for index in range(group.start, group.start + group.size):
                    place = _place(group, index)
                    rung = self.borders.ladders.rung(place.name, place.at)
                    if rung is None:
                        continue
                    if rung in found:
                        twice.add(rung)
                    found[rung] = number, index
        return {rung: place for rung, place in found.items() if rung not in twice}

    def place(self, layer: int, index: int) -> Place:
        """Returns what a neuron of layer 1 to L is called."""
        number = int(np.searchsorted(self._starts[layer], index, side="right")) - 1
        group = self._groups[layer][number]
        return _place(group, index)

    def value(self, layer: int, index: int) -> Value:
        """Returns the activation of a neuron, as later layers may suppose it."""
        key = layer, index
        if key not in self._known:
            self._known[key] = self._value(layer, index)
        return self._known[key]

    def _value(self, layer: int, index: int) -> Value:
        if layer == 0:
            return Value(self._state(index), 1)
        meaning = self.border(layer, index)
        return self.computed(layer, index) if meaning is None else meaning

    def border(self, layer: int, index: int) -> Value | None:
        """Returns what a neuron is supposed to be where it is at a border, carries not counted."""
        place = self.place(layer, index)
        if place.kind is Kind.CARRY:
            return None
        meaning = self.borders.meaning(place.name, place.at)
        if meaning is None:
            return None
        most = 1 if z3.is_bool(meaning) else (1 << meaning.size()) - 1
        return Value(meaning, most)

    def _state(self, index: int) -> z3.BoolRef:
        layout = self.network.layout
        assert layout is not None
        machine = self.borders.machine
        part = next(part for part in layout.parts if index < part.stop)
        row, place = divmod(index - part.start, part.bits)
        words = {"memory": machine.memory, "pc": [machine.pc], "input": [machine.input]}
        if part.name in words:
            return bit(words[part.name][row], place)
        return z3.Bool(f"{part.name}[{place}]")

    def computed(self, layer: int, index: int) -> Value:
        """Returns ReLU(W h + b) of a neuron, from what is supposed of the layer before."""
        rows = self.network.layers[layer - 1]
        part = slice(int(rows.indptr[index]), int(rows.indptr[index + 1]))
        columns, weights = rows.indices[part].tolist(), rows.data[part].tolist()
        bias = int(rows.bias[index])
        if bias == 0 and weights == [1]:
            return self.value(layer - 1, columns[0])
        return _relu(self._terms(layer - 1, columns, weights), bias)

    def _terms(self, layer: int, columns: list[int], weights: list[int]) -> list[Term]:
        """Returns weights and values, with exclusive neurons and ladders added up."""
        found: list[Term] = []
        sets: defaultdict[tuple[str, Coordinates, int], dict[int, Meaning]] = defaultdict(dict)
        ladders: defaultdict[tuple[str, Coordinates], dict[int, Term]] = defaultdict(dict)
        for column, weight in zip(columns, weights, strict=True):
            place = self._origin(layer, column)
            name, at = (place.name, place.at) if place else ("", ())
            if rung := self.borders.ladders.rung(name, at):
                ladders[rung[:2]][rung[2]] = weight, self.value(layer, column)
            elif group := self.borders.exclusive(name, at):
                sets[group[0], group[1], weight][group[2]] = self.value(layer, column).formula
            else:
                found.append((weight, self.value(layer, column)))
        for (name, rest, weight), members in sets.items():
            count, total = self.borders.total(name, rest)
            whole = set(members) == set(range(count))
            found.append((weight, Value(total if whole else z3.Or(*members.values()), 1)))
        for (name, rest), rungs in ladders.items():
            found += self._steps(name, rest, rungs)
        return found

    def _steps(self, name: str, rest: Coordinates, rungs: dict[int, Term]) -> list[Term]:
        """Returns a ladder's part of a sum, as steps where its weights are 0 together."""
        sides = sorted(rungs)
        whole = range(sides[0], sides[-1] + 1)
        layers = {self.rungs.get((name, rest, side), (0, 0))[0] for side in whole}
        proved = len(layers) == 1 and 0 not in layers  # `prove` compares rungs of one layer
        if not proved or sum(weight for weight, _ in rungs.values()) != 0:
            return list(rungs.values())
        found: list[Term] = []
        weight = 0
        for side in range(sides[0], sides[-1]):
            weight += rungs[side][0] if side in rungs else 0
            if weight:
                step = self.borders.ladders.step((name, rest, side))
                found.append((weight, Value(step, 1)))
        return found

    def _origin(self, layer: int, index: int) -> Place | None:
        """Returns the border that a neuron is, or carries from; None for others."""
        while layer > 0:
            place = self.place(layer, index)
            rows = self.network.layers[layer - 1]
            if place.kind is not Kind.CARRY:
                return place
            part = slice(int(rows.indptr[index]), int(rows.indptr[index + 1]))
            if rows.bias[index] != 0 or rows.data[part].tolist() != [1]:
                return None
            layer, index = layer - 1, int(rows.indices[part.start])
        return None


def _place(group: Group, index: int) -> Place:
    flat = index - group.start
    if group.members is not None:
        flat = int(group.members[flat])
    name, at = group.name, []
    for axis, place in zip(group.axes, np.unravel_index(flat, group.shape), strict=True):
        if isinstance(axis, str):
            at.append(int(place))
        else:
            name = name.replace("{}", axis[int(place)], 1)
    return Place(name, tuple(at), group.kind)


def _relu(terms: list[Term], bias: int) -> Value:
    """Returns the ReLU of a sum: a conjunction where it is one, else a sum of exact width."""
    most = bias + sum(weight * value.most for weight, value in terms if weight > 0)
    least = bias + sum(weight * value.most for weight, value in terms if weight < 0)
    if most <= 0:
        return Value(z3.BoolVal(False), 0)
    if most == 1 and all(abs(weight) == 1 and value.most == 1 for weight, value in terms):
        literals = [x.formula if weight == 1 else z3.Not(x.formula) for weight, x in terms]
        return Value(z3.And(*literals), 1)
    width = max(most, -least, *(abs(weight) * x.most for weight, x in terms)).bit_length() + 1
    total = z3.BitVecVal(bias, width)
    for weight, value in _packed(terms):
        total = total + weight * _widened(value, width)
    if most == 1:
        return Value(total > 0, 1)
    return Value(z3.If(total > 0, total, z3.BitVecVal(0, width)), most)


def _packed(terms: list[Term]) -> list[Term]:
    """Returns the terms, with bits of different powers of two put together to words."""
    packed: list[Term] = []
    for sign in (1, -1):
        rest = [x for weight, x in terms if weight == sign and x.most != 1]
        packed += [(sign, x) for x in rest]
        words: list[dict[int, z3.BitVecRef]] = []
        for weight, value in terms:
            if weight * sign <= 0 or (abs(weight) == 1 and value.most != 1):
                continue
            power = abs(weight).bit_length() - 1
            if value.most != 1 or abs(weight) != 1 << power:
                packed.append((weight, value))
                continue
            word = next((word for word in words if power not in word), None)
            if word is None:
                words.append(word := {})
            word[power] = _widened(value, 1)
        for word in words:
            top = max(word)
            bits = [word.get(place, z3.BitVecVal(0, 1)) for place in range(top, -1, -1)]
            formula = z3.simplify(z3.Concat(*bits)) if top else bits[0]
            packed.append((sign, Value(formula, (2 << top) - 1)))
    return packed


def _widened(value: Value, width: int) -> z3.BitVecRef:
    """Returns a value as a bit-vector of a width that holds it."""
    if z3.is_bool(value.formula):
        return z3.If(value.formula, z3.BitVecVal(1, width), z3.BitVecVal(0, width))
    size = value.formula.size()
    if size > width:
        return z3.Extract(width - 1, 0, value.formula)
    return z3.ZeroExt(width - size, value.formula)


def same(one: Value, other: Value) -> z3.BoolRef:
    """Returns that two values are equal."""
    width = max(one.most, other.most).bit_length() + 1
    if z3.is_bool(one.formula) and z3.is_bool(other.formula):
        return one.formula == other.formula
    return _widened(one, width) == _widened(other, width)


def exceeds(one: Value, other: Value, step: z3.BoolRef) -> z3.BoolRef:
    """Returns that one value is the other, or where `step` holds 1 more."""
    width = max(one.most, other.most).bit_length() + 2
    return _widened(one, width) == _widened(other, width) + _widened(Value(step, 1), width)
