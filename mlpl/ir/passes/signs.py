"""Signs of variables: loops keep the negative of what they add, and subtract it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mlpl.base.negated import negated_name
from mlpl.base.words import wrap
from mlpl.ir.costs import DEEPEST, REPEATS, Costs
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.induction import places
from mlpl.ir.loops import depths, loops
from mlpl.ir.module import (
    Block,
    Const,
    Edge,
    Function,
    Instruction,
    Kind,
    Module,
    Op,
    Operand,
    Value,
)
from mlpl.ir.preheaders import with_preheaders
from mlpl.ir.rewrite import map_edges, with_blocks, with_contents
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.sign_costs import SignCosts
from mlpl.ir.uses import fresh_id
from mlpl.ir.ways_out import Version, WayOut, with_ways_out
from mlpl.ir.webs import Web, webs


def signs(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with variables of loops that hold the negative of what they are.

    Before::

        do(%1: int, %2: int):
          %3 = add %2, %1
          %4 = add %1, 1
          branch %5, do(%4, %3), done(%3)

    After, with -%1 in %1::

        do(%1: int, %2: int):
          %3 = sub %2, %1
          %4 = add %1, -1
          branch %5, do(%4, %3), done(%3)

    On targets that only subtract, an addition takes more than a subtraction. Variables that grow
    in place by sums and differences, of each other or of anything, may be of either sign; each
    sum is a difference if both signs are not the same. From all as they are, the sign is changed
    that saves most steps, until none does any more: a maximal cut of the graph of sums. What else
    needs a variable as it is, if it stands behind the loop, gets it negated on the way out;
    variables that the loop itself needs as they are, as an index or for a comparison, stay.

    Arithmetic is modulo 2^w, where the smallest word is its own negative: no sum changes.
    """
    found = loops(graph(function), dominance(graph(function)))
    if not found or not _sums_are_dear(settings.costs):
        return function
    prepared = with_preheaders(function, graph(function), found.values())
    flow = graph(prepared)
    found = loops(flow, dominance(flow))
    depth = depths(flow, found)
    often = {
        name: REPEATS ** min(d, DEEPEST) if settings.aim is Aim.STEPS else 1
        for name, d in depth.items()
    }
    taken: set[int] = set()
    candidates: list[Web] = []
    for loop in found.values():  # outer loops first
        for web in webs(flow, loop):
            if taken.isdisjoint(web.members):
                taken.update(web.members)
                candidates.append(web)
    costs = SignCosts(flow, candidates, often)
    flipping = _Flipping(prepared, flow, module.word_bits)
    for number in costs.best():
        web = candidates[number]
        location = flow.blocks[web.loop.header].terminator.location
        settings.did(function.name, f"a loop keeps {web.variable} negated", location)
        flipping.flip(web, costs.needed[number])
    return flipping.function() if flipping.webs else function


def _sums_are_dear(costs: Costs) -> bool:
    """Whether a target subtracts in fewer steps than it adds."""
    x, y = Value(0, Kind.INT), Value(1, Kind.INT)
    add, sub = (costs.instruction(Instruction(op, (x, y), x)) for op in (Op.ADD, Op.SUB))
    return sub.steps < add.steps


class _Flipping:
    """Turns variables into their negatives.

    Attributes:
        webs: those of them.
    """

    def __init__(self, function: Function, flow: Graph, word_bits: int) -> None:
        self.webs: list[Web] = []
        self._function = function
        self._flow = flow
        self._word_bits = word_bits
        self._places = places(flow)
        self._next = fresh_id(function)
        self._web: dict[int, Web] = {}
        self._ways: dict[WayOut, list[Version]] = {}

    def flip(self, web: Web, needed: Mapping[WayOut, Iterable[Value]]) -> None:
        """Turns a variable into its negative, but on ways out of its loop.

        Args:
            web: its values.
            needed: those that are needed behind the loop, by the way.
        """
        self.webs.append(web)
        self._web |= dict.fromkeys(web.members, web)
        for way, values in needed.items():
            for value in values:
                negative = _negated(value)
                version = Instruction(Op.NEG, (negative,), self._new(value))
                self._ways.setdefault(way, []).append(Version(negative, version))

    def function(self) -> Function:
        """Returns the function with all of them turned."""
        blocks = [self._block(block) for block in self._function.blocks]
        function = with_blocks(self._function, blocks)
        return with_ways_out(function, self._places, self._ways, "plain")

    def _new(self, value: Value) -> Value:
        self._next += 1
        return replace(value, id=self._next - 1)

    def _turned(self, operand: Operand, name: str) -> bool:
        """Whether an operand in a block holds the negative now."""
        web = self._web.get(operand.id) if isinstance(operand, Value) else None
        return web is not None and name in web.blocks

    def _renamed(self, value: Value, name: str) -> Value:
        """Returns a value with a name that says so if it is not what the variable was any more."""
        return _negated(value) if self._turned(value, name) else value

    def _block(self, block: Block) -> Block:
        instructions = [self._instruction(i, block.name) for i in block.instructions]
        negated: list[Instruction] = []

        def edge(edge: Edge) -> Edge:
            parameters = self._flow.blocks[edge.block].parameters
            pairs = zip(parameters, edge.arguments, strict=True)
            given = tuple(self._given(p, o, block.name, negated) for p, o in pairs)
            return Edge(edge.block, given)

        terminator = map_edges(block.terminator, edge)
        parameters = (self._renamed(p, block.name) for p in block.parameters)
        return with_contents(block, (*instructions, *negated), terminator, parameters)

    def _given(
        self, parameter: Value, operand: Operand, name: str, negated: list[Instruction]
    ) -> Operand:
        """Returns what a parameter gets in the place of an operand; `negated` is done before."""
        if parameter.id not in self._web:
            return self._renamed(operand, name) if isinstance(operand, Value) else operand
        if isinstance(operand, Const):
            return self._minus(operand)
        if isinstance(operand, Value) and self._turned(operand, name):
            return self._renamed(operand, name)
        negative = self._new(_negated(parameter))
        negated.append(Instruction(Op.NEG, (operand,), negative))
        return negative

    def _instruction(self, i: Instruction, name: str) -> Instruction:
        """Returns a sum or difference with what its operands, and its result, hold now."""
        if i.op not in (Op.ADD, Op.SUB) or i.result is None:
            return i
        x, y = i.operands
        result = self._renamed(i.result, name)
        signs = [-1 if self._turned(o, name) else 1 for o in (i.result, x, y)]
        if min(signs) > 0:
            return i
        first, second = signs[0] * signs[1], signs[0] * signs[2] * (-1 if i.op is Op.SUB else 1)
        if first < 0 and isinstance(x, Const):
            x, first = self._minus(x), 1
        if second < 0 and isinstance(y, Const):
            y, second = self._minus(y), 1
        assert first > 0 or second > 0, "nothing is made of two negatives"
        if first < 0:
            x, y, first, second = y, x, second, first
        if isinstance(x, Const) and second > 0:
            x, y = y, x
        op = Op.ADD if second > 0 else Op.SUB
        operands = tuple(self._renamed(o, name) if isinstance(o, Value) else o for o in (x, y))
        return replace(i, op=op, operands=operands, result=result)

    def _minus(self, constant: Const) -> Const:
        return replace(constant, value=wrap(-constant.value, self._word_bits))


def _negated(value: Value) -> Value:
    """Returns a value with the name of its negative."""
    return replace(value, name=negated_name(value.name))
