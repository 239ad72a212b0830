"""Elimination of what has no effect: values, stores, objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mlpl.ir.graph import graph
from mlpl.ir.module import (
    Address,
    Block,
    Edge,
    Function,
    Instruction,
    Module,
    Op,
    Operand,
    Value,
)
from mlpl.ir.rewrite import map_edges, with_blocks, with_contents
from mlpl.ir.uses import block_operands, terminator_operands

_EFFECTS = frozenset({Op.STORE, Op.COPY, Op.ZERO, Op.CALL, Op.GETC, Op.PUTC})
_WRITES = frozenset({Op.STORE, Op.COPY, Op.ZERO})


def eliminate(function: Function, module: Module) -> Function:
    """Returns the function without values nobody uses and objects nobody reads.

    Before::

        object $x[4]: int[4]
        entry(...):
          %2 = add %a.0, 1
          store $x, 0, %2
          %3 = call @f()
          jump loop(%a.0, 0)
        loop(%4: int, %5: int):
          %6 = add %5, 1
          jump loop(%4, %6)

    After::

        entry(...):
          call @f()
          jump loop
        loop:
          jump loop

    A value is used if an effect, a branch, a return or a trap needs it, directly or through other
    used values; parameters that are not used go with their arguments. An object of the function
    is not read if it is only written to, by its address or an offset of it. Single stores that
    a later store overwrites are not looked for, nor calls without effects.

    Source: Cytron et al. (1991), section 7.1, without control dependence: branches all stay.
    """
    while True:
        swept = _without_unused_values(function)
        stored = _without_dead_stores(swept)
        if stored is swept:
            return swept
        function = stored


def _without_unused_values(function: Function) -> Function:
    used = _used(function)
    kept = {
        block.name: [i for i, p in enumerate(block.parameters) if p.id in used]
        for block in function.blocks
    }

    def kept_arguments(edge: Edge) -> Edge:
        if len(kept[edge.block]) == len(edge.arguments):
            return edge
        return Edge(edge.block, tuple(edge.arguments[i] for i in kept[edge.block]))

    blocks = tuple(
        _swept(block, used, kept[block.name], kept_arguments) for block in function.blocks
    )
    named = {o.object for b in blocks for o in block_operands(b) if isinstance(o, Address)}
    objects = tuple(o for o in function.objects if o.name in named)
    if len(objects) < len(function.objects):
        function = replace(function, objects=objects)
    return with_blocks(function, blocks)


def _swept(
    block: Block, used: set[int], kept: list[int], kept_arguments: Callable[[Edge], Edge]
) -> Block:
    """Returns the block without what is not used."""
    return with_contents(
        block,
        _kept(block, used),
        map_edges(block.terminator, kept_arguments),
        (block.parameters[index] for index in kept),
    )


def _kept(block: Block, used: set[int]) -> Iterator[Instruction]:
    for instruction in block.instructions:
        result = instruction.result
        if result is None or result.id in used:
            yield instruction
        elif instruction.op in _EFFECTS:
            yield replace(instruction, result=None)


def _used(function: Function) -> set[int]:
    """Returns the ids of all used values: marks from the effects backwards."""
    needs: dict[int, tuple[Operand, ...]] = {}
    given: dict[int, list[Operand]] = {}
    parameters = {block.name: block.parameters for block in function.blocks}
    waiting: list[Operand] = []
    for block in function.blocks:
        for instruction in block.instructions:
            if instruction.op in _EFFECTS:
                waiting += instruction.operands
            elif instruction.result is not None:
                needs[instruction.result.id] = instruction.operands
        passed = 0
        for edge in block.edges:
            passed += len(edge.arguments)
            for parameter, argument in zip(parameters[edge.block], edge.arguments, strict=True):
                given.setdefault(parameter.id, []).append(argument)
        operands = terminator_operands(block.terminator)
        waiting += operands[: len(operands) - passed]
    used: set[int] = set()
    while waiting:
        operand = waiting.pop()
        if isinstance(operand, Value) and operand.id not in used:
            used.add(operand.id)
            waiting += needs.get(operand.id, ())
            waiting += given.get(operand.id, ())
    return used


def _without_dead_stores(function: Function) -> Function:
    """Returns the function without writes to its objects that are never read.

    It is the same where there are none. In blocks that nothing reaches, addresses are not followed:
    writes through them stay.
    """
    origin = _origins(function)
    read = set(_read(function, origin))
    dead = {o.name for o in function.objects} - read
    if not dead:
        return function

    def needed(instruction: Instruction) -> bool:
        if instruction.op not in _WRITES:
            return True
        return _origin(instruction.operands[0], origin) not in dead

    if all(map(needed, function.instructions())):
        return function
    return replace(
        function,
        blocks=tuple(
            replace(block, instructions=tuple(filter(needed, block.instructions)))
            for block in function.blocks
        ),
    )


def _origins(function: Function) -> dict[int, str]:
    """Returns, by value, the object of the function that it is an offset of, if it is one."""
    origin: dict[int, str] = {}
    flow = graph(function)
    for name in flow.order:
        for instruction in flow.blocks[name].instructions:
            base = _origin(instruction.operands[0], origin) if instruction.operands else None
            if instruction.op is Op.OFFSET and instruction.result is not None and base:
                origin[instruction.result.id] = base
    return origin


def _origin(operand: Operand, origin: Mapping[int, str]) -> str | None:
    """Returns the object that an operand is an address in, as far as it is known."""
    if isinstance(operand, Address):
        return operand.object
    return origin.get(operand.id) if isinstance(operand, Value) else None


def _read(function: Function, origin: Mapping[int, str]) -> Iterator[str]:
    """Yields the objects whose addresses do anything but be written to or offset."""
    for block in function.blocks:
        for instruction in block.instructions:
            first = 1 if instruction.op in _WRITES or instruction.op is Op.OFFSET else 0
            for operand in instruction.operands[first:]:
                yield from filter(None, [_origin(operand, origin)])
        for operand in terminator_operands(block.terminator):
            yield from filter(None, [_origin(operand, origin)])
