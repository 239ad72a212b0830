"""How many steps a call of each function takes, as far as its code alone says.

The fewest are those of the shortest path from a function's entry to its way out, calls counted
with the fewest of what they call; the most exist where no way leads through a loop or recursion.
Paths that a trap ends do not count. Both are bounds: a path need not be possible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from mlpl.backend.subleq.calls import back_of
from mlpl.backend.subleq.compile import Allocation
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.select import ENDED
from mlpl.backend.subleq.selected import Expression, Label, Pool, Slot, Sub, exit_of

EXIT = -1
"""The node behind the way out."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Steps of one call, from the first instruction to the way out.

    Attributes:
        fewest: at least so many; None if it never returns.
        most: at most so many; None where there is no bound, or none is known.
    """

    fewest: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class _Edge:
    """From one instruction to the next; `callee` runs on the way."""

    goal: int
    callee: str = ""


Graph = Sequence[Sequence[_Edge]]
Weights = dict[str, int | None]


def step_bounds(allocation: Allocation) -> Mapping[str, Bounds]:
    """Returns the bounds of every function of a program."""
    linkage = allocation.selected.linkage
    entries = {function.entry: name for name, function in allocation.selected.functions.items()}
    graphs = {name: _graph(name, code, linkage, entries) for name, code in allocation.codes.items()}
    fewest: Weights = dict.fromkeys(graphs)
    while True:  # each round finishes one more level of calls
        found = {name: _shortest(graph, fewest) for name, graph in graphs.items()}
        if found == fewest:
            break
        fewest = found
    most: Weights = {}
    for name in graphs:
        _longest_of(name, graphs, most, frozenset())
    return {name: Bounds(fewest[name], most[name]) for name in graphs}


def _graph(
    name: str, code: Sequence[Sub | Label], linkage: Linkage, entries: Mapping[str, str]
) -> Graph:
    """Returns the edges of each instruction of a function."""
    entry = linkage.module.entry
    where: dict[str, int] = {}
    instructions: list[Sub] = []
    for item in code:
        label = item.name if isinstance(item, Label) else item.label
        if label:
            where[label] = len(instructions)
        if isinstance(item, Sub):
            instructions.append(item)
    leaves = exit_of(name).label
    switches = _switches(instructions)
    graph: list[list[_Edge]] = []
    for number, sub in enumerate(instructions):
        edges: list[_Edge] = []
        if sub.label == leaves:
            edges.append(_Edge(EXIT))
        else:
            if sub.target is None or sub.a != sub.b:
                edges.append(_Edge(number + 1))
            symbol = sub.target.symbol if sub.target is not None else ""
            callee = entries.get(symbol, "")
            if callee and (callee != name or linkage.cycles.get(name)):
                edges.append(_Edge(number + 1, callee))
            elif symbol == back_of(name) or (name == entry and sub.target == ENDED):
                edges.append(_Edge(EXIT))
            elif symbol in where:
                edges.append(_Edge(where[symbol]))
            edges += [_Edge(where[goal]) for goal in switches.get(sub.label, ()) if goal in where]
        graph.append([e for e in edges if e.goal < len(instructions)])
    return graph


def _switches(instructions: Sequence[Sub]) -> Mapping[str, list[str]]:
    """Returns for the labels of instructions whose targets are patched where they may go."""
    found: dict[str, list[str]] = {}
    for sub in instructions:
        match sub:
            case Sub(Pool(Expression(0, symbol, -1)), Slot(label, 2)):
                found.setdefault(label, []).append(symbol)
            case _:
                pass
    return found


def _shortest(graph: Graph, weights: Mapping[str, int | None]) -> int | None:
    """Returns the fewest steps from the first instruction to the exit (Dijkstra)."""
    queue = [(0, 0)]
    done: set[int] = set()
    while queue:
        steps, node = heappop(queue)
        if node == EXIT:
            return steps
        if node in done or node >= len(graph):
            continue
        done.add(node)
        for edge in graph[node]:
            inner = weights[edge.callee] if edge.callee else 0
            if inner is not None:
                heappush(queue, (steps + 1 + inner, edge.goal))
    return None


def _longest_of(
    name: str, graphs: Mapping[str, Graph], most: Weights, active: frozenset[str]
) -> int | None:
    """Returns the most steps of a function, and notes them; None in a cycle."""
    if name in active:
        return None
    if name not in most:
        graph = graphs[name]
        callees = {edge.callee for edges in graph for edge in edges if edge.callee}
        inner = {c: _longest_of(c, graphs, most, active | {name}) for c in sorted(callees)}
        most[name] = _longest(graph, inner)
    return most[name]


def _longest(graph: Graph, weights: Mapping[str, int | None]) -> int | None:
    """Returns the most steps from the first instruction to the exit; None if they have no bound."""
    useful = _leading_out(graph)
    steps: dict[int, int] = {EXIT: 0}
    open_: set[int] = set()
    stack = [0] if 0 in useful else []
    while stack:
        node = stack[-1]
        if node in steps:
            open_.discard(stack.pop())
            continue
        edges = [e for e in graph[node] if e.goal in useful]
        waiting = [e.goal for e in edges if e.goal not in steps]
        if not waiting:
            lengths = []
            for edge in edges:
                inner = weights[edge.callee] if edge.callee else 0
                if inner is None:
                    return None
                lengths.append(1 + inner + steps[edge.goal])
            steps[node] = max(lengths)
            continue
        open_.add(node)
        if any(goal in open_ for goal in waiting):
            return None
        stack += waiting
    return steps.get(0)


def _leading_out(graph: Graph) -> set[int]:
    """Returns the instructions from which a way leads to the exit, and the exit."""
    before: dict[int, list[int]] = {}
    for node, edges in enumerate(graph):
        for edge in edges:
            before.setdefault(edge.goal, []).append(node)
    found = {EXIT}
    waiting = [EXIT]
    while waiting:
        for node in before.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found
