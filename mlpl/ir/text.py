"""The text form of the IR, which `mlpl.ir.read` parses back.

    module word_bits=16 entry=@.start
    object constant @primes[8] = 2 3 5 7: int[8]

    fn @gcd(%a.0: int, %b.1: int) -> int {
    entry:
      %2 = eq %b.1, 0  ! gcd.mlpl:4:5
      branch %2, done(%a.0), loop(%a.0, %b.1)
    ...
    }

A value is `%id`, or `%name.id` where it stands for a source variable. The kind of a result is
written where the op alone does not tell it (`%3: bool = load $flag, 0`). Behind the `!` stands the
location; that of an inlined body goes on with the callee and the call: `! a.mlpl:3:9 in @f at
a.mlpl:7:5`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple, assert_never

from mlpl.base.source import Location
from mlpl.ir.module import (
    Block,
    Branch,
    Edge,
    Function,
    Halt,
    Instruction,
    Jump,
    Module,
    Object,
    Op,
    Operand,
    Return,
    Terminator,
    Trap,
    Value,
)
from mlpl.ir.signatures import result_kind

INLINED = " in @"
"""Stands between a location and the function that its code was inlined from."""

_PLAIN_PATH = re.compile(r'[^\s"][^\r\n]*')


class Position(NamedTuple):
    """A line of a module's text: "" and -1 stand for the heads of module, function and block.

    `step` is the index of an instruction; the terminator's is the number of instructions.
    """

    function: str = ""
    block: str = ""
    step: int = -1


def module_text(module: Module) -> str:
    """Returns the module as text, with a newline at its end."""
    return "".join(line + "\n" for _, line in module_lines(module))


def function_text(function: Function) -> str:
    """Returns one function as text, with a newline at its end."""
    return "".join(line + "\n" for _, line in _function_lines(function))


def module_lines(module: Module) -> Iterator[tuple[Position, str]]:
    """Yields the lines of the module's text, each with what it stands for."""
    head = Position()
    yield head, f"module word_bits={module.word_bits} entry=@{module.entry}"
    for object_ in module.objects:
        yield head, object_text(object_)
    for argument in module.arguments:
        yield head, f"argument {argument.name} {argument.object}: {argument.type}"
    if module.result is not None:
        yield head, f"result {module.result[0]}: {module.result[1]}"
    if module.returned is not None:
        yield head, f"returned {module.returned}"
    for op, routine in module.routines.items():
        yield head, f"routine {op.value} @{routine}"
    for function in module.functions.values():
        yield head, ""
        yield from _function_lines(function)


def object_text(object_: Object) -> str:
    """Returns the line that declares an object."""
    word = "object constant" if object_.constant else "object"
    initial = " ".join(["", "=", *map(str, object_.initial)]) if object_.initial else ""
    return f"{word} {object_.name}[{object_.size}]{initial}: {object_.type}"


def _function_lines(function: Function) -> Iterator[tuple[Position, str]]:
    head = Position(function.name)
    result = f" -> {function.result.value}" if function.result else ""
    yield head, f"fn @{function.name}({_parameters(function.parameters)}){result} {{"
    for object_ in function.objects:
        yield head, "  " + object_text(object_)
    for block in function.blocks:
        yield from _block_lines(function.name, block)
    yield head, "}"


def _block_lines(function: str, block: Block) -> Iterator[tuple[Position, str]]:
    parameters = f"({_parameters(block.parameters)})" if block.parameters else ""
    yield Position(function, block.name), f"{block.name}{parameters}:"
    for index, instruction in enumerate(block.instructions):
        yield Position(function, block.name, index), "  " + instruction_text(instruction)
    end = len(block.instructions)
    yield Position(function, block.name, end), "  " + terminator_text(block.terminator)


def _parameters(values: tuple[Value, ...]) -> str:
    return ", ".join(f"{value}: {value.kind.value}" for value in values)


def instruction_text(instruction: Instruction) -> str:
    """Returns one instruction as a line, without indentation."""
    target = ""
    if instruction.result is not None:
        kind = instruction.result.kind
        note = f": {kind.value}" if kind is not result_kind(instruction.op) else ""
        target = f"{instruction.result}{note} = "
    operands = _operands(instruction.operands)
    if instruction.op is Op.CALL:
        body = f"call @{instruction.symbol}({operands})"
    else:
        body = f"{instruction.op.value} {operands}".rstrip()
    return target + body + _location(instruction.location)


def terminator_text(terminator: Terminator) -> str:
    """Returns a terminator as a line, without indentation."""
    match terminator:
        case Jump(edge):
            body = f"jump {_edge(edge)}"
        case Branch(condition, then, otherwise):
            body = f"branch {condition}, {_edge(then)}, {_edge(otherwise)}"
        case Return(value):
            body = "return" if value is None else f"return {value}"
        case Halt():
            body = "halt"
        case Trap(kind, values, message):
            body = f"trap {kind.value} {_operands(values)}".rstrip()
            body += " " + json.dumps(message) if message else ""
        case _:
            assert_never(terminator)
    return body + _location(terminator.location)


def _edge(edge: Edge) -> str:
    return f"{edge.block}({_operands(edge.arguments)})" if edge.arguments else edge.block


def _operands(operands: tuple[Operand, ...]) -> str:
    return ", ".join(map(str, operands))


def _location(location: Location | None) -> str:
    return "" if location is None else f"  ! {location_text(location)}"


def location_text(location: Location) -> str:
    """Returns `a.mlpl:3:9`; of inlined code, `a.mlpl:3:9 in @f at b.mlpl:7:5`."""
    path = location.path
    plain = _PLAIN_PATH.fullmatch(path) and path == path.strip() and INLINED not in path
    text = f"{path if plain else json.dumps(path)}:{location.line}:{location.column}"
    if location.inlined is None:
        return text
    call = location.inlined.call
    return f"{text}{INLINED}{location.inlined.function} at {location_text(call) if call else '?'}"
