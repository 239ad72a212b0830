"""Source files, spans in them, and the lines and columns that people read."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Source:
    """A source text and the name it is reported under.

    Attributes:
        path: as the user wrote it; `<stdin>` and `<text>` for texts without a file.
        text: the whole text.
    """

    path: str
    text: str = field(repr=False)
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        ends = (match.end() for match in re.finditer("\n", self.text))
        object.__setattr__(self, "_starts", (0, *ends))

    def position(self, offset: int) -> tuple[int, int]:
        """Returns line and column (both from 1) of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Returns the character offset of a line and column (both from 1); clipped to the text."""
        start = self._starts[min(line, len(self._starts)) - 1]
        return min(start + column - 1, len(self.text))

    def line(self, number: int) -> str:
        """Returns the text of line `number` (from 1), without its end."""
        begin = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[begin:end].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """The characters from `start` up to but not including `end` of a source."""

    source: Source
    start: int
    end: int

    @property
    def location(self) -> Location:
        """Where the span begins, for people."""
        line, column = self.source.position(self.start)
        return Location(self.source.path, line, column)

    def to(self, other: Span) -> Span:
        """Returns the span from the beginning of this one to the end of `other`."""
        return Span(self.source, self.start, max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Location:
    """A file, line and column (from 1) that people can find.

    Attributes:
        inlined: of code that an optimization has copied out of its function: which function
            that was, and the call whose place it took.
    """

    path: str
    line: int
    column: int
    inlined: Inlined | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def plain(self) -> Location:
        """The same place without what has become of its code."""
        return self if self.inlined is None else Location(self.path, self.line, self.column)

    def inlined_at(self, function: str, call: Location | None) -> Location:
        """Returns the location of a copy of this code that takes the place of a call.

        Args:
            function: the callee, in whose body the code stands.
            call: the location of the call, which may be a copy itself.
        """
        inner = self.inlined
        if inner is None:
            return replace(self, inlined=Inlined(function, call))
        if inner.call is None:
            return self
        return replace(self, inlined=Inlined(inner.function, inner.call.inlined_at(function, call)))


@dataclass(frozen=True, slots=True)
class Inlined:
    """What a copy of code came from.

    Attributes:
        function: the one that the code was written in.
        call: the call that its body took the place of; None where that is not known.
    """

    function: str
    call: Location | None
