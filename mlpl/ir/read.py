"""Parses the text form of the IR (see `mlpl.ir.text`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from mlpl.base.traps import TrapKind
from mlpl.ir.module import (
    Argument,
    Block,
    Branch,
    Function,
    Halt,
    Instruction,
    Jump,
    Kind,
    Module,
    Object,
    Op,
    Return,
    Terminator,
    Trap,
)
from mlpl.ir.signatures import result_kind
from mlpl.ir.tokens import TextError, Tokens

_OBJECT = re.compile(r"object( constant)? (\S+)\[(\d+)\](?: =((?: -?\d+)*))?: (.*)")
_PARAMETER = re.compile(r"%(?:\w+\.)?(\d+): (int|bool|ref)\b(?! =)", re.ASCII)
_RESULT = re.compile(r"%(?:\w+\.)?(\d+)(?:: (\w+))? = (\w+)", re.ASCII)
_TERMINATORS = frozenset({"jump", "branch", "return", "halt", "trap"})


def parse_module(text: str) -> Module:
    """Returns the module that `text` stands for; it is not verified.

    Raises:
        TextError: a line cannot be read.
    """
    reader = _ModuleReader(text)
    try:
        return reader.read()
    except (ValueError, IndexError) as error:
        raise TextError(f"line {reader.number}: {error}: {reader.line!r}") from error


class _ModuleReader:
    """Reads line by line; `number` and `line` are the current ones, for errors."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self.number = 0
        self.line = ""

    def _next(self) -> bool:
        """Moves to the next line that is not blank; False at the end."""
        while self.number < len(self._lines):
            self.line = self._lines[self.number].strip()
            self.number += 1
            if self.line:
                return True
        self.line = ""
        return False

    def read(self) -> Module:
        self._next()
        head = re.fullmatch(r"module word_bits=(\d+) entry=@(\S+)", self.line)
        if head is None:
            raise TextError("expected `module word_bits=… entry=@…`")
        objects: list[Object] = []
        arguments: list[Argument] = []
        result: tuple[str, str] | None = None
        returned: str | None = None
        routines: dict[Op, str] = {}
        functions: dict[str, Function] = {}
        while self._next():
            word, _, rest = self.line.partition(" ")
            match word:
                case "object":
                    objects.append(_object(self.line))
                case "argument":
                    owner, type_ = _split(rest, ": ")
                    arguments.append(Argument(*_split(owner, " "), type_))
                case "result":
                    result = _split(rest, ": ")
                case "returned":
                    returned = rest
                case "routine":
                    op, routine = _split(rest, " @")
                    routines[Op(op)] = routine
                case "fn":
                    function = self._function()
                    functions[function.name] = function
                case _:
                    raise TextError("expected an object, an argument or a function")
        return Module(
            functions,
            tuple(objects),
            head[2],
            int(head[1]),
            tuple(arguments),
            result,
            returned,
            routines,
        )

    def _function(self) -> Function:
        head = Tokens(self.line, {})
        head.take("fn")
        name, parameters = head.symbol(), head.parameters()
        result = Kind(head.next()) if head.accept("->") else None
        head.take("{")
        kinds = {p.id: p.kind for p in parameters} | self._kinds()
        objects: list[Object] = []
        blocks: list[Block] = []
        while self._next() and self.line != "}":
            if self.line.startswith("object "):
                objects.append(_object(self.line))
            else:
                blocks.append(self._block(kinds))
        return Function(name, parameters, result, tuple(objects), tuple(blocks))

    def _kinds(self) -> dict[int, Kind]:
        """Returns the kind of every value that is defined before the function's end."""
        stop = self.number
        while stop < len(self._lines) and self._lines[stop].strip() != "}":
            stop += 1
        return _defined(self._lines[self.number : stop])

    def _block(self, kinds: Mapping[int, Kind]) -> Block:
        head = Tokens(self.line, kinds)
        name = head.next()
        parameters = head.parameters() if head.peek() == "(" else ()
        head.take(":")
        head.end()
        instructions: list[Instruction] = []
        while self._next():
            tokens = Tokens(self.line, kinds)
            if tokens.peek() in _TERMINATORS:
                return Block(name, parameters, tuple(instructions), _terminator(tokens))
            instructions.append(_instruction(tokens))
        raise TextError("expected a terminator")


def _split(text: str, separator: str) -> tuple[str, str]:
    left, found, right = text.partition(separator)
    if not found:
        raise TextError(f"expected `{separator.strip()}`")
    return left, right


def _object(line: str) -> Object:
    match = _OBJECT.fullmatch(line)
    if match is None:
        raise TextError("expected `object NAME[SIZE]: TYPE`")
    constant, name, size, initial, type_ = match.groups()
    words = tuple(map(int, (initial or "").split()))
    return Object(name, int(size), words, type_, constant is not None)


def _defined(lines: Sequence[str]) -> dict[int, Kind]:
    kinds: dict[int, Kind] = {}
    for line in lines:
        line = line.strip()
        if result := _RESULT.match(line):
            kind = Kind(result[2]) if result[2] else result_kind(Op(result[3]))
            kinds[int(result[1])] = kind
        elif line.endswith(":"):
            kinds |= {int(p[1]): Kind(p[2]) for p in _PARAMETER.finditer(line)}
    return kinds


def _instruction(tokens: Tokens) -> Instruction:
    result = None
    if tokens.peek().startswith("%"):
        result = tokens.value()
        if tokens.accept(":"):
            tokens.next()  # the kind, which `_defined` has read
        tokens.take("=")
    op = Op(tokens.next())
    symbol = ""
    if op is Op.CALL:
        symbol, operands = tokens.symbol(), tokens.arguments()
    else:
        operands = tokens.operands()
    tokens.end()
    return Instruction(op, operands, result, symbol, tokens.location)


def _terminator(tokens: Tokens) -> Terminator:
    made: Terminator
    location = tokens.location
    match tokens.next():
        case "jump":
            made = Jump(tokens.edge(), location)
        case "branch":
            condition = tokens.operand()
            tokens.take(",")
            then = tokens.edge()
            tokens.take(",")
            made = Branch(condition, then, tokens.edge(), location)
        case "return":
            made = Return(tokens.operand() if tokens.peek() else None, location)
        case "halt":
            made = Halt(location)
        case _:
            kind = TrapKind(tokens.next())
            values = tokens.operands('"')
            message = json.loads(tokens.next()) if tokens.peek() else ""
            made = Trap(kind, values, message, location)
    tokens.end()
    return made
