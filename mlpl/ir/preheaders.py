"""Preheaders: blocks before loops, for what is to run once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mlpl.ir.copies import Copier
from mlpl.ir.graph import Graph
from mlpl.ir.loops import Loop
from mlpl.ir.module import Block, Edge, Function, Jump
from mlpl.ir.names import Names
from mlpl.ir.rewrite import map_edges
from mlpl.ir.uses import fresh_id


def with_preheaders(function: Function, flow: Graph, found: Iterable[Loop]) -> Function:
    """Returns the function with one way into each loop, from a block that leads nowhere else.

    Such a block that is there already is kept. `simplify` removes those that stay empty.
    """
    names = Names(block.name for block in function.blocks)
    copier = Copier(fresh_id(function))
    new: dict[str, Block] = {}
    entries: dict[str, set[str]] = {}
    for loop in found:
        outside = loop.entries(flow)
        if len(outside) == 1 and len(flow.successors[outside[0]]) == 1:
            continue
        name = names.fresh("before")
        new[loop.header] = _preheader(name, flow, loop, outside, copier)
        entries[loop.header] = set(outside)
    if not new:
        return function
    blocks: list[Block] = []
    for block in function.blocks:
        if block.name in new:
            blocks.append(_redirected(new[block.name], new, entries))
        blocks.append(_redirected(block, new, entries))
    return replace(function, blocks=tuple(blocks))


def _preheader(
    name: str, flow: Graph, loop: Loop, outside: tuple[str, ...], copier: Copier
) -> Block:
    """Returns a new block before a loop; it has parameters only if edges meet in it."""
    edges = [e for p in outside for e in flow.blocks[p].edges if e.block == loop.header]
    if len(edges) == 1:
        return Block(name, (), (), Jump(edges[0]))
    parameters = tuple(map(copier.value, flow.blocks[loop.header].parameters))
    return Block(name, parameters, (), Jump(Edge(loop.header, parameters)))


def _redirected(block: Block, new: dict[str, Block], entries: dict[str, set[str]]) -> Block:
    """Returns the block with its edges into loops leading to their preheaders."""

    def entering(edge: Edge) -> Edge:
        if block.name in entries.get(edge.block, ()):
            before = new[edge.block]
            return Edge(before.name, edge.arguments if before.parameters else ())
        return edge

    return replace(block, terminator=map_edges(block.terminator, entering))


def preheader(flow: Graph, loop: Loop) -> str:
    """Returns the one block that leads into a loop, and nowhere else."""
    (name,) = loop.entries(flow)
    return name
