"""Register allocation by graph colouring: virtual cells to cells of the function's frame.

Two cells interfere if one is written while the other is live. Copies and two-address operations
ask that their cells be one (affinities); an affinity is granted, heaviest first, wherever the
cells do not interfere. There is no limit on colours, so nothing is ever spilled and coalescing
can be aggressive. (Chaitin, "Register allocation and spilling via graph coloring", 1982.)
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from mlpl.backend.subleq.live import defined, live_out, members, used
from mlpl.backend.subleq.selected import Add, Call, Cell, Item, Move, SelectedFunction, Subtract


@dataclass(frozen=True, slots=True)
class Coloring:
    """Where the virtual cells of a function are.

    Attributes:
        colors: for each id its cell in the frame, from 0.
        size: how many cells the frame has.
        saved: for the index of each `Call` item the frame cells that are live across it.
    """

    colors: dict[int, int]
    size: int
    saved: dict[int, tuple[int, ...]]


def color(function: SelectedFunction) -> Coloring:
    """Returns cells of the frame for all virtual cells of the function."""
    live = live_out(function)
    graph = interference(function, live)
    kept = coalesce(graph, affinities(function))
    classes: dict[int, int] = nx.greedy_color(graph, strategy="smallest_last")
    colors = {cell: classes[_find(kept, cell)] for cell in kept}
    saved = {
        i: tuple(sorted({colors[c] for c in members(live[i])}))
        for i, item in enumerate(function.items)
        if isinstance(item, Call)
    }
    return Coloring(colors, max(colors.values(), default=-1) + 1, saved)


def interference(function: SelectedFunction, live: list[int]) -> nx.Graph[int]:
    """Returns the graph of ids that cannot share a cell.

    The source of a copy does not interfere with its target, nor do the operands of an
    addition with its result, unless they are still needed afterwards.
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(p.id for p in function.parameters)
    for i, item in enumerate(function.items):
        graph.add_nodes_from(c.id for c in used(item))
        target = defined(item)
        if target is None:
            continue
        graph.add_node(target.id)
        others = live[i] & ~(1 << target.id)
        if isinstance(item, Move) and isinstance(item.source, Cell):
            others &= ~(1 << item.source.id)
        if isinstance(item, Subtract) and isinstance(item.y, Cell) and item.y != item.x:
            others |= 1 << item.y.id
        graph.add_edges_from((target.id, other) for other in members(others))
    parameters = [p.id for p in function.parameters]
    entering = _entering(function, live)
    for i, parameter in enumerate(parameters):
        graph.add_edges_from((parameter, other) for other in parameters[:i])
        graph.add_edges_from((parameter, o) for o in entering if o != parameter)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


def _entering(function: SelectedFunction, live: list[int]) -> tuple[int, ...]:
    """The ids live at the first label; besides parameters there should be none."""
    return tuple(members(live[0])) if function.items else ()


def affinities(function: SelectedFunction) -> list[tuple[int, int]]:
    """Returns pairs of ids that would like to share a cell, the most valuable first.

    The value is the number of steps saved, times ten for each loop around.
    """
    weights: dict[tuple[int, int], int] = {}
    for item, depth in zip(function.items, function.depth, strict=True):
        for target, source, steps in _wishes(item):
            if target != source:
                pair = (min(target, source), max(target, source))
                weights[pair] = weights.get(pair, 0) + steps * 10 ** min(depth, 8)
    return sorted(weights, key=lambda pair: (-weights[pair], pair))


def _wishes(item: Item) -> list[tuple[int, int, int]]:
    match item:
        case Move(Cell(target), Cell(source)):
            return [(target, source, 4)]
        case Subtract(Cell(target), Cell(x)):
            return [(target, x, 4)]
        case Add(Cell(target), x, y):
            return [(target, o.id, 2) for o in (x, y) if isinstance(o, Cell)]
        case _:
            return []


def coalesce(graph: nx.Graph[int], wishes: list[tuple[int, int]]) -> dict[int, int]:
    """Merges nodes of `graph`, in place, along `wishes`; returns the links to representatives."""
    links = {node: node for node in graph}
    for x, y in wishes:
        keep, drop = _find(links, x), _find(links, y)
        if keep == drop or graph.has_edge(keep, drop):
            continue
        if graph.degree[keep] < graph.degree[drop]:
            keep, drop = drop, keep
        graph.add_edges_from((keep, neighbour) for neighbour in list(graph[drop]))
        graph.remove_node(drop)
        links[drop] = keep
    return links


def _find(links: dict[int, int], node: int) -> int:
    while links[node] != node:
        links[node] = links[links[node]]
        node = links[node]
    return node
