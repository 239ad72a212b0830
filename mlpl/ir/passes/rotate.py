"""Loop rotation: the test moves from the beginning of a loop to its end."""

from __future__ import annotations

from dataclasses import replace

from mlpl.ir.copies import Copier
from mlpl.ir.costs import block_cost
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import Block, Branch, Edge, Function, Jump, Module, Operand, Value
from mlpl.ir.names import Names
from mlpl.ir.preheaders import with_preheaders
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
    prepared = with_preheaders(function, flow, found.values())
    flow = graph(prepared)
    chosen = [
        loop for loop in loops(flow, dominance(flow)).values() if _worthwhile(flow, loop, settings)
    ]
    for loop in chosen:
        location = flow.blocks[loop.header].terminator.location
        settings.did(function.name, "rotated a loop", location)
    return _rotated(prepared, flow, chosen) if chosen else function


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


def _rotated(function: Function, flow: Graph, chosen: list[Loop]) -> Function:
    """Returns the function with a guard before each of some loops, which have preheaders."""
    copier = Copier(fresh_id(function))
    names = Names(block.name for block in function.blocks)
    guards: dict[str, Block] = {}
    entries: dict[str, str] = {}
    values: dict[int, Value] = {}
    versions: dict[int, dict[str, Operand]] = {}
    for loop in chosen:
        header = flow.blocks[loop.header]
        stands: dict[int, Operand] = {}
        guard = copier.blocks((header,), {header.name: names.fresh("guard")}, stands)[0]
        guards[header.name] = guard
        entries |= dict.fromkeys(loop.entries(flow), header.name)
        for value in (*header.parameters, *(i.result for i in header.instructions if i.result)):
            values[value.id] = value
            versions[value.id] = {header.name: value, guard.name: stands[value.id]}

    blocks: list[Block] = []
    for block in function.blocks:
        if block.name in guards:
            blocks.append(guards[block.name])
        if block.name in entries:
            block = _entering(block, guards[entries[block.name]])
        blocks.append(block)
    return repair(replace(function, blocks=tuple(blocks)), values, versions)


def _entering(preheader: Block, guard: Block) -> Block:
    """Returns a preheader that leads to the guard of its loop."""
    assert isinstance(preheader.terminator, Jump), "a preheader leads nowhere else"
    edge = Edge(guard.name, preheader.terminator.edge.arguments)
    return replace(preheader, terminator=replace(preheader.terminator, edge=edge))
