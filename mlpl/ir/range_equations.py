"""The equations of the value ranges of a program."""

from __future__ import annotations

from mlpl.ir.facts import OPPOSITE
from mlpl.ir.guards import Guards, Knowledge
from mlpl.ir.module import (
    Branch,
    Const,
    Edge,
    Function,
    Instruction,
    Kind,
    Module,
    Op,
    Operand,
    Return,
    Value,
)
from mlpl.ir.range_memory import ANYTHING, RangeMemory
from mlpl.ir.range_system import Input, Node, RangeSystem
from mlpl.ir.uses import fresh_id

_NOTHING: Knowledge = {}
_HERE = Const(1, Kind.BOOL)
"""What a block is once control has come there."""


class RangeEquations:
    """The equations of a module; what it names but does not hold may be anything.

    A value has the key `offset + id`, with an offset for each function. Negative keys stand for
    blocks, objects and results of functions.

    Attributes:
        system: with the equations.
        guards: of each function.
        offsets: of the keys of each function.
    """

    def __init__(self, module: Module) -> None:
        self.system = RangeSystem(module.word_bits)
        self.guards = {name: Guards(f) for name, f in module.functions.items()}
        self.offsets: dict[str, int] = {}
        self._module = module
        self._memory = RangeMemory(module)
        self._keys: dict[tuple[str, ...], int] = {}
        self._joined: dict[int, list[Input]] = {}
        total = 0
        for name, function in module.functions.items():
            self.offsets[name] = total
            total += fresh_id(function)
        for object_, operand in self._memory.contents():
            self._join(self._key("object", object_), Input(operand, _NOTHING, 0))
        for name in dict.fromkeys((module.entry, *module.routines.values())):
            self._open(module.functions[name])
        for function in module.functions.values():
            self._gather(function)
        for function in module.functions.values():
            self._function(function)
        for key, inputs in self._joined.items():
            if key < 0:
                self.system.add(Node(key, Kind.INT, None, inputs))

    def _key(self, *name: str) -> int:
        return self._keys.setdefault(name, -1 - len(self._keys))

    def _join(self, key: int, input_: Input) -> None:
        self._joined.setdefault(key, []).append(input_)

    def _open(self, function: Function) -> None:
        """Lets a function be called with anything."""
        for parameter in function.parameters:
            key = self.offsets[function.name] + parameter.id
            self._join(key, Input(ANYTHING, _NOTHING, 0))
        self._join(self._entry(function), Input(_HERE, _NOTHING, 0))

    def _entry(self, function: Function) -> int:
        return self._key("block", function.name, function.blocks[0].name)

    # What a function does to others ------------------------------------------------------------

    def _gather(self, function: Function) -> None:
        """Notes what a function gives to other functions, objects and its result."""
        guards = self.guards[function.name]
        for name in guards.flow.order:
            block = guards.flow.blocks[name]
            way = self._key("block", function.name, name)
            read = (guards.known(name), self.offsets[function.name], way)
            for i in block.instructions:
                if i.op is Op.CALL:
                    self._call(i, *read)
                elif i.op in (Op.STORE, Op.ZERO, Op.COPY):
                    goal = self._object(function, i.operands[0])
                    self._join(goal, self._stored(function, i, Input(i.operands[-1], *read)))
            match block.terminator:
                case Return(Const() | Value() as operand):
                    self._join(self._key("result", function.name), Input(operand, *read))

    def _call(self, call: Instruction, known: Knowledge, offset: int, way: int) -> None:
        callee = self._module.functions.get(call.symbol)
        if callee is None:
            return
        self._join(self._entry(callee), Input(_HERE, _NOTHING, 0, way))
        for parameter, operand in zip(callee.parameters, call.operands, strict=True):
            key = self.offsets[callee.name] + parameter.id
            self._join(key, Input(operand, known, offset, way))

    def _object(self, function: Function, ref: Operand) -> int:
        return self._key("object", self._memory.object(function.name, ref))

    def _stored(self, function: Function, i: Instruction, value: Input) -> Input:
        match i.op:
            case Op.ZERO:
                return value._replace(operand=Const(0))
            case Op.COPY:
                source = Value(self._object(function, i.operands[1]), Kind.INT)
                return Input(source, _NOTHING, 0, value.way)
            case _:
                return value

    # The equations of a function's values ------------------------------------------------------

    def _function(self, function: Function) -> None:
        guards, offset = self.guards[function.name], self.offsets[function.name]
        thresholds = _thresholds(function)
        for parameter in function.parameters:
            self._add_join(offset + parameter.id, parameter.kind, thresholds)
        for name in guards.flow.order:
            block = guards.flow.blocks[name]
            for edge, known, condition, way in self._edges_into(function, name):
                here = Input(_HERE, known, offset, way, condition)
                self._join(self._key("block", function.name, name), here)
                for parameter, operand in zip(block.parameters, edge.arguments, strict=True):
                    key = offset + parameter.id
                    self._join(key, Input(operand, known, offset, way, condition))
            self._add_join(self._key("block", function.name, name), Kind.BOOL, ())
            for parameter in block.parameters:
                self._add_join(offset + parameter.id, parameter.kind, thresholds)
            known = guards.known(name)
            for i in block.instructions:
                if i.result is not None and i.result.kind is not Kind.REF:
                    self.system.add(self._defined(function, i, i.result, known, offset))

    def _add_join(self, key: int, kind: Kind, thresholds: tuple[int, ...]) -> None:
        if kind is not Kind.REF:
            self.system.add(Node(key, kind, None, self._joined.pop(key, []), thresholds))

    def _edges_into(
        self, function: Function, name: str
    ) -> list[tuple[Edge, Knowledge, Operand | None, int]]:
        """Returns the edges into a block, what is known on them, their conditions and sources."""
        guards = self.guards[function.name]
        found = []
        for edge, known, source in guards.edges_into(name):
            condition: Operand | None = None
            match guards.flow.blocks[source].terminator:
                case Branch(test, then, otherwise) if then.block != otherwise.block:
                    condition = test
                    if isinstance(test, Const) and bool(test.value) != (edge is then):
                        continue
            found.append((edge, known, condition, self._key("block", function.name, source)))
        return found

    def _defined(
        self, function: Function, i: Instruction, result: Value, known: Knowledge, offset: int
    ) -> Node:
        """Returns the equation of an instruction's result."""
        key = offset + result.id
        if i.op is Op.LOAD:
            source = Value(self._object(function, i.operands[0]), Kind.INT)
            return Node(key, result.kind, None, [Input(source, _NOTHING, 0)])
        if i.op is Op.CALL:
            returned: Operand = Value(self._key("result", i.symbol), Kind.INT)
            if i.symbol not in self._module.functions:
                returned = ANYTHING
            return Node(key, result.kind, None, [Input(returned, _NOTHING, 0)])
        return Node(key, result.kind, i, [Input(o, known, offset) for o in i.operands])


def _thresholds(function: Function) -> tuple[int, ...]:
    """Returns the constants that a function compares with, and their neighbours, in order."""
    found: set[int] = set()
    for i in function.instructions():
        if i.op in OPPOSITE or i.op is Op.WITHIN:
            for operand in i.operands:
                if isinstance(operand, Const) and operand.kind is Kind.INT:
                    found |= {operand.value - 1, operand.value, operand.value + 1}
    return tuple(sorted(found))
