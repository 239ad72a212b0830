"""The tokens of SUBLEQ assembly (M3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span


class Kind(Enum):
    """What a token is; the value is the pattern that it matches."""

    BLANK = r"(?:[ \t\r\f\v\ufeff]|\#[^\n]*)+"
    NEWLINE = r"\n"
    LABEL = r"[A-Za-z_@][A-Za-z0-9_@]*:"
    NAME = r"[A-Za-z_@][A-Za-z0-9_@]*"
    NUMBER = r"(?:0[xX][0-9A-Fa-f]+|[0-9]+)(?![0-9A-Za-z_@])"
    STRING = r'"(?:[^"\\\n]|\\.)*"'
    CHARACTER = r"'(?:[^'\\\n]|\\.)*'"
    MARK = r"[.;?+\-()\[\],]"
    WRONG = r"[\"'][^\n]*|[0-9A-Za-z_@]+|."


_PATTERN = re.compile("|".join(f"(?P<{kind.name}>{kind.value})" for kind in Kind))

_ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, '"': 34, "'": 39}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text.

    Attributes:
        kind: what it is; never BLANK.
        text: as written; without the colon for a label.
        span: where it stands.
    """

    kind: Kind
    text: str
    span: Span


def tokens(source: Source) -> Iterator[Token]:
    """Yields the tokens of a text, with a line's end after the last."""
    for match in _PATTERN.finditer(source.text):
        kind = Kind[match.lastgroup or "WRONG"]
        if kind is not Kind.BLANK:
            text = match[0].removesuffix(":") if kind is Kind.LABEL else match[0]
            yield Token(kind, text, Span(source, match.start(), match.end()))
    end = len(source.text)
    yield Token(Kind.NEWLINE, "\n", Span(source, end, end))


def characters(token: Token) -> tuple[int, ...] | Diagnostic:
    """Returns the bytes of a string or character, or what is wrong with it."""
    values: list[int] = []
    escaped = False
    for char in token.text[1:-1]:
        if escaped and char not in _ESCAPES:
            message = f"`\\{char}` is no escape"
            remedy = "those known are " + ", ".join(f"`\\{known}`" for known in _ESCAPES)
            return Diagnostic("unknown-escape", message, Mark(token.span), help=remedy)
        if escaped or char != "\\":
            values += [_ESCAPES[char]] if escaped else char.encode("utf-8", "replace")
            escaped = False
        else:
            escaped = True
    if token.kind is Kind.CHARACTER and len(values) != 1:
        message = f"`{token.text}` is {len(values)} bytes, not one"
        remedy = "a string takes a cell for each byte"
        return Diagnostic("wide-character", message, Mark(token.span), help=remedy)
    return tuple(values)
