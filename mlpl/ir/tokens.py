"""The tokens of one line of the IR's text form, and what is made of a few of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from mlpl.base.source import Inlined, Location
from mlpl.ir.module import Address, Const, Edge, Kind, Operand, Value

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|->|[%@$]?[\w.#-]+|[(),=:{}!])', re.ASCII)
_LOCATION = re.compile(
    r'("(?:[^"\\]|\\.)*"|.*?):(\d+):(\d+)(?: in @(\S+) at (.*))?', re.DOTALL | re.ASCII
)


class TextError(ValueError):
    """The text is no IR; the message names the line."""


class Tokens:
    """The tokens of a line; what follows `!` is its location.

    Attributes:
        location: of the line, or None.
        kinds: the kind of each value of the function, by id.
    """

    def __init__(self, line: str, kinds: Mapping[int, Kind]) -> None:
        self.location: Location | None = None
        self.kinds = kinds
        self._tokens = list(self._split(line))
        self._index = 0

    def _split(self, line: str) -> Iterator[str]:
        line = line.rstrip()
        position = 0
        while position < len(line):
            match = _TOKEN.match(line, position)
            if match is None:
                raise TextError(f"unknown character in `{line[position:]}`")
            if match[1] == "!":
                self.location = _location(line[match.end() :].strip())
                return
            yield match[1]
            position = match.end()

    def peek(self) -> str:
        """Returns the next token without consuming it, "" at the end."""
        return self._tokens[self._index] if self._index < len(self._tokens) else ""

    def next(self) -> str:
        """Returns the next token and consumes it."""
        token = self.peek()
        if not token:
            raise TextError("the line ends too early")
        self._index += 1
        return token

    def accept(self, token: str) -> bool:
        """Consumes the next token if it is this one."""
        if self.peek() != token:
            return False
        self._index += 1
        return True

    def take(self, token: str) -> None:
        """Consumes the next token, which must be this one."""
        if not self.accept(token):
            raise TextError(f"expected `{token}` before `{self.peek()}`")

    def end(self) -> None:
        """Makes sure that nothing follows."""
        if self.peek():
            raise TextError(f"unexpected `{self.peek()}`")

    def symbol(self) -> str:
        """Reads `@name` and returns the name."""
        token = self.next()
        if not token.startswith("@"):
            raise TextError(f"expected a function's name before `{token}`")
        return token[1:]

    def value(self, kind: Kind | None = None) -> Value:
        """Reads `%id` or `%name.id`."""
        token = self.next()
        if not token.startswith("%"):
            raise TextError(f"expected a value before `{token}`")
        name, _, number = token[1:].rpartition(".")
        return Value(int(number), kind or self.kinds.get(int(number), Kind.INT), name)

    def operand(self) -> Operand:
        """Reads a value, constant or address."""
        token = self.peek()
        if token.startswith("%"):
            return self.value()
        self.next()
        if token[0] in "@$":
            return Address(token)
        if token in ("true", "false"):
            return Const(int(token == "true"), Kind.BOOL)
        return Const(int(token))

    def operands(self, *stops: str) -> tuple[Operand, ...]:
        """Reads operands with commas between, up to a token that begins with one of `stops`."""
        found: list[Operand] = []
        while self.peek() and not self.peek().startswith(stops or "\n"):
            if found:
                self.take(",")
            found.append(self.operand())
        return tuple(found)

    def arguments(self) -> tuple[Operand, ...]:
        """Reads `(operand, …)`."""
        self.take("(")
        found = self.operands(")")
        self.take(")")
        return found

    def parameters(self) -> tuple[Value, ...]:
        """Reads `(%x: int, …)`."""
        self.take("(")
        found: list[Value] = []
        while not self.accept(")"):
            if found:
                self.take(",")
            value = self.value()
            self.take(":")
            found.append(Value(value.id, Kind(self.next()), value.name))
        return tuple(found)

    def edge(self) -> Edge:
        """Reads `block` or `block(operand, …)`."""
        block = self.next()
        return Edge(block, self.arguments() if self.peek() == "(" else ())


def _location(text: str) -> Location:
    match = _LOCATION.fullmatch(text)
    if match is None:
        raise TextError("expected `path:line:column` after `!`")
    path, line, column, function, call = match.groups()
    if path.startswith('"'):
        path = json.loads(path)
    inlined = None
    if function is not None:
        inlined = Inlined(function, None if call == "?" else _location(call))
    return Location(path, int(line), int(column), inlined)
