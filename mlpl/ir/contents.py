"""What cells of memory are known to hold, followed through a function."""

from __future__ import annotations

from collections.abc import Callable

from mlpl.ir.alias import WRITES, Aliases, Place
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph
from mlpl.ir.loops import loops
from mlpl.ir.module import Instruction, Op, Operand
from mlpl.ir.rewrite import map_instruction

MOST = 64
"""Cells whose contents are known at a time."""

CHANGES = WRITES | {Op.CALL}
"""What may change cells."""

Contents = dict[Place, Operand]
"""What cells are known to hold."""


class KnownContents:
    """The contents at the borders of the blocks of one function, which are visited in its order.

    Contents are followed through branches and joins where all ways agree, and into loops as far
    as the loop changes nothing of them.

    Args:
        flow: of the function.
        aliases: of the function.
        stands: returns what stands for an operand that the visitor has replaced.
    """

    def __init__(
        self, flow: Graph, aliases: Aliases, stands: Callable[[Operand], Operand] = lambda o: o
    ) -> None:
        self._flow = flow
        self._aliases = aliases
        self._stands = stands
        self._loops = loops(flow, dominance(flow))
        self._after: dict[str, Contents] = {}

    def before(self, name: str) -> Contents:
        """Returns what is known at the beginning of a block.

        The caller changes it as it goes through the block; then it is what is known at the end.
        """
        contents = self._entering(name)
        self._after[name] = contents
        return contents

    def _entering(self, name: str) -> Contents:
        loop = self._loops.get(name)
        ways = self._flow.predecessors[name]
        if loop is not None:
            ways = tuple(way for way in ways if way not in loop.latches)
        if not ways or any(way not in self._after for way in ways):
            return {}
        first, *others = (self._after[way] for way in ways)
        contents = {
            place: operand
            for place, operand in first.items()
            if all(other.get(place) == operand for other in others)
        }
        for block in loop.blocks if loop is not None else ():
            for instruction in self._flow.blocks[block].instructions:
                if contents and instruction.op in CHANGES:
                    self.forget(contents, map_instruction(instruction, self._stands))
        return contents

    def forget(self, contents: Contents, instruction: Instruction) -> None:
        """Removes what an instruction may change; to store what is there changes nothing."""
        stored = instruction.operands[2] if instruction.op is Op.STORE else None
        for place in [p for p in contents if not self._aliases.spared(p, instruction)]:
            if contents[place] != stored:
                del contents[place]

    def loaded(self, contents: Contents, load: Instruction) -> None:
        """Adds what a load has found."""
        assert load.result is not None
        if len(contents) < MOST:
            contents[self._aliases.place(load.operands[0], load.operands[1])] = load.result

    def stored(self, contents: Contents, store: Instruction) -> None:
        """Removes what a store may change, and adds what it stores."""
        self.forget(contents, store)
        contents[self._aliases.place(store.operands[0], store.operands[1])] = store.operands[2]
