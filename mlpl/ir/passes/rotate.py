"""Loop rotation: the test moves from the beginning of a loop to its end."""

from __future__ import annotations

from dataclasses import replace

from mlpl.ir.copies import Copier
from mlpl.ir.costs import block_cost
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import Block, Branch, Edge, Function, Module, Operand
from mlpl.ir.names import Names
from mlpl.ir.preheaders import with_preheaders
from mlpl.ir.rewrite import map_edges
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.ssa import repair
from mlpl.ir.uses import fresh_id

LARGEST = 120
"""Cells that the copy of a test may fill, where steps count."""
SMALL = 21
"""The same where cells count: a counter often makes up for the copy."""


def rotate(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with loops that test at their end, behind a guard that tests once.

    Before::

        entry:
          jump while(0)
        while(%1: int):
          %2 = lt %1, %n.0
          branch %2, do, done
        do:
          ...
          jump while(%3)
        done:
          return %1

    After::

        entry:
          jump guard(0)
        guard(%4: int):
          %5 = lt %4, %n.0
          branch %5, do(%4), done(%4)
        while(%1: int):
          %2 = lt %1, %n.0
          branch %2, do(%1), done(%1)
        do(%6: int):
          ...
          jump while(%3)
        done(%7: int):
          return %7

    `simplify` then joins `while` with the end of the loop: a round has one jump less, and what
    lies in the loop is only computed if the loop is entered, so it can be moved before it. A loop
    is left alone whose last block tests already, or whose test is long.

    Source: Muchnick (1997), section 18.3, loop inversion.
    """
    flow = graph(function)
    found = loops(flow, dominance(flow))
    if not found:
        return function
    function = with_preheaders(function, flow, found.values())
    while True:
        rotated = _one(function, settings)
        if rotated is None:
            return function
        function = rotated


def _one(function: Function, settings: Settings) -> Function | None:
    """Returns the function with one more loop rotated, or None."""
    flow = graph(function)
    for loop in loops(flow, dominance(flow)).values():
        if _worthwhile(flow, loop, settings):
            settings.did(
                function.name, "rotated a loop", flow.blocks[loop.header].terminator.location
            )
            return _rotated(function, flow, loop)
    return None


def _worthwhile(flow: Graph, loop: Loop, settings: Settings) -> bool:
    header = flow.blocks[loop.header]
    if not isinstance(header.terminator, Branch) or loop.header in loop.latches:
        return False
    inside = [edge.block in loop.blocks for edge in header.edges]
    if all(inside) or not any(inside):
        return False
    if any(_tests(flow.blocks[latch], loop) for latch in loop.latches):
        return False
    limit = LARGEST if settings.aim is Aim.STEPS else SMALL
    return block_cost(header, settings.costs).cells <= limit


def _tests(latch: Block, loop: Loop) -> bool:
    """Whether a latch decides itself whether the loop goes on."""
    return any(edge.block not in loop.blocks for edge in latch.edges)


def _rotated(function: Function, flow: Graph, loop: Loop) -> Function:
    header = flow.blocks[loop.header]
    copier = Copier(fresh_id(function))
    guard_name = Names(block.name for block in function.blocks).fresh("guard")
    stands: dict[int, Operand] = {}
    guard = copier.blocks((header,), {header.name: guard_name}, stands)[0]
    entries = set(loop.entries(flow))

    def entering(edge: Edge) -> Edge:
        return Edge(guard_name, edge.arguments) if edge.block == header.name else edge

    blocks: list[Block] = []
    for block in function.blocks:
        if block.name == header.name:
            blocks.append(guard)
        if block.name in entries:
            block = replace(block, terminator=map_edges(block.terminator, entering))
        blocks.append(block)
    defined = [*header.parameters, *(i.result for i in header.instructions if i.result)]
    values = {value.id: value for value in defined}
    versions = {id: {header.name: value, guard_name: stands[id]} for id, value in values.items()}
    return repair(replace(function, blocks=tuple(blocks)), values, versions)
