"""Forwarding of stores and loads to later loads of the same cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mlpl.ir.alias import WRITES, Aliases, Place, Writes, writes_of_calls
from mlpl.ir.callgraph import call_graph
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import (
    Block,
    Function,
    Instruction,
    Module,
    Op,
    Operand,
)
from mlpl.ir.rewrite import (
    Substitution,
    map_function,
    map_instruction,
    with_blocks,
    with_contents,
)
from mlpl.ir.settings import DEFAULT, Settings

MOST = 64
"""Cells whose contents are known at a time."""

_CHANGES = WRITES | {Op.CALL}

Contents = dict[Place, Operand]
"""What cells are known to hold."""


def forward(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with loads replaced by what is known to be in the cell.

    Before::

        %1 = load @a, %i.0
        %2 = add %i.0, 1
        %3 = load @a, %2
        store @a, %i.0, %3
        %4 = load @a, %2
        %5 = load @a, %i.0

    After, with %3 in place of %4 and %5::

        %1 = load @a, %i.0
        %2 = add %i.0, 1
        %3 = load @a, %2
        store @a, %i.0, %3

    A store of what the cell holds already goes too. Contents are followed through branches and
    joins where all ways agree, and into loops as far as the loop writes nothing to them. Cells of
    one object are told apart by constant differences of their indices, objects by their names; an
    address in a value may lead into any object but those whose addresses are not passed on. Loads
    in one of two branches are not moved up.

    Source: Cooper and Torczon, "Engineering a Compiler" (2012), section 8.5, for cells of memory.
    """
    calls = call_graph(module)
    writes = writes_of_calls(module, calls)
    functions = {
        name: _Forwarding(function, writes, module.word_bits, settings).run()
        if _has_loads(function)
        else function
        for name, function in module.functions.items()
    }
    return replace(module, functions=functions)


def _has_loads(function: Function) -> bool:
    return any(i.op is Op.LOAD for i in function.instructions())


class _Forwarding:
    """Walks a function in reverse postorder; `_after` holds the contents at the end of blocks."""

    def __init__(
        self,
        function: Function,
        writes: Mapping[str, Writes],
        word_bits: int,
        settings: Settings,
    ) -> None:
        self._function = function
        self._settings = settings
        self._definitions = {i.result.id: i for i in function.instructions() if i.result}
        self._aliases = Aliases(function, self._definitions, writes, word_bits)
        self._stands = Substitution()
        self._after: dict[str, Contents] = {}
        self._blocks: dict[str, Block] = {}

    def run(self) -> Function:
        """Returns the function with loads replaced."""
        flow = graph(self._function)
        found = loops(flow, dominance(flow))
        for name in flow.order:
            contents = self._before(flow, found.get(name), name)
            self._blocks[name] = self._block(flow.blocks[name], contents)
            self._after[name] = contents
        blocks = (self._blocks.get(b.name, b) for b in self._function.blocks)
        function = with_blocks(self._function, blocks)
        return map_function(function, self._stands) if self._stands else function

    def _before(self, flow: Graph, loop: Loop | None, name: str) -> Contents:
        """Returns what is known at the beginning of a block."""
        ways = [p for p in flow.predecessors[name] if loop is None or p not in loop.latches]
        if not ways or any(way not in self._after for way in ways):
            return {}
        first, *others = (self._after[way] for way in ways)
        contents = {
            place: operand
            for place, operand in first.items()
            if all(other.get(place) == operand for other in others)
        }
        if loop is not None:
            inside = (flow.blocks[b] for b in loop.blocks)
            self._forget(contents, (i for b in inside for i in b.instructions))
        return contents

    def _forget(self, contents: Contents, instructions: Iterable[Instruction]) -> None:
        """Removes what instructions may change."""
        for instruction in instructions:
            if not contents:
                return
            if instruction.op in _CHANGES:
                changed = map_instruction(instruction, self._stands)
                for place in [p for p in contents if not self._aliases.spared(p, changed)]:
                    del contents[place]

    def _block(self, block: Block, contents: Contents) -> Block:
        kept: list[Instruction] = []
        for instruction in block.instructions:
            instruction = map_instruction(instruction, self._stands)
            if instruction.op is Op.LOAD and self._loaded(instruction, contents):
                continue
            if instruction.op is Op.STORE and self._stored(instruction, contents):
                continue
            if instruction.op in _CHANGES - {Op.STORE}:
                self._forget(contents, (instruction,))
            kept.append(instruction)
        return with_contents(block, kept, block.terminator)

    def _loaded(self, load: Instruction, contents: Contents) -> bool:
        """Says whether something stands for the result; if not, it is what the cell holds."""
        assert load.result is not None
        place = self._aliases.place(load.operands[0], load.operands[1])
        known = contents.get(place)
        if known is not None and known.kind is load.result.kind:
            self._stands.add(load.result, known)
            self._settings.did(self._function.name, "a load takes what is known", load.location)
            return True
        if len(contents) < MOST:
            contents[place] = load.result
        return False

    def _stored(self, store: Instruction, contents: Contents) -> bool:
        """Says whether the cell holds the value already."""
        ref, index, value = store.operands
        place = self._aliases.place(ref, index)
        if contents.get(place) == value:
            return True
        self._forget(contents, (store,))
        contents[place] = value
        return False
