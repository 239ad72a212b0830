"""The control-flow graph of a function: predecessors, successors, reverse postorder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.ir.module import Block, Function
from mlpl.ir.remembered import remembered


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Graph:
    """The control-flow graph of a function.

    Attributes:
        blocks: by name, all of them, in the function's order.
        successors: of every block, without repetition, in the order of its edges.
        predecessors: of every block, without repetition; only those that are reachable.
        order: the reachable blocks in reverse postorder; the entry comes first.
    """

    blocks: Mapping[str, Block]
    successors: Mapping[str, tuple[str, ...]]
    predecessors: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]


@remembered
def graph(function: Function) -> Graph:
    """Returns the control-flow graph, in linear time and without recursion."""
    blocks = {block.name: block for block in function.blocks}
    successors = {
        name: tuple(dict.fromkeys(edge.block for edge in block.edges))
        for name, block in blocks.items()
    }
    order = _reverse_postorder(function.blocks[0].name, successors)
    predecessors: dict[str, list[str]] = {name: [] for name in blocks}
    for name in order:
        for successor in successors[name]:
            predecessors[successor].append(name)
    return Graph(
        blocks, successors, {name: tuple(found) for name, found in predecessors.items()}, order
    )


def _reverse_postorder(entry: str, successors: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Returns the blocks that `entry` reaches; a block stands before those it dominates.

    Successors are visited last first, so that of two branches the `then` part comes first.
    """
    postorder: list[str] = []
    seen = {entry}
    stack = [(entry, list(successors[entry]))]
    while stack:
        name, waiting = stack[-1]
        if waiting:
            successor = waiting.pop()
            if successor not in seen:
                seen.add(successor)
                stack.append((successor, list(successors[successor])))
        else:
            postorder.append(name)
            stack.pop()
    return tuple(reversed(postorder))
