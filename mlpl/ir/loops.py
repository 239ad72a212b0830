"""Natural loops and how they nest.

Source: Aho, Lam, Sethi, Ullman, "Compilers" (2006), section 9.6.6. Edges back to a block that does
not dominate their source (irreducible flow) make no loop here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.ir.dominance import Dominance
from mlpl.ir.graph import Graph
from mlpl.ir.module import Edge


@dataclass(frozen=True, slots=True)
class Loop:
    """A natural loop; loops with one header are one.

    Attributes:
        header: the block through which alone it is entered.
        blocks: all of them, the header first, in reverse postorder.
        latches: the blocks with an edge back to the header.
        depth: 1 for a loop in no other.
        parent: the header of the smallest loop around it, or "".
    """

    header: str
    blocks: tuple[str, ...]
    latches: tuple[str, ...]
    depth: int
    parent: str

    def entries(self, flow: Graph) -> tuple[str, ...]:
        """Returns the blocks outside with an edge to the header."""
        return tuple(p for p in flow.predecessors[self.header] if p not in self.latches)

    def back(self, flow: Graph) -> tuple[Edge, ...]:
        """Returns the edges inside that lead to the header."""
        edges = (edge for latch in self.latches for edge in flow.blocks[latch].edges)
        return tuple(edge for edge in edges if edge.block == self.header)


def loops(flow: Graph, dominators: Dominance) -> dict[str, Loop]:
    """Returns the loops by header, outer ones before those inside them."""
    latches: dict[str, list[str]] = {}
    for name in flow.order:
        for successor in flow.successors[name]:
            if dominators.dominates(successor, name):
                latches.setdefault(successor, []).append(name)
    headers = [name for name in flow.order if name in latches]
    members = {header: _body(flow, header, latches[header]) for header in headers}
    position = {name: number for number, name in enumerate(flow.order)}
    found: dict[str, Loop] = {}
    for header in headers:
        around = [h for h in found if header in members[h]]
        # Of nested loops the smallest has the header that comes last.
        parent = max(around, key=position.__getitem__, default="")
        blocks = sorted(members[header], key=position.__getitem__)
        found[header] = Loop(header, tuple(blocks), tuple(latches[header]), len(around) + 1, parent)
    return found


def _body(flow: Graph, header: str, latches: list[str]) -> set[str]:
    """Returns everything that reaches a latch without passing the header."""
    body = {header}
    waiting = list(latches)
    while waiting:
        name = waiting.pop()
        if name not in body:
            body.add(name)
            waiting += flow.predecessors[name]
    return body


def depths(flow: Graph, found: Mapping[str, Loop]) -> dict[str, int]:
    """Returns for each reachable block in how many loops it lies."""
    depth = dict.fromkeys(flow.order, 0)
    for loop in found.values():
        for name in loop.blocks:
            depth[name] = max(depth[name], loop.depth)
    return depth
