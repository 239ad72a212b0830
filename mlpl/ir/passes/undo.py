"""Reverse computation: what a loop's variable was before its last step is found from what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlpl.base.words import wrap
from mlpl.ir.dominance import Dominance, dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.induction import invariant, places
from mlpl.ir.liveness import liveness
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import (
    Const,
    Function,
    Instruction,
    Module,
    Op,
    Trap,
    Value,
)
from mlpl.ir.settings import DEFAULT, Settings
from mlpl.ir.uses import fresh_id
from mlpl.ir.ways_out import Version, WayOut, with_ways_out


def undo(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with steps of variables undone on ways out of loops.

    Before::

        do(%1: int):
          %2 = add %1, -1
          %3 = load @a, %2
          %4 = gt %3, 0
          branch %4, do(%2), done(%1)

    After::

        do(%1: int):
          %2 = add %1, -1
          %3 = load @a, %2
          %4 = gt %3, 0
          branch %4, do(%2), undone
        undone:
          %5 = add %2, 1
          jump done(%5)

    Nothing in the loop needs %1 any more once there is %2, which can take its place: the step is
    taken where the variable is, and nothing moves. That is so for sums and differences with what
    does not change in the loop, if what was before the step is only needed outside of it, or as
    an index, which operands of the target may follow by themselves. `simplify` would undo it, so
    it has to come last.

    Source: the inverse of rematerialization (Briggs, Cooper, Torczon, 1992): from the result, not
    from the operands.
    """
    flow = graph(function)
    dominators = dominance(flow)
    found = loops(flow, dominators)
    if not found:
        return function
    search = _Search(function, flow, dominators, module.word_bits)
    for loop in found.values():
        for step in search.steps(loop):
            where = flow.blocks[step.block].instructions[step.number].location
            settings.did(function.name, f"{step.variable} is found again behind a loop", where)
            search.take(step)
    return search.function() if search.taken else function


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a variable of a loop that can be undone.

    Attributes:
        variable: what it was before.
        block: where the step is.
        number: of the instruction.
        inverse: computes what it was from what it is, but without a result.
        exits: the blocks of the loop, and the numbers of their edges, on which it is needed.
    """

    variable: Value
    block: str
    number: int
    inverse: Instruction
    exits: tuple[WayOut, ...]


class _Search:
    """Finds steps and undoes them.

    Attributes:
        taken: whether there are any.
    """

    def __init__(
        self, function: Function, flow: Graph, dominators: Dominance, word_bits: int
    ) -> None:
        self.taken = False
        self._word_bits = word_bits
        self._function = function
        self._flow = flow
        self._dominators = dominators
        self._live = liveness(flow)
        self._places = places(flow)
        self._defined = {
            i.result.id: (name, number, i)
            for name in flow.order
            for number, i in enumerate(flow.blocks[name].instructions)
            if i.result is not None
        }
        self._next = fresh_id(function)
        self._undone: dict[WayOut, list[Version]] = {}

    def steps(self, loop: Loop) -> Iterator[_Step]:
        """Yields the steps of a loop with one way back."""
        blocks = self._flow.blocks
        back = loop.back(self._flow)
        if len(back) != 1:
            return
        pairs = zip(blocks[loop.header].parameters, back[0].arguments, strict=True)
        for variable, following in pairs:
            if not isinstance(following, Value) or following.id not in self._defined:
                continue
            name, number, definition = self._defined[following.id]
            inverse = self._inverse(definition, variable, loop)
            if name not in loop.blocks or inverse is None:
                continue
            exits = tuple(self._exits(variable, name, loop))
            if not exits or any(map(self._traps, exits)):
                continue
            if not self._needed_inside(variable, name, number, loop):
                yield _Step(variable, name, number, inverse, exits)

    def _inverse(self, i: Instruction, variable: Value, loop: Loop) -> Instruction | None:
        """Returns what undoes a step, if the instruction is one."""
        assert i.result is not None, "it is what the variable becomes"
        match i:
            case Instruction(Op.ADD | Op.OFFSET, (before, Const(step))) if before == variable:
                back = Const(wrap(-step, self._word_bits))
                return Instruction(i.op, (i.result, back), location=i.location)
            case Instruction(Op.ADD, (x, y)) if variable in (x, y):
                op, other = Op.SUB, x if y == variable else y
            case Instruction(Op.SUB, (before, other)) if before == variable:
                op = Op.ADD
            case _:
                return None
        if not invariant(other, self._places, loop):
            return None
        return Instruction(op, (i.result, other), location=i.location)

    def _exits(self, variable: Value, step: str, loop: Loop) -> Iterator[WayOut]:
        """Yields the ways out of a loop, behind the block with a step, that need the variable."""
        for name in loop.blocks:
            if not self._dominators.dominates(step, name):
                continue
            for number, edge in enumerate(self._flow.blocks[name].edges):
                needed = variable in edge.arguments or variable.id in self._live.live_in[edge.block]
                if edge.block not in loop.blocks and needed:
                    yield name, number

    def _traps(self, way: WayOut) -> bool:
        """Whether a way leads to a trap: to go there takes no code."""
        name, number = way
        goal = self._flow.blocks[name].edges[number].block
        return isinstance(self._flow.blocks[goal].terminator, Trap)

    def _needed_inside(self, variable: Value, step: str, number: int, loop: Loop) -> bool:
        """Whether the loop needs the variable behind a step, other than as an index."""
        for name in loop.blocks:
            if not self._dominators.dominates(step, name):
                continue
            block = self._flow.blocks[name]
            first = number + 1 if name == step else 0
            if any(_reads(i, variable) for i in block.instructions[first:]):
                return True
            inside = (e.arguments for e in block.edges if e.block in loop.blocks)
            if any(variable in arguments for arguments in inside):
                return True
        return False

    def take(self, step: _Step) -> None:
        """Undoes a step on its ways out."""
        self.taken = True
        for way in step.exits:
            value = replace(step.variable, id=self._next)
            self._next += 1
            undone = replace(step.inverse, result=value)
            self._undone.setdefault(way, []).append(Version(step.variable, undone))

    def function(self) -> Function:
        """Returns the function with all of them undone."""
        return with_ways_out(self._function, self._places, self._undone, "undone")


def _reads(i: Instruction, variable: Value) -> bool:
    """Whether an instruction needs a variable, other than as an index."""
    if i.op in (Op.LOAD, Op.STORE):
        return variable in (i.operands[0], *i.operands[2:])
    return variable in i.operands
