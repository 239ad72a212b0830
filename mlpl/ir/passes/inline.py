"""Inlining: the body of a function in the place of its call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from mlpl.base.source import Location
from mlpl.ir.callgraph import call_graph
from mlpl.ir.costs import function_cells
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import graph
from mlpl.ir.loops import depths, loops
from mlpl.ir.module import (
    Address,
    Block,
    Edge,
    Function,
    Instruction,
    Jump,
    Module,
    Op,
    Operand,
    Return,
    Terminator,
    Value,
)
from mlpl.ir.names import Names
from mlpl.ir.rewrite import map_edges, map_terminator
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.uses import fresh_id

SMALL = 30
"""Cells that a body may fill beyond its call, anywhere, where steps count."""
SMALL_IN_LOOP = 90
"""The same in a loop."""
GROWTH = 400
"""Cells that a caller may gain by bodies which also stay elsewhere."""
DEEPEST = 16
"""Calls within calls that one copy may bring along: each copy copies what is in it again."""
LARGEST = 4_000
"""Instructions that a function may have after inlining: colouring is not linear."""


def inline(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with calls replaced by bodies where that pays.

    Before::

        fn @twice(%x.0: int) -> int {
        entry:
          %1 = add %x.0, %x.0
          return %1
        }
        ...
          %5 = call @twice(%4)
          %6 = add %5, 1

    After::

          jump entry.1
        entry.1:
          %8 = add %4, %4
          jump after.1(%8)
        after.1(%5: int):
          %6 = add %5, 1

    Callees come before callers, so that a body is final when it is copied. A function with one
    call goes there, which saves steps and cells. Another does if its body fills hardly more cells
    than the call, or, where steps count, only some more. A function that can be active twice is
    never copied, nor one with arrays into such a function: they would move to the stack. Copies
    remember the call in their locations. What the copies make possible is left to other passes,
    functions that nobody calls any more to `prune`.

    Source: Muchnick, "Advanced Compiler Design and Implementation" (1997), section 15.2.
    """
    calls = call_graph(module)
    inliner = _Inliner(module, calls.recursive, settings)
    for component in calls.components:
        for name in component:
            inliner.expand(name)
    return replace(module, functions=inliner.functions)


class _Inliner:
    """Holds the functions as they become; `_sites` counts the calls of each."""

    def __init__(self, module: Module, recursive: frozenset[str], settings: Settings) -> None:
        self.functions = dict(module.functions)
        self._recursive = recursive
        self._routines = frozenset(module.routines.values())
        self._settings = settings
        self._sites = Counter(
            i.symbol
            for function in module.functions.values()
            for i in function.instructions()
            if i.op is Op.CALL
        )
        self._sizes: dict[str, int] = {}
        self._depths: dict[str, int] = {}

    def expand(self, name: str) -> None:
        """Replaces the calls in a function whose callees are final."""
        function = self.functions[name]
        self._depths[name] = 0
        if any(i.op is Op.CALL for i in function.instructions()):
            self.functions[name] = self._expanded(function)
        self._sizes[name] = function_cells(self.functions[name], self._settings.costs)

    def _expanded(self, function: Function) -> Function:
        flow = graph(function)
        depth = depths(flow, loops(flow, dominance(flow)))
        splice = _Splice(function)
        room = GROWTH
        for block in function.blocks:
            splice.begin(block)
            for instruction in block.instructions:
                growth = self._growth(instruction)
                if growth is None or not self._pays(
                    function, instruction, growth, room, depth.get(block.name, 0), splice.size
                ):
                    splice.keep(instruction)
                    continue
                if self._sites[instruction.symbol] > 1:
                    room -= max(growth, 0)
                self._copied(instruction.symbol)
                deeper = 1 + self._depths[instruction.symbol]
                self._depths[function.name] = max(self._depths[function.name], deeper)
                splice.copy(self.functions[instruction.symbol], instruction)
                self._settings.did(
                    function.name, f"inlined `{instruction.symbol}`", instruction.location
                )
            splice.end(block.terminator)
        return splice.function()

    def _growth(self, instruction: Instruction) -> int | None:
        """Returns how many more cells a copy fills than its call; None for what is no call."""
        if instruction.op is not Op.CALL or instruction.symbol not in self._sizes:
            return None
        if self._settings.aim is Aim.STEPS and self._settings.costs.provides(instruction.symbol):
            return None
        call = self._settings.costs.instruction(instruction)
        return self._sizes[instruction.symbol] - call.cells

    def _pays(
        self, caller: Function, call: Instruction, growth: int, room: int, depth: int, size: int
    ) -> bool:
        callee = self.functions[call.symbol]
        problem = self._problem(caller, callee, size)
        if problem:
            self._settings.missed(caller.name, f"`{callee.name}` {problem}", call.location)
            return False
        if self._alone(callee) or growth <= 0:
            return True
        limit = SMALL_IN_LOOP if depth else SMALL
        if self._settings.aim is Aim.STEPS and growth <= min(limit, room):
            return True
        self._settings.missed(
            caller.name, f"a copy of `{callee.name}` fills {growth} cells", call.location
        )
        return False

    def _problem(self, caller: Function, callee: Function, size: int) -> str:
        if callee.name in self._recursive:
            return "is recursive"
        if self._depths[callee.name] >= DEEPEST:
            return "has too many calls within calls in it"
        if callee.objects and caller.name in self._recursive:
            return f"has arrays, which would move to the stack of `{caller.name}`"
        if size + sum(1 for _ in callee.instructions()) > LARGEST:
            return f"would make `{caller.name}` too large"
        return ""

    def _alone(self, callee: Function) -> bool:
        return self._sites[callee.name] == 1 and callee.name not in self._routines

    def _copied(self, name: str) -> None:
        self._sites[name] -= 1
        if self._sites[name] and name not in self._routines:
            for instruction in self.functions[name].instructions():
                if instruction.op is Op.CALL:
                    self._sites[instruction.symbol] += 1


class _Splice:
    """Builds a function block by block, with bodies put in."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._next = fresh_id(function)
        self._blocks: list[Block] = []
        self._block_names = Names(block.name for block in function.blocks)
        self._object_names = Names(o.name for o in function.objects)
        self._objects = {o.name: o for o in function.objects}
        self._lent: dict[tuple[str, str], str] = {}
        self._name = ""
        self._parameters: tuple[Value, ...] = ()
        self._instructions: list[Instruction] = []
        self.size = sum(1 for _ in function.instructions())

    def begin(self, block: Block) -> None:
        """Begins a block of the caller."""
        self._name, self._parameters = block.name, block.parameters

    def keep(self, instruction: Instruction) -> None:
        """Adds an instruction of the caller."""
        self._instructions.append(instruction)

    def end(self, terminator: Terminator) -> None:
        """Ends the current block."""
        block = Block(self._name, self._parameters, tuple(self._instructions), terminator)
        self._blocks.append(block)
        self._instructions = []

    def function(self) -> Function:
        """Returns what was built."""
        return replace(
            self._function, objects=tuple(self._objects.values()), blocks=tuple(self._blocks)
        )

    def _lend(self, callee: Function) -> dict[str, str]:
        """Returns names for the callee's objects: the same for all copies of one callee.

        No two of them are active at a time, and what an object holds at the start is undefined.
        """
        for object_ in callee.objects:
            if (callee.name, object_.name) not in self._lent:
                name = self._object_names.fresh(object_.name)
                self._lent[callee.name, object_.name] = name
                scope = object_.scope or callee.name
                self._objects[name] = replace(object_, name=name, scope=scope)
        return {o.name: self._lent[callee.name, o.name] for o in callee.objects}

    def copy(self, callee: Function, call: Instruction) -> None:
        """Puts in the callee's body for a call; what follows is in a block of its own."""
        blocks = self._block_names
        body = _Body(callee, call, self._next, blocks, self._lend(callee))
        self._next += fresh_id(callee)
        self.size += sum(1 for _ in callee.instructions())
        after = blocks.fresh("after")
        self.end(Jump(Edge(body.block(callee.blocks[0].name)), call.location))
        self._blocks += [body.copied(block, after) for block in callee.blocks]
        self._name = after
        self._parameters = ()
        if callee.result is not None:
            result = call.result or Value(self._next, callee.result)
            self._next += call.result is None
            self._parameters = (result,)


class _Body:
    """Renames what a callee defines: values, blocks and objects."""

    def __init__(
        self,
        callee: Function,
        call: Instruction,
        offset: int,
        block_names: Names,
        objects: Mapping[str, str],
    ) -> None:
        self._callee = callee
        self._call = call
        self._offset = offset
        pairs = zip(callee.parameters, call.operands, strict=True)
        self._arguments: dict[int, Operand] = {p.id: o for p, o in pairs}
        self._blocks = {block.name: block_names.fresh(block.name) for block in callee.blocks}
        self._objects = objects

    def block(self, name: str) -> str:
        """Returns the new name of a block."""
        return self._blocks[name]

    def copied(self, block: Block, after: str) -> Block:
        """Returns a copy of a block; returns lead to `after`."""
        instructions = tuple(self._instruction(i) for i in block.instructions)
        terminator = self._terminator(block.terminator, after)
        parameters = tuple(map(self._value, block.parameters))
        return Block(self._blocks[block.name], parameters, instructions, terminator)

    def _instruction(self, instruction: Instruction) -> Instruction:
        result = None if instruction.result is None else self._value(instruction.result)
        location = self._location(instruction.location)
        operands = tuple(map(self._operand, instruction.operands))
        return Instruction(instruction.op, operands, result, instruction.symbol, location)

    def _terminator(self, terminator: Terminator, after: str) -> Terminator:
        location = self._location(terminator.location)
        match terminator:
            case Return(value):
                arguments = () if value is None else (self._operand(value),)
                return Jump(Edge(after, arguments), location)
            case _:
                moved = replace(map_terminator(terminator, self._operand), location=location)
                return map_edges(moved, lambda e: Edge(self._blocks[e.block], e.arguments))

    def _value(self, value: Value) -> Value:
        scope = value.scope or self._callee.name
        return Value(value.id + self._offset, value.kind, value.name, scope)

    def _operand(self, operand: Operand) -> Operand:
        if isinstance(operand, Value):
            return self._arguments.get(operand.id) or self._value(operand)
        if isinstance(operand, Address) and operand.object in self._objects:
            return Address(self._objects[operand.object])
        return operand

    def _location(self, location: Location | None) -> Location | None:
        if location is None:
            return None
        return location.inlined_at(self._callee.name, self._call.location)
