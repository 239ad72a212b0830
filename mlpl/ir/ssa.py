"""Repair of SSA form after blocks have been copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlpl.ir.dominance import Dominance, dominance, frontiers
from mlpl.ir.graph import Graph, graph
from mlpl.ir.module import Block, Edge, Function, Operand, Value
from mlpl.ir.rewrite import map_edges, map_instruction, map_terminator
from mlpl.ir.uses import block_operands, fresh_id

Versions = Mapping[int, Mapping[str, Operand]]
"""For each value with copies, by id: what stands for it at the end of each block with one."""


def repair(function: Function, values: Mapping[int, Value], versions: Versions) -> Function:
    """Returns the function with block parameters where copies of a value meet.

    Before, with %1 defined in `head` and copied as %9 in `guard`::

        guard:
          %9 = add %0, 1
          branch %8, do, done
        head:
          %1 = add %2, 1
          branch %3, do, done
        done:
          return %1

    After::

        guard:
          ...
          branch %8, do, done(%9)
        head:
          ...
          branch %3, do, done(%1)
        done(%10: int):
          return %10

    Args:
        function: its blocks that define a version use that one already; others use the value.
            Blocks that cannot be reached are dropped.
        values: the values with copies, by id.
        versions: of each of them, with the block that defines it itself.

    Source: Cytron et al. (1991), as in `promote`, for values instead of variables.
    """
    flow = graph(function)
    dominators = dominance(flow)
    repairing = _Repair(function, flow, dominators, values, versions)
    reached = set(flow.order)
    blocks = tuple(repairing.block(b) for b in function.blocks if b.name in reached)
    return replace(function, blocks=blocks)


class _Repair:
    """Places parameters and rewrites uses.

    Attributes:
        _placed: the parameter of each block and value, where copies meet.
    """

    def __init__(
        self,
        function: Function,
        flow: Graph,
        dominators: Dominance,
        values: Mapping[int, Value],
        versions: Versions,
    ) -> None:
        self._flow = flow
        self._above = dominators.immediate
        self._versions = versions
        self._next = fresh_id(function)
        self._placed: dict[str, dict[int, Value]] = {name: {} for name in flow.order}
        self._begins: dict[tuple[str, int], Operand] = {}
        beyond = frontiers(flow, dominators)
        exposed = _exposed(flow, versions)
        for id, value in values.items():
            self._place(value, versions[id], exposed.get(id, []), beyond)

    def _place(
        self,
        value: Value,
        defining: Mapping[str, Operand],
        uses: list[str],
        beyond: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Places parameters at the iterated dominance frontier where the value is live."""
        live = set(uses)
        waiting = list(uses)
        while waiting:
            for predecessor in self._flow.predecessors[waiting.pop()]:
                if predecessor not in live and predecessor not in defining:
                    live.add(predecessor)
                    waiting.append(predecessor)
        waiting = [name for name in defining if name in beyond]
        while waiting:
            for join in beyond[waiting.pop()]:
                if join in live and value.id not in self._placed[join]:
                    self._placed[join][value.id] = replace(value, id=self._next)
                    self._next += 1
                    waiting.append(join)

    def block(self, block: Block) -> Block:
        """Returns the block with its parameters, uses and edges repaired."""
        name = block.name

        def use(operand: Operand) -> Operand:
            if not isinstance(operand, Value) or operand.id not in self._versions:
                return operand
            if name in self._versions[operand.id]:
                return operand
            return self._at_begin(operand, name)

        def edge(edge: Edge) -> Edge:
            more = (self._at_end(id, v, name) for id, v in self._placed[edge.block].items())
            return Edge(edge.block, (*edge.arguments, *more))

        return Block(
            name,
            (*block.parameters, *self._placed[name].values()),
            tuple(map_instruction(i, use) for i in block.instructions),
            map_edges(map_terminator(block.terminator, use), edge),
        )

    def _at_end(self, id: int, value: Value, block: str) -> Operand:
        version = self._versions[id].get(block)
        return self._at_begin(replace(value, id=id), block) if version is None else version

    def _at_begin(self, value: Value, block: str) -> Operand:
        """Returns what the value is at the beginning of a block: the nearest version above."""
        passed: list[str] = []
        while True:
            known: Operand | None = self._begins.get((block, value.id))
            known = known or self._placed[block].get(value.id)
            if known is not None:
                break
            passed.append(block)
            block = self._above[block]
            known = self._versions[value.id].get(block)
            if known is not None:
                break
        for name in passed:
            self._begins[name, value.id] = known
        return known


def _exposed(flow: Graph, versions: Versions) -> dict[int, list[str]]:
    """Returns for each value the blocks that use it and do not define it."""
    found: dict[int, list[str]] = {}
    for name in flow.order:
        for operand in dict.fromkeys(block_operands(flow.blocks[name])):
            if isinstance(operand, Value) and name not in versions.get(operand.id, {name: 0}):
                found.setdefault(operand.id, []).append(name)
    return found
