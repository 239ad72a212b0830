"""Replacing operands in instructions, terminators, blocks and functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import is_
from typing import assert_never

from mlpl.ir.module import (
    Block,
    Branch,
    Edge,
    Function,
    Halt,
    Instruction,
    Jump,
    Operand,
    Return,
    Terminator,
    Trap,
    Value,
)

Replacement = Callable[[Operand], Operand]


@dataclass(slots=True)
class Substitution:
    """Values, by id, that others stand for from now on; chains are followed."""

    _operands: dict[int, Operand] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is replaced."""
        return bool(self._operands)

    def add(self, value: Value, operand: Operand) -> None:
        """Makes `operand` stand for `value`, which it must not lead back to."""
        self._operands[value.id] = operand

    def __call__(self, operand: Operand) -> Operand:
        """Returns what stands for the operand: itself, if nothing else does."""
        while isinstance(operand, Value) and operand.id in self._operands:
            operand = self._operands[operand.id]
        return operand


def map_instruction(instruction: Instruction, by: Replacement) -> Instruction:
    """Returns the instruction with its operands replaced; itself if they are the same."""
    operands = tuple(map(by, instruction.operands))
    if all(map(is_, operands, instruction.operands)):  # not `==`: names may differ
        return instruction
    return replace(instruction, operands=operands)


def map_edge(edge: Edge, by: Replacement) -> Edge:
    """Returns the edge with its arguments replaced."""
    return Edge(edge.block, tuple(map(by, edge.arguments))) if edge.arguments else edge


def map_terminator(terminator: Terminator, by: Replacement) -> Terminator:
    """Returns the terminator with its operands replaced."""
    match terminator:
        case Jump(edge):
            return replace(terminator, edge=map_edge(edge, by))
        case Branch(condition, then, otherwise):
            return replace(
                terminator,
                condition=by(condition),
                then=map_edge(then, by),
                otherwise=map_edge(otherwise, by),
            )
        case Return(value):
            return terminator if value is None else replace(terminator, value=by(value))
        case Halt():
            return terminator
        case Trap(_, values):
            return replace(terminator, values=tuple(map(by, values))) if values else terminator
        case _:
            assert_never(terminator)


def map_edges(terminator: Terminator, by: Callable[[Edge], Edge]) -> Terminator:
    """Returns the terminator with its edges replaced."""
    match terminator:
        case Jump(edge):
            return replace(terminator, edge=by(edge))
        case Branch(_, then, otherwise):
            return replace(terminator, then=by(then), otherwise=by(otherwise))
        case Return() | Halt() | Trap():
            return terminator
        case _:
            assert_never(terminator)


def map_block(block: Block, by: Replacement) -> Block:
    """Returns the block with its operands replaced."""
    return replace(
        block,
        instructions=tuple(map_instruction(i, by) for i in block.instructions),
        terminator=map_terminator(block.terminator, by),
    )


def map_function(function: Function, by: Replacement) -> Function:
    """Returns the function with its operands replaced."""
    return replace(function, blocks=tuple(map_block(block, by) for block in function.blocks))
