"""Variables of loops that grow in place: a value, and what is added to it or subtracted from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.ir.graph import Graph
from mlpl.ir.loops import Loop
from mlpl.ir.module import Const, Instruction, Kind, Op, Operand, Value


@dataclass(frozen=True, slots=True)
class Web:
    """A variable of a loop with all values that it takes.

    Attributes:
        variable: the parameter of the loop's header.
        loop: the loop; inside it everything given to the variable is a constant or a member.
        blocks: those of the loop, to look up.
        members: its values, by id: block parameters, and results of the steps.
        steps: the sums and differences, by the result's id, with what is added or subtracted.
    """

    variable: Value
    loop: Loop
    blocks: frozenset[str]
    members: Mapping[int, Value]
    steps: Mapping[int, tuple[Instruction, Operand]]


def webs(flow: Graph, loop: Loop) -> list[Web]:
    """Returns the variables of a loop that only grow in place.

    Args:
        flow: of the function.
        loop: one of its loops; variables may grow in loops inside it too.
    """
    search = _Search(flow, loop)
    parameters = flow.blocks[loop.header].parameters
    found = (search.web(p) for p in parameters if p.kind is Kind.INT)
    return [web for web in found if web is not None and web.steps]


class _Search:
    """Follows what variables get backwards, as far as it is made of them.

    Attributes:
        _inside: the instructions of the loop, by the id of their result.
        _given: what each parameter of a block of the loop is given in the loop, by its id.
        _takers: what may stand in the place of each value, by its id.
    """

    def __init__(self, flow: Graph, loop: Loop) -> None:
        self._loop = loop
        self._blocks = frozenset(loop.blocks)
        self._inside = {
            i.result.id: i
            for name in loop.blocks
            for i in flow.blocks[name].instructions
            if i.result is not None
        }
        self._given: dict[int, list[Operand]] = {}
        self._takers: dict[int, list[int]] = {}
        for name in loop.blocks:
            for edge in flow.blocks[name].edges:
                if edge.block not in self._blocks:
                    continue
                parameters = flow.blocks[edge.block].parameters
                for parameter, operand in zip(parameters, edge.arguments, strict=True):
                    self._given.setdefault(parameter.id, []).append(operand)
                    self._take(parameter.id, operand)
        for id_, instruction in self._inside.items():
            for operand in _bases(instruction):
                self._take(id_, operand)

    def _take(self, taker: int, operand: Operand) -> None:
        if isinstance(operand, Value):
            self._takers.setdefault(operand.id, []).append(taker)

    def web(self, variable: Value) -> Web | None:
        """Returns the web of a variable; None if it gets anything else."""
        made = self._made_of(variable)
        members: dict[int, Value] = {variable.id: variable}
        steps: dict[int, tuple[Instruction, Operand]] = {}
        waiting = list(self._given[variable.id])
        while waiting:
            operand = waiting.pop()
            if isinstance(operand, Const):
                continue
            if not isinstance(operand, Value):
                return None
            if operand.id in members:
                continue
            members[operand.id] = operand
            if operand.id in self._given:
                waiting += self._given[operand.id]
                continue
            instruction = self._inside.get(operand.id)
            bases = _bases(instruction) if instruction is not None else ()
            base = next((o for o in bases if isinstance(o, Value) and o.id in made), None)
            if instruction is None or base is None:
                return None
            x, y = instruction.operands
            steps[operand.id] = instruction, y if base == x else x
            waiting.append(base)
        return Web(variable, self._loop, self._blocks, members, steps)

    def _made_of(self, variable: Value) -> set[int]:
        """Returns what may have grown from a variable."""
        found = {variable.id}
        waiting = [variable.id]
        while waiting:
            new = [id_ for id_ in self._takers.get(waiting.pop(), ()) if id_ not in found]
            found.update(new)
            waiting += new
        return found


def _bases(instruction: Instruction) -> tuple[Operand, ...]:
    """Returns the operands in whose place a result may be: of a difference the first."""
    match instruction:
        case Instruction(Op.ADD, (x, y)) if x != y:
            return x, y
        case Instruction(Op.SUB, (x, y)) if x != y:
            return (x,)
        case _:
            return ()
