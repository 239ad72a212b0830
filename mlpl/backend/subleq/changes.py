"""Stores as changes: what a cell is known to hold need not be cleared and written anew.

A store takes three operands, two that clear the cell and one that fills it; a change takes one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlpl.backend.subleq import memory_access
from mlpl.backend.subleq.arithmetic import combine
from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.selected import Cell
from mlpl.backend.subleq.selected import Operand as Place
from mlpl.backend.subleq.spots import Spot
from mlpl.ir.alias import Aliases
from mlpl.ir.contents import CHANGES, KnownContents
from mlpl.ir.graph import graph
from mlpl.ir.module import Address, Const, Function, Instruction, Op, Operand, Value

Position = tuple[str, int]
"""A block, and the number of an instruction in it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a store does to its cell: the cell becomes what it was, plus `more`, minus `less`."""

    more: Operand
    less: Operand


def changes(
    function: Function,
    linkage: Linkage,
    definitions: Mapping[int, Instruction],
    uses: Counter[int],
) -> tuple[Mapping[Position, Change], Counter[int]]:
    """Returns the stores that are shorter as changes, and the uses of values if they are made so.

    Before::

        %1 = load @a, %i.0
        %2 = add %1, %x.1
        store @a, %i.0, %2

    adds `%x.1` to the cell, and neither `%1` nor `%2` is needed. Any other value that is stored
    in a cell with known contents adds the difference, if the contents are in a cell or constant
    anyway; where the place is fixed, only constants do.

    Args:
        function: in its final form.
        linkage: of the program.
        definitions: of the function's values, by id.
        uses: of its values, by id.
    """
    uses = uses.copy()
    stacked = {Address(each.name) for each, _ in linkage.stacked(function)}
    found: dict[Position, Change] = {}
    aliases = Aliases(function, definitions, linkage.writes, linkage.module.word_bits)
    stores = list(_known(function, aliases))
    for position, store, held in stores:
        change = _sum(store.operands[2], held, definitions)
        if change is not None:
            found[position] = change
            _exchange(uses, store.operands[2], change, definitions)
    for position, store, held in stores:
        ref, index, value = store.operands
        needed = isinstance(held, Const) or (isinstance(held, Value) and uses[held.id] > 0)
        fixed = isinstance(ref, Address) and isinstance(index, Const) and ref not in stacked
        constant = isinstance(held, Const) and isinstance(value, Const) and value.value
        if position not in found and needed and (constant or not fixed):
            found[position] = Change(value, held)
            if isinstance(held, Value):
                uses[held.id] += 1
    return found, uses


def _known(function: Function, aliases: Aliases) -> Iterator[tuple[Position, Instruction, Operand]]:
    """Yields the stores to cells whose contents are known, with these."""
    flow = graph(function)
    known = KnownContents(flow, aliases)
    for name in flow.order:
        contents = known.before(name)
        for number, i in enumerate(flow.blocks[name].instructions):
            if i.op is Op.LOAD:
                known.loaded(contents, i)
            elif i.op is Op.STORE:
                held = contents.get(aliases.place(i.operands[0], i.operands[1]))
                if held is not None:
                    yield (name, number), i, held
                known.stored(contents, i)
            elif i.op in CHANGES:
                known.forget(contents, i)


def _sum(value: Operand, held: Operand, definitions: Mapping[int, Instruction]) -> Change | None:
    """Returns the change if a value is a sum or a difference with what the cell holds."""
    if not isinstance(value, Value) or not isinstance(held, Value):
        return None
    match definitions.get(value.id):
        case Instruction(Op.ADD, (x, y)) if held in (x, y):
            return Change(y if x == held else x, Const(0))
        case Instruction(Op.SUB, (x, y)) if x == held:
            return Change(Const(0), y)
        case _:
            return None


def _exchange(
    uses: Counter[int], value: Operand, change: Change, definitions: Mapping[int, Instruction]
) -> None:
    """Counts the uses of a change in place of that of the sum."""
    for operand in (change.more, change.less):
        if isinstance(operand, Value):
            uses[operand.id] += 1
    waiting = [value]
    while waiting:
        operand = waiting.pop()
        if not isinstance(operand, Value):
            continue
        uses[operand.id] -= 1
        definition = definitions.get(operand.id)
        if not uses[operand.id] and definition is not None and definition.op in (Op.ADD, Op.SUB):
            waiting += definition.operands


class Differences:
    """Emits changes; a difference that one has computed serves others in its block."""

    def __init__(self, out: Emitter) -> None:
        self._out = out
        self._block = ""
        self._found: dict[tuple[Place | int, Place | int], Cell] = {}

    def change(self, block: str, spot: Spot, more: Place | int, less: Place | int) -> None:
        """Emits `memory[spot] += more - less`, in a block."""
        if block != self._block:
            self._block = block
            self._found.clear()
        if isinstance(more, int) and isinstance(less, int):
            memory_access.subtract(self._out, spot, less - more)
        elif more == 0:
            memory_access.subtract(self._out, spot, less)
        elif less == 0 and not isinstance(more, int):
            memory_access.add(self._out, spot, more)
        elif (more, less) in self._found:
            memory_access.add(self._out, spot, self._found[more, less])
        else:
            memory_access.subtract(self._out, spot, self._difference(less, more))

    def _difference(self, x: Place | int, y: Place | int) -> Cell:
        """Returns a cell that holds x - y."""
        if (x, y) not in self._found:
            target = self._found[x, y] = self._out.cell()
            combine(self._out, True, target, x, y)
        return self._found[x, y]
