"""Forwarding of stores and loads to later loads of the same cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlpl.ir.alias import Aliases, Writes, writes_of_calls
from mlpl.ir.callgraph import call_graph
from mlpl.ir.contents import CHANGES, Contents, KnownContents
from mlpl.ir.graph import graph
from mlpl.ir.module import (
    Block,
    Function,
    Instruction,
    Module,
    Op,
)
from mlpl.ir.rewrite import (
    Substitution,
    map_function,
    map_instruction,
    with_blocks,
    with_contents,
)
from mlpl.ir.settings import DEFAULT, Settings


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
    """Walks a function in reverse postorder."""

    def __init__(
        self,
        function: Function,
        writes: Mapping[str, Writes],
        word_bits: int,
        settings: Settings,
    ) -> None:
        self._function = function
        self._settings = settings
        definitions = {i.result.id: i for i in function.instructions() if i.result}
        self._aliases = Aliases(function, definitions, writes, word_bits)
        self._stands = Substitution()
        self._flow = graph(function)
        self._known = KnownContents(self._flow, self._aliases, self._stands)

    def run(self) -> Function:
        """Returns the function with loads replaced."""
        found = {name: self._block(self._flow.blocks[name]) for name in self._flow.order}
        blocks = (found.get(b.name, b) for b in self._function.blocks)
        function = with_blocks(self._function, blocks)
        return map_function(function, self._stands) if self._stands else function

    def _block(self, block: Block) -> Block:
        contents = self._known.before(block.name)
        kept: list[Instruction] = []
        for instruction in block.instructions:
            instruction = map_instruction(instruction, self._stands)
            if instruction.op is Op.LOAD and self._loaded(instruction, contents):
                continue
            if instruction.op is Op.STORE and self._stored(instruction, contents):
                continue
            if instruction.op in CHANGES - {Op.STORE}:
                self._known.forget(contents, instruction)
            kept.append(instruction)
        return with_contents(block, kept, block.terminator)

    def _loaded(self, load: Instruction, contents: Contents) -> bool:
        """Says whether something stands for the result; if not, it is what the cell holds."""
        assert load.result is not None
        known = contents.get(self._aliases.place(load.operands[0], load.operands[1]))
        if known is not None and known.kind is load.result.kind:
            self._stands.add(load.result, known)
            self._settings.did(self._function.name, "a load takes what is known", load.location)
            return True
        self._known.loaded(contents, load)
        return False

    def _stored(self, store: Instruction, contents: Contents) -> bool:
        """Says whether the cell holds the value already."""
        ref, index, value = store.operands
        if contents.get(self._aliases.place(ref, index)) == value:
            return True
        self._known.stored(contents, store)
        return False
