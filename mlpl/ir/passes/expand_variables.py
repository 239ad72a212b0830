"""Variable expansion: values that loops hand on stay where they are, and rounds take turns."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from mlpl.ir.callgraph import call_graph
from mlpl.ir.copies import Copier
from mlpl.ir.costs import DEEPEST, REPEATS, block_cost
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.liveness import liveness
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import Block, Edge, Function, Jump, Module, Op, Operand, Value
from mlpl.ir.names import Names
from mlpl.ir.rewrite import map_edges, with_contents
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.signatures import ROUTINE_OPS
from mlpl.ir.ssa import repair
from mlpl.ir.turns import Turns, turns
from mlpl.ir.uses import defined, fresh_id

MOST = 4
"""Rounds that a loop has at most behind one another."""
ROOM = 300
"""Cells that a function may gain."""
WORTH = 6
"""Cells that a step may take which is saved in every call of the function."""
_CALL = 12
"""Steps that a routine takes more where its code does not stand in the loop any more."""


def expand_variables(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with loops of several rounds where values move in every round.

    Before::

        do(%1: int, %2: int):
          %3 = add %1, %2
          %4 = lt %3, 100
          branch %4, do(%2, %3), done(%3)

    After, and after `simplify`::

        do(%1: int, %2: int):
          %3 = add %1, %2
          %4 = lt %3, 100
          branch %4, do.1, done(%3)
        do.1:
          %5 = add %2, %3
          %6 = lt %5, 100
          branch %6, do(%3, %5), done(%5)

    In the first loop the two variables cannot be where %2 and %3 are, so both move; in the second
    each round leaves its sum in the place of what it needs no more, and after two rounds all is
    where it was. As many rounds follow one another as there are places that take turns: those of
    a chain of variables that get each other's values, and one more where what the last of them
    gets is there before the value that is dropped is not needed any more.

    Only loops with one way back, of nested ones the inner, and only where steps count and the
    moves that are saved are worth the cells. A call that may run the function again is not made
    two: with one, activations are only counted.

    Source: Lam, "Software pipelining" (1988), section 2.3, modulo variable expansion.
    """
    if settings.aim is not Aim.STEPS:
        return function
    flow = graph(function)
    found = loops(flow, dominance(flow))
    cycle = call_graph(module).cycles[function.name] if found else frozenset()
    single = [loop for loop in found.values() if not _calls(flow, loop, cycle)]
    chosen = _chosen(function, flow, single, settings) if single else []
    return _expanded(function, flow, chosen) if chosen else function


def _chosen(
    function: Function, flow: Graph, found: Sequence[Loop], settings: Settings
) -> list[tuple[Loop, int]]:
    """Returns the loops to expand, with the number of rounds."""
    live = liveness(flow)
    definitions = {i.result.id: i for i in function.instructions() if i.result is not None}
    room = ROOM
    chosen: list[tuple[Loop, int]] = []
    for loop in reversed(found):  # inner loops first
        if any(inner.header in loop.blocks for inner, _ in chosen):
            continue
        rounds, moves = _best(turns(flow, loop, live, definitions))
        if not moves:
            continue
        growth, saved = _balance(flow, loop, rounds, moves, settings)
        location = flow.blocks[loop.header].terminator.location
        if growth > min(room, WORTH * saved):
            message = f"{rounds} rounds that take turns would fill {growth} more cells"
            settings.missed(function.name, message, location)
            continue
        room -= growth
        message = f"put {rounds} rounds of a loop behind one another, in which variables take turns"
        settings.did(function.name, message, location)
        chosen.append((loop, rounds))
    return chosen


def _calls(flow: Graph, loop: Loop, cycle: Set[str]) -> bool:
    """Whether a loop calls a function of a cycle in the call graph."""
    return any(
        i.op is Op.CALL and i.symbol in cycle
        for name in loop.blocks
        for i in flow.blocks[name].instructions
    )


def _balance(
    flow: Graph, loop: Loop, rounds: int, moves: int, settings: Settings
) -> tuple[int, int]:
    """Returns the cells that rounds fill beyond the first one, and the steps they save."""
    blocks = [flow.blocks[name] for name in loop.blocks]
    cells = sum(block_cost(block, settings.costs).cells for block in blocks)
    routines = sum(i.op in ROUTINE_OPS for block in blocks for i in block.instructions)
    steps = moves * _move(flow, loop, settings) - routines * _CALL
    return (rounds - 1) * cells, steps * REPEATS ** min(loop.depth, DEEPEST)


def _move(flow: Graph, loop: Loop, settings: Settings) -> int:
    """Returns the steps of a move; of those on edges coalescing removes about half."""
    header = flow.blocks[loop.header]
    edge = Edge(header.name, header.parameters[:1])
    costs = settings.costs
    return 2 * (
        costs.terminator(Jump(edge)).steps - costs.terminator(Jump(Edge(header.name))).steps
    )


def _best(found: Sequence[Turns]) -> tuple[int, int]:
    """Returns the number of rounds that saves most moves, and how many in each of them."""
    saved = {
        rounds: sum(each.moves for each in found if rounds % each.places == 0)
        for rounds in range(2, MOST + 1)
    }
    rounds = max(saved, key=lambda n: (saved[n], -n))
    return rounds, saved[rounds]


def _expanded(function: Function, flow: Graph, chosen: list[tuple[Loop, int]]) -> Function:
    """Returns the function with so many rounds of some loops behind one another."""
    copier = Copier(fresh_id(function))
    names = Names(block.name for block in function.blocks)
    values: dict[int, Value] = {}
    versions: dict[int, dict[str, Operand]] = {}
    led: dict[str, tuple[str, str]] = {}
    behind: dict[str, list[Block]] = {}
    order = {block.name: number for number, block in enumerate(function.blocks)}
    for loop, rounds in chosen:
        body = tuple(flow.blocks[name] for name in loop.blocks)
        for block in body:
            for value in defined(block):
                values[value.id] = value
                versions[value.id] = {block.name: value}
        copies: list[tuple[Block, ...]] = []
        for _ in range(rounds - 1):
            own = {block.name: names.fresh(block.name) for block in body}
            stands: dict[int, Operand] = {}
            copies.append(copier.blocks(body, own, stands))
            for block in body:
                for value in defined(block):
                    versions[value.id][own[block.name]] = stands[value.id]
        heads = [copy[0].name for copy in copies]
        led |= dict.fromkeys(loop.blocks, (loop.header, heads[0]))
        last = max(loop.blocks, key=order.__getitem__)
        behind[last] = [
            _led(block, head, following)
            for copy, head, following in zip(copies, heads, [*heads[1:], loop.header], strict=True)
            for block in copy
        ]
    blocks: list[Block] = []
    for block in function.blocks:
        blocks.append(_led(block, *led[block.name]) if block.name in led else block)
        blocks += behind.get(block.name, ())
    return repair(replace(function, blocks=tuple(blocks)), values, versions)


def _led(block: Block, header: str, following: str) -> Block:
    """Returns the block with its edges to one header leading to another."""

    def edge(edge: Edge) -> Edge:
        return Edge(following, edge.arguments) if edge.block == header else edge

    return with_contents(block, block.instructions, map_edges(block.terminator, edge))
