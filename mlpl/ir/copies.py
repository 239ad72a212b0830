"""Copies of blocks with values of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlpl.ir.module import Block, Edge, Instruction, Operand, Value
from mlpl.ir.rewrite import Replacement, map_edges, map_instruction, map_terminator


class Copier:
    """Copies blocks of a function; `next` is the id of the next new value."""

    def __init__(self, next: int) -> None:
        self.next = next

    def value(self, value: Value) -> Value:
        """Returns a new value like `value`."""
        self.next += 1
        return replace(value, id=self.next - 1)

    def instructions(self, block: Block, stands: dict[int, Operand]) -> tuple[Instruction, ...]:
        """Returns copies of a block's instructions.

        Args:
            block: whose instructions.
            stands: what stands for values, by id; the results' copies are added.
        """
        copies: list[Instruction] = []
        for instruction in block.instructions:
            copy = map_instruction(instruction, standing(stands))
            if instruction.result is not None:
                result = self.value(instruction.result)
                stands[instruction.result.id] = result
                copy = replace(copy, result=result)
            copies.append(copy)
        return tuple(copies)

    def blocks(
        self, blocks: tuple[Block, ...], names: Mapping[str, str], stands: dict[int, Operand]
    ) -> tuple[Block, ...]:
        """Returns copies of blocks that are entered through the first of them alone.

        Args:
            blocks: definitions stand before uses, but for parameters.
            names: the new names of blocks; edges to others stay.
            stands: what stands for values, by id; the copies of all that is defined are added.
                The first block's parameters are left out where something stands for them.
        """
        for block in blocks:
            for parameter in block.parameters:
                if parameter.id not in stands:
                    stands[parameter.id] = self.value(parameter)
        heads = [(block, self.instructions(block, stands)) for block in blocks]
        return tuple(
            Block(
                names[block.name],
                tuple(v for p in block.parameters if isinstance(v := stands[p.id], Value)),
                instructions,
                map_edges(
                    map_terminator(block.terminator, standing(stands)),
                    lambda e: Edge(names.get(e.block, e.block), e.arguments),
                ),
            )
            for block, instructions in heads
        )


def standing(stands: Mapping[int, Operand]) -> Replacement:
    """Returns the replacement of values by what stands for them, by id."""

    def replaced(operand: Operand) -> Operand:
        return stands.get(operand.id, operand) if isinstance(operand, Value) else operand

    return replaced
