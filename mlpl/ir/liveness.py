"""Which values are live where: their uses lie ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.ir.graph import Graph
from mlpl.ir.module import Block, Value
from mlpl.ir.uses import block_operands


@dataclass(frozen=True, slots=True)
class Liveness:
    """The ids of the values that are live at the borders of each block.

    Arguments of an edge are used at the end of the block that it leaves; parameters are defined
    at the beginning of their block. So neither a block's parameters are in its `live_in`, nor
    the arguments of its edges, for their own sake, in its `live_out`.
    """

    live_in: Mapping[str, frozenset[int]]
    live_out: Mapping[str, frozenset[int]]


def liveness(flow: Graph) -> Liveness:
    """Returns the live values of all blocks that can be reached.

    The usual backward equations, live_in = uses | (live_out - definitions), solved by a work
    list in postorder.
    """
    uses = {name: _upward_exposed(flow.blocks[name]) for name in flow.order}
    defined = {name: _defined(flow.blocks[name]) for name in flow.order}
    live_in = {name: frozenset(uses[name]) for name in flow.order}
    waiting = list(flow.order)  # taken from its end
    listed = set(waiting)
    while waiting:
        name = waiting.pop()
        listed.discard(name)
        out: set[int] = set().union(*(live_in[s] for s in flow.successors[name]))
        before = frozenset(uses[name] | (out - defined[name]))
        if len(before) != len(live_in[name]):
            live_in[name] = before
            for predecessor in flow.predecessors[name]:
                if predecessor not in listed:
                    listed.add(predecessor)
                    waiting.append(predecessor)
    live_out = {
        name: frozenset().union(*(live_in[s] for s in flow.successors[name])) for name in flow.order
    }
    return Liveness(live_in, live_out)


def _defined(block: Block) -> set[int]:
    found = {parameter.id for parameter in block.parameters}
    return found | {i.result.id for i in block.instructions if i.result is not None}


def _upward_exposed(block: Block) -> set[int]:
    """Returns the values that a block uses and does not define."""
    used = {operand.id for operand in block_operands(block) if isinstance(operand, Value)}
    return used - _defined(block)
