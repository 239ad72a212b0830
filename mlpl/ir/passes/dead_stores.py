"""Elimination of stores that are overwritten before anyone reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlpl.ir.alias import Aliases, Place, Writes, writes_of_calls
from mlpl.ir.callgraph import call_graph
from mlpl.ir.module import Block, Function, Instruction, Module, Op
from mlpl.ir.rewrite import with_blocks
from mlpl.ir.settings import DEFAULT, Settings


def eliminate_dead_stores(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module without stores to cells that the same block writes again, unread.

    Before::

        store @x, 0, %1
        store @x, 1, %2
        store @x, 0, %3

    After::

        store @x, 1, %2
        store @x, 0, %3

    Blocks end where a program may, so what is on record after a trap stays right. Stores that a
    later block overwrites are not looked for; objects that are never read are for `eliminate`.

    Source: Muchnick (1997), section 18.10, backwards through each block.
    """
    writes = writes_of_calls(module, call_graph(module))
    functions = {
        name: _swept(function, writes, module.word_bits, settings)
        for name, function in module.functions.items()
    }
    return replace(module, functions=functions)


def _swept(
    function: Function, writes: Mapping[str, Writes], word_bits: int, settings: Settings
) -> Function:
    if sum(i.op is Op.STORE for i in function.instructions()) < 2:
        return function
    definitions = {i.result.id: i for i in function.instructions() if i.result is not None}
    aliases = Aliases(function, definitions, writes, word_bits)
    return with_blocks(
        function, (_block(b, aliases, function.name, settings) for b in function.blocks)
    )


def _block(block: Block, aliases: Aliases, function: str, settings: Settings) -> Block:
    overwritten: set[Place] = set()
    kept: list[Instruction] = []
    for instruction in reversed(block.instructions):
        if instruction.op is Op.STORE:
            place = aliases.place(instruction.operands[0], instruction.operands[1])
            if place in overwritten:
                settings.did(function, "a store is overwritten unread", instruction.location)
                continue
            overwritten.add(place)
        else:
            overwritten = {p for p in overwritten if aliases.unread(p, instruction)}
        kept.append(instruction)
    if len(kept) == len(block.instructions):
        return block
    return replace(block, instructions=tuple(reversed(kept)))
