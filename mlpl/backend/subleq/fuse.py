"""Which comparisons need no bool, because one branch is all that uses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mlpl.ir.module import Block, Branch, Function, Instruction, Op, Operand, Return, Trap, Value

_COMPARISONS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.WITHIN, Op.NOT})


def definitions(function: Function) -> dict[int, Instruction]:
    """Returns the instruction that defines each value, by the value's id."""
    return {i.result.id: i for i in function.instructions() if i.result is not None}


def uses(function: Function) -> Counter[int]:
    """Returns how often each value is used, by the value's id."""
    count: Counter[int] = Counter()
    for block in function.blocks:
        for operand in _operands(block):
            if isinstance(operand, Value):
                count[operand.id] += 1
    return count


def _operands(block: Block) -> list[Operand]:
    operands = [o for i in block.instructions for o in i.operands]
    operands += [a for e in block.edges for a in e.arguments]
    match block.terminator:
        case Branch(condition):
            operands.append(condition)
        case Return(value) if value is not None:
            operands.append(value)
        case Trap(_, values):
            operands += values
        case _:
            pass
    return operands


def fused(
    function: Function, defined: Mapping[int, Instruction], used: Mapping[int, int]
) -> frozenset[int]:
    """Returns the ids of comparisons that only the branch of their own block uses.

    A negation counts as a comparison, and what it negates may be fused with it.
    """
    found: set[int] = set()
    for block in function.blocks:
        local = {i.result for i in block.instructions}
        value = block.terminator.condition if isinstance(block.terminator, Branch) else None
        while isinstance(value, Value) and value in local and used[value.id] == 1:
            definition = defined[value.id]
            if definition.op not in _COMPARISONS:
                break
            found.add(value.id)
            value = definition.operands[0] if definition.op is Op.NOT else None
    return frozenset(found)
