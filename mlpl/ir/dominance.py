"""Dominators, the dominator tree and dominance frontiers.

Source: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm" (2001).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlpl.ir.graph import Graph
from mlpl.ir.remembered import remembered


@dataclass(frozen=True, slots=True)
class Dominance:
    """Which blocks dominate which; blocks that cannot be reached are left out.

    Attributes:
        immediate: the closest strict dominator of each block but the entry.
        children: of each block in the dominator tree, in reverse postorder.
        interval: of each block, the times at which a walk of the tree enters and leaves it.
    """

    immediate: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]
    interval: Mapping[str, tuple[int, int]]

    def dominates(self, above: str, below: str) -> bool:
        """Whether every way to `below` leads through `above`; a block dominates itself."""
        first, last = self.interval[above]
        return first <= self.interval[below][0] <= last

    def entry(self, flow: Graph, name: str) -> str | None:
        """Returns the only predecessor of a block that it does not dominate; None for more.

        What holds on the way from there holds in the block, even at the head of a loop: in the
        loop nothing changes that was defined before it.
        """
        ways = [p for p in flow.predecessors[name] if not self.dominates(name, p)]
        return ways[0] if len(ways) == 1 else None

    def preorder(self) -> Iterator[str]:
        """Yields the blocks of the dominator tree, parents before children."""
        return iter(self.interval)


@remembered
def dominance(flow: Graph) -> Dominance:
    """Returns the dominators of all blocks that can be reached."""
    immediate = _immediate(flow)
    children: dict[str, list[str]] = {name: [] for name in flow.order}
    for name in flow.order[1:]:
        children[immediate[name]].append(name)
    tree = {name: tuple(found) for name, found in children.items()}
    return Dominance(immediate, tree, _intervals(flow.order[0], tree))


def _immediate(flow: Graph) -> dict[str, str]:
    """Iterates idom(b) := the meet of its processed predecessors, until nothing changes."""
    number = {name: index for index, name in enumerate(flow.order)}
    above = [0] * len(number)
    predecessors = [[number[p] for p in flow.predecessors[name]] for name in flow.order]
    known = [True] + [False] * (len(number) - 1)
    changed = True
    while changed:
        changed = False
        for block in range(1, len(number)):
            meet = -1
            for predecessor in predecessors[block]:
                if known[predecessor]:
                    meet = predecessor if meet < 0 else _meet(above, meet, predecessor)
            if not known[block] or above[block] != meet:
                above[block], known[block], changed = meet, True, True
    return {flow.order[b]: flow.order[above[b]] for b in range(1, len(number))}


def _meet(above: list[int], x: int, y: int) -> int:
    """Returns the closest common dominator; numbers grow downwards in the tree."""
    while x != y:
        while x > y:
            x = above[x]
        while y > x:
            y = above[y]
    return x


def _intervals(entry: str, children: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[int, int]]:
    begin: dict[str, int] = {}
    end: dict[str, int] = {}
    stack = [(entry, False)]
    while stack:
        name, done = stack.pop()
        if done:
            end[name] = len(begin) - 1
            continue
        begin[name] = len(begin)
        stack.append((name, True))
        stack += [(child, False) for child in reversed(children[name])]
    return {name: (first, end[name]) for name, first in begin.items()}


def frontiers(flow: Graph, dominators: Dominance) -> dict[str, tuple[str, ...]]:
    """Returns for each block where its dominance ends: the joins just beyond what it dominates."""
    found: dict[str, dict[str, None]] = {name: {} for name in flow.order}
    for name in flow.order:
        predecessors = flow.predecessors[name]
        # A loop back to the entry cannot be: the entry has no predecessors.
        if len(predecessors) < 2:
            continue
        for predecessor in predecessors:
            runner = predecessor
            while runner != dominators.immediate[name]:
                found[runner][name] = None
                runner = dominators.immediate[runner]
    return {name: tuple(joins) for name, joins in found.items()}
