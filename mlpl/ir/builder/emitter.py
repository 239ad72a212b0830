"""Collects the blocks of one function, one instruction after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlpl.base.source import Location
from mlpl.ir.module import (
    Address,
    Block,
    Edge,
    Function,
    Instruction,
    Jump,
    Kind,
    Object,
    Op,
    Operand,
    Terminator,
    Trap,
    Value,
)
from mlpl.ir.signatures import result_kind


class Emitter:
    """The function under construction.

    Between `end` and the next `start`, and in a block that no edge leads to, code is dead:
    what is emitted there is dropped. Blocks of traps are put behind all others.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._values = 0
        self._names: dict[str, int] = {}
        self._objects: list[Object] = []
        self._blocks: list[Block] = []
        self._traps: list[Block] = []
        self._targets: set[str] = {"entry"}
        self._open: tuple[str, tuple[Value, ...], list[Instruction]] | None = None
        self.start(self.label("entry"))

    @property
    def alive(self) -> bool:
        """Whether control can reach what is emitted next."""
        return self._open is not None

    def value(self, kind: Kind, name: str = "", scope: str = "") -> Value:
        """Returns a new value, to be defined by the caller."""
        self._values += 1
        return Value(self._values - 1, kind, name, scope)

    def label(self, stem: str) -> str:
        """Returns a block name that is not taken: `stem`, then `stem.1`, `stem.2`."""
        return self._unique(stem)

    def object(self, name: str, size: int, type_: str) -> Address:
        """Returns the address of a new object `$name` of the function."""
        unique = self._unique(f"${name}")
        self._objects.append(Object(unique, max(size, 1), (), type_))
        return Address(unique)

    def _unique(self, stem: str) -> str:
        number = self._names.get(stem, 0)
        self._names[stem] = number + 1
        return f"{stem}.{number}" if number else stem

    def emit(
        self,
        op: Op,
        *operands: Operand,
        location: Location | None = None,
        kind: Kind | None = None,
        name: str = "",
        scope: str = "",
    ) -> Value:
        """Appends an instruction and returns its result, of `kind` where the op allows others."""
        result = self.value(kind or result_kind(op), name, scope)
        self._append(Instruction(op, operands, result, "", location))
        return result

    def named(self, operand: Operand, name: str) -> Operand:
        """Returns the operand with a name for people, if it was computed just now and has none."""
        if self._open is None or not isinstance(operand, Value) or operand.name:
            return operand
        instructions = self._open[2]
        if not instructions or instructions[-1].result != operand:
            return operand
        value = Value(operand.id, operand.kind, name)
        instructions[-1] = replace(instructions[-1], result=value)
        return value

    def act(self, op: Op, *operands: Operand, location: Location | None = None) -> None:
        """Appends an instruction without a result."""
        self._append(Instruction(op, operands, None, "", location))

    def call(
        self, callee: str, arguments: Sequence[Operand], result: Kind | None, location: Location
    ) -> Value | None:
        """Appends a call and returns its result."""
        value = None if result is None else self.value(result)
        self._append(Instruction(Op.CALL, tuple(arguments), value, callee, location))
        return value

    def _append(self, instruction: Instruction) -> None:
        if self._open is not None:
            self._open[2].append(instruction)

    def start(self, name: str, *parameters: Value) -> None:
        """Opens a block; all edges to it but those of loops exist already."""
        self._open = (name, parameters, []) if name in self._targets else None

    def end(self, terminator: Terminator) -> None:
        """Closes the block."""
        if self._open is None:
            return
        name, parameters, instructions = self._open
        block = Block(name, parameters, tuple(instructions), terminator)
        self._blocks.append(block)
        self._targets |= {edge.block for edge in block.edges}
        self._open = None

    def jump(self, target: str, *arguments: Operand) -> None:
        """Closes the block with a jump."""
        self.end(Jump(Edge(target, arguments)))

    def trap(self, trap: Trap) -> Edge:
        """Returns the way to a new block that is nothing but this trap."""
        name = self.label("trap")
        if self.alive:
            self._traps.append(Block(name, (), (), trap))
        return Edge(name)

    def function(self, parameters: tuple[Value, ...], result: Kind | None) -> Function:
        """Returns the function, whose blocks are all closed."""
        blocks = (*self._blocks, *self._traps)
        return Function(self._name, parameters, result, tuple(self._objects), blocks)
