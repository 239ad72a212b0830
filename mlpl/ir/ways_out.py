"""Ways out of loops on which values are computed that stand for others behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from mlpl.ir.copies import standing
from mlpl.ir.module import Block, Edge, Function, Instruction, Jump, Operand, Value
from mlpl.ir.names import Names
from mlpl.ir.rewrite import map_edge, map_edges, with_blocks, with_contents
from mlpl.ir.ssa import repair

WayOut: TypeAlias = tuple[str, int]
"""A block in a loop, and the number of its edge that leads out."""


class Version(NamedTuple):
    """A value of a loop, and the instruction whose result stands for it on a way out."""

    value: Value
    instruction: Instruction


def with_ways_out(
    function: Function,
    places: Mapping[int, str],
    versions: Mapping[WayOut, Sequence[Version]],
    name: str,
) -> Function:
    """Returns the function with a block of its own on ways out of loops.

    Args:
        function: whose loops are left.
        places: the block that defines each value, by id.
        versions: what is computed on each way, in order.
        name: of the new blocks.
    """
    names = Names(block.name for block in function.blocks)
    values: dict[int, Value] = {}
    stand: dict[int, dict[str, Operand]] = {}
    blocks: list[Block] = []
    for block in function.blocks:
        edges = block.edges
        ways = [n for n in range(len(edges)) if (block.name, n) in versions]
        new = {number: names.fresh(name) for number in ways}
        blocks.append(_led(block, new))
        for number, own in new.items():
            here: dict[int, Operand] = {}
            for value, instruction in versions[block.name, number]:
                assert instruction.result is not None, "it stands for a value"
                here[value.id] = instruction.result
                values[value.id] = value
                stand.setdefault(value.id, {places[value.id]: value})[own] = instruction.result
            edge = map_edge(edges[number], standing(here))
            made = tuple(version.instruction for version in versions[block.name, number])
            blocks.append(Block(own, (), made, Jump(edge)))
    return repair(with_blocks(function, blocks), values, stand)


def _led(block: Block, new: Mapping[int, str]) -> Block:
    """Returns the block with some of its edges, by number, leading to new blocks."""
    if not new:
        return block
    edges = block.edges

    def led(edge: Edge) -> Edge:
        number = next(n for n, each in enumerate(edges) if each is edge)
        return Edge(new[number], ()) if number in new else edge

    return with_contents(block, block.instructions, map_edges(block.terminator, led))
