"""Functions of the IR decoded for the interpreter: closures over numbered registers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from mlpl.base.source import Location
from mlpl.base.words import wrap
from mlpl.ir.module import (
    Address,
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Halt,
    Instruction,
    Jump,
    Kind,
    Module,
    Op,
    Operand,
    Return,
    Trap,
    Value,
)
from mlpl.ir.steps import Step, make_step
from mlpl.ir.uses import block_operands, definitions

Registers = list[Any]
"""An int for an int, 0 or 1 for a bool, (cells, offset) for a ref."""

_DROPPED = Value(-1, Kind.INT)
"""Stands for the result of an instruction that defines no value."""

_GARBAGE = 0x5A5A5A5A
"""What the cells of a function's objects hold before they are written, cut to the word."""


@dataclass(slots=True)
class Segment:
    """Instructions without a call between them, and what follows; `cost` counts both."""

    steps: tuple[Step, ...] = ()
    cost: int = 0
    end: End = None  # type: ignore[assignment]  # filled in before the code runs


@dataclass(frozen=True, slots=True)
class Goto:
    """An edge: moves arguments into parameters, all at once."""

    target: Segment
    sources: tuple[int, ...]
    parameters: tuple[int, ...]

    def take(self, registers: Registers) -> Segment:
        """Makes the moves and returns where to go on."""
        values = [registers[source] for source in self.sources]
        for parameter, value in zip(self.parameters, values, strict=True):
            registers[parameter] = value
        return self.target


@dataclass(frozen=True, slots=True)
class Choice:
    """A branch on a register."""

    condition: int
    then: Goto
    otherwise: Goto


@dataclass(frozen=True, slots=True)
class Call:
    """A call, and the segment at which its caller goes on."""

    callee: str
    arguments: tuple[int, ...]
    result: int | None
    following: Segment
    location: Location | None


@dataclass(frozen=True, slots=True)
class Leave:
    """A return, with the register of its value."""

    value: int | None


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of the program."""


@dataclass(frozen=True, slots=True)
class Raise:
    """A trap, with the registers of its values."""

    trap: Trap
    values: tuple[int, ...]


End = Goto | Choice | Call | Leave | Stop | Raise


@dataclass(slots=True)
class Code:
    """A decoded function.

    Attributes:
        template: the registers of a new activation, with constants and addresses in place.
        parameters: the registers of the arguments.
        objects: register and initial cells of each object of the activation.
        first: where it begins.
    """

    template: Registers
    parameters: tuple[int, ...]
    objects: tuple[tuple[int, list[int]], ...]
    first: Segment

    def activate(self, arguments: Sequence[Any]) -> Registers:
        """Returns the registers of a new activation."""
        registers = self.template.copy()
        for parameter, argument in zip(self.parameters, arguments, strict=True):
            registers[parameter] = argument
        for register, cells in self.objects:
            registers[register] = (cells.copy(), 0)
        return registers


@dataclass(slots=True)
class Decoder:
    """Decodes each function when it is called for the first time.

    Attributes:
        module: where the functions are.
        memory: the cells of the module's objects.
        read: returns the next input byte, -1 at the end.
        output: where the bytes go that are written.
    """

    module: Module
    memory: dict[str, list[int]]
    read: Callable[[], int]
    output: bytearray
    _codes: dict[str, Code] = field(default_factory=dict)

    def code(self, name: str) -> Code:
        """Returns the decoded function of that name."""
        code = self._codes.get(name)
        if code is None:
            code = _FunctionDecoder(self, self.module.functions[name]).decode()
            self._codes[name] = code
        return code


class _FunctionDecoder:
    """Decodes one function; `_registers` numbers values, constants and addresses."""

    def __init__(self, decoder: Decoder, function: Function) -> None:
        self._decoder = decoder
        self._function = function
        self._template: Registers = []
        self._registers: dict[Operand, int] = {}
        self._segments: dict[str, Segment] = {}
        self._parameters: dict[str, tuple[int, ...]] = {}

    def decode(self) -> Code:
        """Returns the function's code."""
        function = self._function
        for value in definitions(function):
            self._register(value, 0)
        objects = []
        garbage = wrap(_GARBAGE, self._decoder.module.word_bits)
        for object_ in function.objects:
            register = self._register(Address(object_.name), None)
            objects.append((register, [garbage] * object_.size))
        for block in function.blocks:
            for operand in block_operands(block):
                self._constant(operand)
            self._segments[block.name] = Segment()
            self._parameters[block.name] = self._numbers(block.parameters)
        for block in function.blocks:
            self._block(block)
        first = self._segments[function.blocks[0].name]
        parameters = self._numbers(function.parameters)
        return Code(self._template, parameters, tuple(objects), first)

    def _register(self, operand: Operand, content: Any) -> int:
        self._registers[operand] = len(self._template)
        self._template.append(content)
        return self._registers[operand]

    def _constant(self, operand: Operand) -> None:
        if operand in self._registers:
            return
        match operand:
            case Const(value):
                self._register(operand, value)
            case Address(name):
                self._register(operand, (self._decoder.memory[name], 0))
            case Value():
                raise ValueError(f"{operand} is not defined")
            case _:
                assert_never(operand)

    def _numbers(self, operands: Sequence[Operand]) -> tuple[int, ...]:
        return tuple(self._registers[operand] for operand in operands)

    def _block(self, block: Block) -> None:
        segment = self._segments[block.name]
        steps: list[Step] = []
        for instruction in block.instructions:
            if instruction.op is Op.CALL:
                following = Segment()
                self._fill(segment, steps, self._call(instruction, following))
                segment, steps = following, []
            else:
                steps.append(self._step(instruction))
        self._fill(segment, steps, self._end(block))

    def _fill(self, segment: Segment, steps: list[Step], end: End) -> None:
        segment.steps, segment.cost, segment.end = tuple(steps), len(steps) + 1, end

    def _step(self, instruction: Instruction) -> Step:
        result = instruction.result
        target = self._register(_DROPPED, 0) if result is None else self._registers[result]
        operands = self._numbers(instruction.operands)
        decoder = self._decoder
        return make_step(
            instruction.op,
            target,
            operands,
            decoder.module.word_bits,
            decoder.read,
            decoder.output,
        )

    def _call(self, call: Instruction, following: Segment) -> Call:
        result = None if call.result is None else self._registers[call.result]
        arguments = self._numbers(call.operands)
        return Call(call.symbol, arguments, result, following, call.location)

    def _goto(self, edge: Edge) -> Goto:
        target = self._segments[edge.block]
        return Goto(target, self._numbers(edge.arguments), self._parameters[edge.block])

    def _end(self, block: Block) -> End:
        match block.terminator:
            case Jump(edge):
                return self._goto(edge)
            case Branch(condition, then, otherwise):
                register = self._registers[condition]
                return Choice(register, self._goto(then), self._goto(otherwise))
            case Return(value):
                return Leave(None if value is None else self._registers[value])
            case Halt():
                return Stop()
            case Trap(_, values) as trap:
                return Raise(trap, self._numbers(values))
            case _:
                assert_never(block.terminator)
