"""Replacing operands in instructions, terminators, blocks and functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    Module,
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
    before = instruction.operands
    operands = tuple(map(by, before))
    if _same(operands, before):
        return instruction
    return Instruction(
        instruction.op, operands, instruction.result, instruction.symbol, instruction.location
    )


def map_edge(edge: Edge, by: Replacement) -> Edge:
    """Returns the edge with its arguments replaced; itself if they are the same."""
    before = edge.arguments
    arguments = tuple(map(by, before))
    return edge if _same(arguments, before) else Edge(edge.block, arguments)


def map_terminator(terminator: Terminator, by: Replacement) -> Terminator:
    """Returns the terminator with its operands replaced; itself if they are the same."""
    match terminator:
        case Jump() | Halt():
            changed: Terminator = terminator
        case Branch(condition, then, otherwise, location):
            condition_ = by(condition)
            if condition_ is condition:
                changed = terminator
            else:
                changed = Branch(condition_, then, otherwise, location)
        case Return(value, location):
            value_ = None if value is None else by(value)
            changed = terminator if value_ is value else Return(value_, location)
        case Trap(_, values):
            values_ = tuple(map(by, values))
            changed = terminator if _same(values_, values) else replace(terminator, values=values_)
        case _:
            assert_never(terminator)
    return map_edges(changed, lambda edge: map_edge(edge, by))


def map_edges(terminator: Terminator, by: Callable[[Edge], Edge]) -> Terminator:
    """Returns the terminator with its edges replaced; itself if they are the same."""
    match terminator:
        case Jump(edge, location):
            edge_ = by(edge)
            return terminator if edge_ is edge else Jump(edge_, location)
        case Branch(condition, then, otherwise, location):
            then_, otherwise_ = by(then), by(otherwise)
            if then_ is then and otherwise_ is otherwise:
                return terminator
            return Branch(condition, then_, otherwise_, location)
        case Return() | Halt() | Trap():
            return terminator
        case _:
            assert_never(terminator)


def map_block(block: Block, by: Replacement) -> Block:
    """Returns the block with its operands replaced; itself if they are the same."""
    instructions = (map_instruction(i, by) for i in block.instructions)
    return with_contents(block, instructions, map_terminator(block.terminator, by))


def map_function(function: Function, by: Replacement) -> Function:
    """Returns the function with its operands replaced; itself if they are the same."""
    return with_blocks(function, (map_block(block, by) for block in function.blocks))


def with_contents(
    block: Block,
    instructions: Iterable[Instruction],
    terminator: Terminator,
    parameters: Iterable[Value] | None = None,
) -> Block:
    """Returns the block with other contents; itself if they are the same objects."""
    new = tuple(instructions)
    taken = block.parameters if parameters is None else tuple(parameters)
    if (
        terminator is block.terminator
        and _same(new, block.instructions)
        and _same(taken, block.parameters)
    ):
        return block
    return Block(block.name, taken, new, terminator)


def with_blocks(function: Function, blocks: Iterable[Block]) -> Function:
    """Returns the function with other blocks; itself if they are the same objects.

    What is the same object need not be looked at again: the verifier and the analyses rely on it.
    """
    new = tuple(blocks)
    return function if _same(new, function.blocks) else replace(function, blocks=new)


def with_functions(module: Module, functions: Mapping[str, Function]) -> Module:
    """Returns the module with other functions; itself if they are the same objects."""
    if all(module.functions[name] is function for name, function in functions.items()):
        return module
    return replace(module, functions=functions)


def _same(new: tuple[object, ...], old: tuple[object, ...]) -> bool:
    """Whether two tuples hold the same objects: what is equal may still differ in its names."""
    return len(new) == len(old) and all(map(is_, new, old))
