"""Induction variables: block parameters of a loop's header that grow by a constant every round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.ir.graph import Graph
from mlpl.ir.loops import Loop
from mlpl.ir.module import Const, Instruction, Op, Operand, Value
from mlpl.ir.preheaders import preheader


@dataclass(frozen=True, slots=True)
class Induction:
    """A basic induction variable of a loop with one latch.

    Attributes:
        variable: the parameter of the header.
        index: its number.
        start: what it is in the first round.
        following: what it is in the next round: the value that the latch gives.
        step: `following` is `variable` plus this constant, modulo 2^w.
    """

    variable: Value
    index: int
    start: Operand
    following: Value
    step: int


def inductions(
    flow: Graph, loop: Loop, definitions: Mapping[int, Instruction]
) -> tuple[Induction, ...]:
    """Returns the basic induction variables of a loop that has a preheader and one latch."""
    if len(loop.latches) != 1:
        return ()
    header = flow.blocks[loop.header]
    first = next(e for e in flow.blocks[preheader(flow, loop)].edges if e.block == header.name)
    again = loop.back(flow)
    if len(again) != 1:
        return ()
    found = []
    for index, variable in enumerate(header.parameters):
        following = again[0].arguments[index]
        step = distance(following, variable, definitions)
        if step and isinstance(following, Value):
            start = first.arguments[index]
            found.append(Induction(variable, index, start, following, step))
    return tuple(found)


def distance(following: Operand, variable: Value, definitions: Mapping[int, Instruction]) -> int:
    """Returns the constant by which `following` is more than `variable`; 0 if it is not."""
    total = 0
    while following != variable:
        definition = definitions.get(following.id) if isinstance(following, Value) else None
        match definition:
            case Instruction(Op.ADD, (Value() as before, Const(constant))):
                following, total = before, total + constant
            case _:
                return 0
    return total


def invariant(operand: Operand, places: Mapping[int, str], loop: Loop) -> bool:
    """Whether an operand is the same in every round: nothing in the loop defines it."""
    return not isinstance(operand, Value) or places.get(operand.id) not in loop.blocks


def places(flow: Graph) -> dict[int, str]:
    """Returns the block that defines each value, by id; parameters of the function have none."""
    found: dict[int, str] = {}
    for name in flow.order:
        block = flow.blocks[name]
        found |= {parameter.id: name for parameter in block.parameters}
        found |= {i.result.id: name for i in block.instructions if i.result is not None}
    return found
