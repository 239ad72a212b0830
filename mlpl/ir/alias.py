"""Which accesses to memory may, or must, be to the same cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.ir.callgraph import CallGraph
from mlpl.ir.module import (
    Address,
    Const,
    Function,
    Instruction,
    Module,
    Op,
    Operand,
    Value,
)
from mlpl.ir.uses import terminator_operands

WRITES = frozenset({Op.STORE, Op.COPY, Op.ZERO})


@dataclass(frozen=True, slots=True)
class Place:
    """A cell: `constant` beyond the value `base` (an id; None for 0) beyond `ref`."""

    ref: Operand
    base: int | None
    constant: int


@dataclass(frozen=True, slots=True)
class Writes:
    """What a call may write: named objects of the module, or anything behind an address."""

    objects: frozenset[str] = frozenset()
    anywhere: bool = False

    def __or__(self, other: Writes) -> Writes:
        return Writes(self.objects | other.objects, self.anywhere or other.anywhere)


class Aliases:
    """Knows the places of one function."""

    def __init__(
        self,
        function: Function,
        definitions: Mapping[int, Instruction],
        writes: Mapping[str, Writes],
        word_bits: int,
    ) -> None:
        self._definitions = definitions
        self._writes = writes
        self._mask = (1 << word_bits) - 1
        self._escaped = escaped(function)

    def place(self, ref: Operand, index: Operand) -> Place:
        """Returns the place of an access, constants in the index taken apart."""
        constant = 0
        while isinstance(index, Value):
            match self._definitions.get(index.id):
                case Instruction(Op.ADD, (before, Const(more))):
                    index, constant = before, constant + more
                case _:
                    return Place(ref, index.id, constant & self._mask)
        assert isinstance(index, Const), "an index is no address"
        return Place(ref, None, (constant + index.value) & self._mask)

    def apart(self, x: Place, y: Place) -> bool:
        """Whether two places are surely different cells."""
        if x.ref == y.ref:
            return x.base == y.base and x.constant != y.constant
        return self._other_objects(x.ref, y.ref)

    def _other_objects(self, x: Operand, y: Operand) -> bool:
        if isinstance(x, Address) and isinstance(y, Address):
            return x != y
        return self._private(x) or self._private(y)

    def _private(self, ref: Operand) -> bool:
        """Whether only accesses by its name reach an object."""
        return (
            isinstance(ref, Address)
            and ref.object.startswith("$")
            and ref.object not in self._escaped
        )

    def spared(self, place: Place, instruction: Instruction) -> bool:
        """Whether an instruction surely does not write a place."""
        match instruction.op:
            case Op.STORE:
                return self.apart(place, self.place(*instruction.operands[:2]))
            case Op.COPY | Op.ZERO:
                target = instruction.operands[0]
                return place.ref != target and self._other_objects(place.ref, target)
            case Op.CALL:
                return self._spared_by_call(place, self._writes[instruction.symbol])
            case _:
                return True

    def _spared_by_call(self, place: Place, writes: Writes) -> bool:
        if self._private(place.ref):
            return True
        if writes.anywhere:
            return False
        if isinstance(place.ref, Address):
            return place.ref.object not in writes.objects
        return not writes.objects

    def unread(self, place: Place, instruction: Instruction) -> bool:
        """Whether an instruction surely does not read a place."""
        match instruction.op:
            case Op.LOAD:
                return self.apart(place, self.place(*instruction.operands[:2]))
            case Op.COPY:
                source = instruction.operands[1]
                return place.ref != source and self._other_objects(place.ref, source)
            case Op.CALL:
                return self._private(place.ref)
            case _:
                return True


def escaped(function: Function) -> frozenset[str]:
    """Returns the objects whose addresses are more than the places of accesses."""
    found: set[str] = set()
    for block in function.blocks:
        for i in block.instructions:
            access = i.op in (Op.LOAD, Op.STORE, Op.ZERO, Op.COPY)
            skipped = (2 if i.op is Op.COPY else 1) if access else 0
            found |= {o.object for o in i.operands[skipped:] if isinstance(o, Address)}
        operands = terminator_operands(block.terminator)
        found |= {o.object for o in operands if isinstance(o, Address)}
    return frozenset(found)


def writes_of_calls(module: Module, calls: CallGraph) -> dict[str, Writes]:
    """Returns what a call of each function may write, itself or through others."""
    found: dict[str, Writes] = {}
    for component in calls.components:
        total = Writes()
        for name in component:
            total |= _own_writes(module.functions[name])
            for callee in calls.callees[name]:
                total |= found.get(callee, Writes())
        found |= dict.fromkeys(component, total)
    return found


def _own_writes(function: Function) -> Writes:
    objects: set[str] = set()
    anywhere = False
    for i in function.instructions():
        if i.op in WRITES:
            target = i.operands[0]
            if isinstance(target, Address):
                objects.add(target.object)
            else:
                anywhere = True
    return Writes(frozenset(o for o in objects if o.startswith("@")), anywhere)
