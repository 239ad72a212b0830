"""Definitions and uses of the values of a function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import assert_never

from mlpl.ir.module import (
    Block,
    Branch,
    Function,
    Halt,
    Jump,
    Operand,
    Return,
    Terminator,
    Trap,
    Value,
)


def terminator_operands(terminator: Terminator) -> tuple[Operand, ...]:
    """Returns everything that a terminator reads, the arguments of its edges included."""
    match terminator:
        case Jump(edge):
            return edge.arguments
        case Branch(condition, then, otherwise):
            return (condition, *then.arguments, *otherwise.arguments)
        case Return(value):
            return () if value is None else (value,)
        case Halt():
            return ()
        case Trap(_, values):
            return values
        case _:
            assert_never(terminator)


def block_operands(block: Block) -> Iterator[Operand]:
    """Yields everything that a block reads, in order."""
    for instruction in block.instructions:
        yield from instruction.operands
    yield from terminator_operands(block.terminator)


def definitions(function: Function) -> Iterator[Value]:
    """Yields every value of a function, each where it is defined."""
    yield from function.parameters
    for block in function.blocks:
        yield from defined(block)


def defined(block: Block) -> Iterator[Value]:
    """Yields every value of a block, each where it is defined."""
    yield from block.parameters
    for instruction in block.instructions:
        if instruction.result is not None:
            yield instruction.result


def use_counts(function: Function) -> Counter[int]:
    """Returns how often each value, by id, is used."""
    return Counter(
        operand.id
        for block in function.blocks
        for operand in block_operands(block)
        if isinstance(operand, Value)
    )


def fresh_id(function: Function) -> int:
    """Returns an id above those of all values of the function."""
    return max((value.id for value in definitions(function)), default=-1) + 1
