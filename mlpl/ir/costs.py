"""What things cost on the target: the protocol that passes ask, and a neutral answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mlpl.ir.module import Block, Branch, Const, Function, Instruction, Jump, Op, Terminator
from mlpl.ir.signatures import ROUTINE_OPS


@dataclass(frozen=True, slots=True)
class Cost:
    """Steps that something takes when it runs, and cells that it fills."""

    steps: int = 0
    cells: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.steps + other.steps, self.cells + other.cells)


class Costs(Protocol):
    """What a back end knows about its target; estimates, never wrong but more or less close."""

    def instruction(self, instruction: Instruction) -> Cost:
        """Returns what an instruction costs, a call without the callee's body."""
        ...

    def terminator(self, terminator: Terminator) -> Cost:
        """Returns what the end of a block costs, with the moves on its edges."""
        ...

    def kept(self) -> Cost:
        """Returns what it costs to keep a value over a call that may run its function again."""
        ...

    def provides(self, function: str) -> bool:
        """Whether the target has code of its own for a function of the library, in few steps."""
        ...


class NeutralCosts:
    """A target where everything costs about the same, and calls a little more."""

    def kept(self) -> Cost:
        """Returns the cost of a store and a load."""
        return Cost(8, 8)

    def provides(self, function: str) -> bool:
        """Returns False."""
        return False

    def instruction(self, instruction: Instruction) -> Cost:
        """Returns one for each operand and one more; ten for ops that are routines."""
        if instruction.op in ROUTINE_OPS:
            return Cost(10, 10)
        size = len(instruction.operands) + 1
        return Cost(2 * size, 2 * size) if instruction.op is Op.CALL else Cost(size, size)

    def terminator(self, terminator: Terminator) -> Cost:
        """Returns one, and one for each argument of an edge."""
        match terminator:
            case Jump(edge):
                return Cost(1 + len(edge.arguments), 1 + len(edge.arguments))
            case Branch(_, then, otherwise):
                moves = len(then.arguments) + len(otherwise.arguments)
                return Cost(2 + moves // 2, 2 + moves)
            case _:
                return Cost(1, 1)


def block_cost(block: Block, costs: Costs) -> Cost:
    """Returns what a block costs when it runs once."""
    total = costs.terminator(block.terminator)
    for instruction in block.instructions:
        total += costs.instruction(instruction)
    return total


def function_cells(function: Function, costs: Costs) -> int:
    """Returns how many cells the code of a function fills."""
    return sum(block_cost(block, costs).cells for block in function.blocks)


def expected_steps(function: Function, costs: Costs, depths: Mapping[str, int]) -> int:
    """Returns the steps of a call if every loop runs `REPEATS` times and all blocks count."""
    total = 0
    for block in function.blocks:
        depth = min(depths.get(block.name, 0), DEEPEST)
        total += block_cost(block, costs).steps * REPEATS**depth
    return total


REPEATS = 8
"""How often a loop is taken to run where that is not known."""
DEEPEST = 4
"""Loops inside one another that are still told apart."""


def constants_of(instruction: Instruction) -> int:
    """Returns how many operands of an instruction are constants."""
    return sum(isinstance(operand, Const) for operand in instruction.operands)
