"""Simplification of the control-flow graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from mlpl.ir.graph import graph
from mlpl.ir.module import (
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Jump,
    Module,
    Operand,
    Terminator,
    Value,
)
from mlpl.ir.rewrite import (
    Substitution,
    map_block,
    map_edge,
    map_edges,
    with_blocks,
    with_contents,
)
from mlpl.ir.uses import block_operands


def simplify(function: Function, module: Module) -> Function:
    """Returns the function with fewer blocks and block parameters.

    Before::

        entry:
          jump head(1)
        head(%1: int):
          branch %c.0, middle, done(%1)
        middle:
          jump done(%1)
        done(%2: int):
          return %2

    After::

        entry:
          return 1

    Until nothing changes: blocks that cannot be reached go; a branch on a constant, or with two
    equal edges, becomes a jump; a parameter that is given the same operand on all ways is that
    operand; an edge to a block that only leads on, leads on itself; a block with one way in, by
    a jump, joins the block before it. A block that leads into a loop from outside stays, so that
    loops inside one another keep headers of their own. Equal blocks are not looked for.
    """
    blocks = function.blocks
    while True:
        simpler = _round(with_blocks(function, blocks))
        if simpler == blocks:
            return with_blocks(function, blocks)
        blocks = simpler


def _round(function: Function) -> tuple[Block, ...]:
    function = with_blocks(function, map(_straight, function.blocks))
    # Lines are joined first, so that only short chains of empty blocks are left to follow.
    function = with_blocks(function, _merged(_reachable(function)))
    return tuple(_forwarded(with_blocks(function, _without_redundant_parameters(function))))


def _reachable(function: Function) -> list[Block]:
    reached = set(graph(function).order)
    return [block for block in function.blocks if block.name in reached]


def _straight(block: Block) -> Block:
    """Returns the block with a jump where its branch has no choice."""
    match block.terminator:
        case Branch(_, then, otherwise, location) if then == otherwise:
            return replace(block, terminator=Jump(then, location))
        case Branch(Const(value), then, otherwise, location):
            return replace(block, terminator=Jump(then if value else otherwise, location))
        case _:
            return block


def _without_redundant_parameters(function: Function) -> tuple[Block, ...]:
    """Returns the blocks without parameters that are always one and the same operand."""
    flow = graph(function)
    replaced = Substitution()
    incoming: dict[str, list[Edge]] = {name: [] for name in flow.order}
    for name in flow.order:
        for edge in flow.blocks[name].edges:
            incoming[edge.block].append(edge)
    kept: dict[str, list[int]] = {}
    for name in flow.order:
        parameters = flow.blocks[name].parameters
        kept[name] = []
        for index, parameter in enumerate(parameters):
            given = {replaced(edge.arguments[index]) for edge in incoming[name]}
            given.discard(parameter)
            if len(given) == 1:
                replaced.add(parameter, given.pop())
            else:
                kept[name].append(index)

    def kept_arguments(edge: Edge) -> Edge:
        if len(kept[edge.block]) == len(edge.arguments):
            return edge
        return Edge(edge.block, tuple(edge.arguments[index] for index in kept[edge.block]))

    blocks: list[Block] = []
    for block in function.blocks:
        parameters = tuple(block.parameters[index] for index in kept[block.name])
        terminator = map_edges(block.terminator, kept_arguments)
        block = with_contents(block, block.instructions, terminator, parameters)
        blocks.append(map_block(block, replaced) if replaced else block)
    return tuple(blocks)


def _forwarded(function: Function) -> list[Block]:
    """Returns the blocks with edges past those that do nothing but lead on."""
    blocks = function.blocks
    by_name = {block.name: block for block in blocks}
    empty = _only_lead_on(blocks) - _before_loops(function)

    def final(edge: Edge) -> Edge:
        passed: set[str] = set()
        while edge.block in empty and edge.block not in passed:
            passed.add(edge.block)
            following = _following(by_name[edge.block], edge.arguments)
            if following is None:
                break
            edge = following
        return edge

    return [with_contents(b, b.instructions, map_edges(b.terminator, final)) for b in blocks]


def _before_loops(function: Function) -> set[str]:
    """Returns the blocks that jump into a loop from outside.

    Without them a loop whose first block is an inner loop's would be one with it.
    """
    flow = graph(function)
    position = {name: number for number, name in enumerate(flow.order)}
    headers = {
        name
        for name in flow.order
        if any(position[p] >= position[name] for p in flow.predecessors[name])
    }
    return {
        p
        for header in headers
        for p in flow.predecessors[header]
        if position[p] < position[header] and isinstance(flow.blocks[p].terminator, Jump)
    }


def _only_lead_on(blocks: Iterable[Block]) -> set[str]:
    """Returns the blocks without instructions whose parameters nobody else uses."""
    blocks = list(blocks)
    uses = _use_counts(blocks)
    return {
        block.name
        for block in blocks
        if not block.instructions
        and isinstance(block.terminator, Jump | Branch)
        and all(uses[p.id] == count for p, count in _own_uses(block).items())
    }


def _use_counts(blocks: Iterable[Block]) -> Counter[int]:
    operands = (operand for block in blocks for operand in block_operands(block))
    return Counter(operand.id for operand in operands if isinstance(operand, Value))


def _own_uses(block: Block) -> dict[Value, int]:
    counts = _use_counts([block])
    return {parameter: counts[parameter.id] for parameter in block.parameters}


def _following(block: Block, arguments: tuple[Operand, ...]) -> Edge | None:
    """Returns the edge that an empty block goes on by for these arguments, if it is known."""
    given = dict(zip(block.parameters, arguments, strict=True))

    def argument(operand: Operand) -> Operand:
        return given.get(operand, operand) if isinstance(operand, Value) else operand

    match block.terminator:
        case Jump(edge):
            return map_edge(edge, argument)
        case Branch(condition, then, otherwise):
            known = argument(condition)
            if isinstance(known, Const):
                return map_edge(then if known.value else otherwise, argument)
    return None


def _merged(blocks: list[Block]) -> list[Block]:
    """Returns the blocks with straight lines of them joined."""
    by_name = {block.name: block for block in blocks}
    ways_in = Counter(edge.block for block in blocks for edge in block.edges)

    def next_in_line(terminator: Terminator) -> Block | None:
        if isinstance(terminator, Jump) and ways_in[terminator.edge.block] == 1:
            return by_name[terminator.edge.block]
        return None

    following = [next_in_line(block.terminator) for block in blocks]
    joined = {block.name for block in following if block is not None}
    replaced = Substitution()
    merged: list[Block] = []
    for block in blocks:
        if block.name in joined:
            continue
        instructions = list(block.instructions)
        terminator = block.terminator
        while (more := next_in_line(terminator)) is not None:
            assert isinstance(terminator, Jump), "only jumps go in line"
            for parameter, operand in zip(more.parameters, terminator.edge.arguments, strict=True):
                replaced.add(parameter, operand)
            instructions += more.instructions
            terminator = more.terminator
        merged.append(with_contents(block, instructions, terminator))
    return [map_block(block, replaced) for block in merged] if replaced else merged
