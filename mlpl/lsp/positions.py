"""Offsets in Python's characters to the protocol's lines and columns, and back.

The protocol counts columns in the units of an encoding that client and server agree on, and ends
lines at line feeds, carriage returns and pairs of both.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from lsprotocol import types

from mlpl.base.source import Source, Span

_ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
_LINE_END = re.compile(r"\r\n|\n|\r")


class Positions:
    """The positions of one text in one encoding."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._codec, self._unit = _ENCODINGS.get(encoding, _ENCODINGS["utf-16"])

    def offset(self, position: types.Position) -> int:
        """Returns the offset of a position; clipped to its line, and to the text."""
        if position.line >= len(self._starts):
            return len(self.text)
        start, end = self._line(position.line)
        line = self.text[start:end]
        if line.isascii():
            return start + min(position.character, len(line))
        units = 0
        for number, character in enumerate(line):
            if units >= position.character:
                return start + number
            units += self._width(character)
        return end

    def position(self, offset: int) -> types.Position:
        """Returns the position of an offset."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset) - 1
        return types.Position(line, self._width(self.text[self._starts[line] : offset]))

    def range(self, start: int, end: int) -> types.Range:
        """Returns the range of the characters from `start` up to `end`."""
        return types.Range(self.position(start), self.position(end))

    def _line(self, number: int) -> tuple[int, int]:
        """Returns where a line begins, and where its end begins."""
        start = self._starts[number]
        if number + 1 == len(self._starts):
            return start, len(self.text)
        end = self._starts[number + 1]
        return start, start + len(self.text[start:end].rstrip("\r\n"))

    def _width(self, text: str) -> int:
        if text.isascii():
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // self._unit


@lru_cache(maxsize=64)
def positions(source: Source, encoding: str = "utf-16") -> Positions:
    """Returns the positions of a source."""
    return Positions(source.text, encoding)


def range_of(span: Span, encoding: str) -> types.Range:
    """Returns the range of a span."""
    return positions(span.source, encoding).range(span.start, span.end)
