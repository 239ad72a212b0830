"""Ways of their own past blocks: copies of what is needed on them."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace

from mlpl.ir.copies import Copier, standing
from mlpl.ir.costs import Cost
from mlpl.ir.graph import Graph
from mlpl.ir.module import (
    Block,
    Branch,
    Edge,
    Function,
    Instruction,
    Jump,
    Op,
    Operand,
    Terminator,
    Value,
)
from mlpl.ir.names import Names
from mlpl.ir.outcomes import Step
from mlpl.ir.rewrite import map_edge, map_instruction, with_contents
from mlpl.ir.ssa import repair
from mlpl.ir.uses import defined, fresh_id


@dataclass(frozen=True, slots=True)
class Way:
    """A way past tests.

    Attributes:
        sources: the blocks that it begins in, each with the number of its edge.
        entering: the first of these edges.
        steps: the blocks that are passed, with what is known in them.
        needed: the ids of the values that are needed in these blocks or behind them.
        before: what it costs to go through the blocks themselves.
        after: what it costs to go through a copy.
    """

    sources: tuple[tuple[str, int], ...]
    entering: Edge
    steps: tuple[Step, ...]
    needed: frozenset[int] = frozenset()
    before: Cost = field(default_factory=Cost)
    after: Cost = field(default_factory=Cost)

    @property
    def goal(self) -> Edge:
        """The edge by which the way ends."""
        return self.steps[-1].edge


def is_needed(i: Instruction, needed: Set[int]) -> bool:
    """Whether an instruction does something, or computes what is needed, by id."""
    if i.result is not None and (i.op.pure or i.op is Op.LOAD):
        return i.result.id in needed
    return True


def values_of(operands: Iterable[Operand]) -> set[int]:
    """Returns the ids of the values among operands."""
    return {operand.id for operand in operands if isinstance(operand, Value)}


def with_ways(function: Function, flow: Graph, ways: Iterable[Way]) -> Function:
    """Returns the function with a copy for each way, where its sources lead to.

    A copy is one block and leads to the goal of its way.

    Args:
        function: whose blocks the ways pass.
        flow: of the function.
        ways: no two of them begin with one edge.
    """
    detours = _Detours(function, flow)
    for way in ways:
        detours.add(way)
    return detours.function()


class _Detours:
    """Copies what is needed on ways.

    Attributes:
        _redirected: the new edge for each source and number of its edge.
        _copies: the copies that stand behind each block, which is the last of their ways.
        _values: what is defined in the blocks that are copied, by id.
        _versions: of each of them, in the block that defines it and in the copies.
    """

    def __init__(self, function: Function, flow: Graph) -> None:
        self._function = function
        self._flow = flow
        self._copier = Copier(fresh_id(function))
        self._names = Names(block.name for block in function.blocks)
        self._redirected: dict[tuple[str, int], Edge] = {}
        self._copies: dict[str, list[Block]] = {}
        self._values: dict[int, Value] = {}
        self._versions: dict[int, dict[str, Operand]] = {}

    def add(self, way: Way) -> None:
        """Makes the copy for a way."""
        first = way.steps[0].block
        name = self._names.fresh(first.name)
        passed_on = [
            number
            for number, parameter in enumerate(first.parameters)
            if parameter.id in way.needed and parameter.id not in way.steps[0].known
        ]
        stands: dict[int, Operand] = {}
        parameters: list[Value] = []
        for number in passed_on:
            parameter = first.parameters[number]
            parameters.append(self._copier.value(parameter))
            stands[parameter.id] = parameters[-1]
        instructions, goal = self._line(way, stands)
        last = way.steps[-1].block
        copy = Block(name, tuple(parameters), instructions, Jump(goal, last.terminator.location))
        self._copies.setdefault(last.name, []).append(copy)
        for source, number in way.sources:
            arguments = self._flow.blocks[source].edges[number].arguments
            edge = Edge(name, tuple(arguments[n] for n in passed_on))
            self._redirected[source, number] = edge
        for step in way.steps:
            for value in defined(step.block):
                if value.id in stands:
                    self._values[value.id] = value
                    own = self._versions.setdefault(value.id, {step.block.name: value})
                    own[name] = stands[value.id]

    def _line(self, way: Way, stands: dict[int, Operand]) -> tuple[tuple[Instruction, ...], Edge]:
        """Returns copies of what is needed on a way, and the edge to its goal.

        Args:
            way: that is copied.
            stands: what stands for the parameters of its first block; the rest is added.
        """
        by = standing(stands)
        copies: list[Instruction] = []
        entering: Edge | None = None
        for block, edge, known in way.steps:
            if entering is not None:
                for parameter, argument in zip(block.parameters, entering.arguments, strict=True):
                    if parameter.id in way.needed:
                        stands[parameter.id] = argument
            stands.update(known)
            for i in block.instructions:
                if not is_needed(i, way.needed):
                    continue
                copy = map_instruction(i, by)
                if i.result is not None:
                    result = self._copier.value(i.result) if i.result.id in way.needed else None
                    if result is not None:
                        stands[i.result.id] = result
                    copy = replace(copy, result=result)
                copies.append(copy)
            entering = map_edge(edge, by)
        assert entering is not None, "a way passes a block"
        return tuple(copies), entering

    def function(self) -> Function:
        """Returns the function with the copies."""
        blocks: list[Block] = []
        for block in self._function.blocks:
            blocks.append(self._led(block))
            blocks += self._copies.get(block.name, ())
        function = replace(self._function, blocks=tuple(blocks))
        return repair(function, self._values, self._versions)

    def _led(self, block: Block) -> Block:
        """Returns the block with its edges to copies."""
        edges = [self._redirected.get((block.name, n), e) for n, e in enumerate(block.edges)]
        match block.terminator:
            case Jump(_, location):
                terminator: Terminator = Jump(edges[0], location)
            case Branch(condition, _, _, location):
                terminator = Branch(condition, edges[0], edges[1], location)
            case _:
                return block
        return with_contents(block, block.instructions, terminator)
