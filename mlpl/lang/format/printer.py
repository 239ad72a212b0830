"""Documents to text: which lines are broken.

One pass from left to right. A group is measured when it is met, up to the first place at which
the line may end or the width is used up, so the time is linear in the size of the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from mlpl.lang.format.document import (
    INDENTATION,
    SPACE,
    Concat,
    Doc,
    Fill,
    Group,
    Indent,
    Line,
    Remark,
    Table,
    Trailing,
    is_broken,
)
from mlpl.lang.format.rows import rows

WIDTH = 100
"""Columns of a line; comments at its end may go beyond."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left of a filling from `index` on."""

    fill: Fill
    index: int


_Item = tuple[int, bool, Doc | _Rest]
"""Spaces at the margin, whether on one line, and what is to be printed."""

_Piece = tuple[bool, Doc | _Rest]


def print_document(doc: Doc) -> str:
    """Returns the text of a document, without spaces at the ends of lines."""
    return _Printer(doc).run()


class _Printer:
    """One document on its way to text."""

    def __init__(self, doc: Doc) -> None:
        self.stack: list[_Item] = [(0, False, doc)]
        self.text: list[str] = []
        self.column = 0

    def run(self) -> str:
        """Prints everything."""
        while self.stack:
            margin, flat, doc = self.stack.pop()
            self._print(margin, flat, doc)
        return "".join(self.text)

    def _print(self, margin: int, flat: bool, doc: Doc | _Rest) -> None:
        match doc:
            case str():
                self._write(doc)
            case Line(text):
                if flat and text is not None:
                    self._write(text)
                else:
                    self._end_line(margin, doc.blank)
            case Remark(text):
                self._write("\n".join(_placed(text, margin)))
            case Trailing(text):
                self._write("" if flat else text)
            case Concat(parts):
                self.stack += [(margin, flat, part) for part in reversed(parts)]
            case Indent(inner):
                self.stack.append((margin + INDENTATION, flat, inner))
            case Group(inner):
                flat = flat or (not doc.broken and self._fits(inner))
                self.stack.append((margin, flat, inner))
            case Fill():
                self._fill(margin, flat, _Rest(doc, 0))
            case _Rest():
                self._fill(margin, flat, doc)
            case Table():
                inner = doc.flat if flat else rows(doc, WIDTH - margin)
                self.stack.append((margin, flat, inner))
            case _:
                assert_never(doc)

    def _write(self, text: str) -> None:
        self.text.append(text)
        self.column += len(text)

    def _end_line(self, margin: int, blank: bool) -> None:
        self.text.append("\n\n" if blank else "\n")
        self.text.append(" " * margin)
        self.column = margin

    def _fill(self, margin: int, flat: bool, rest: _Rest) -> None:
        """Prints the next part of a filling, on this line if it fits."""
        parts, index = rest.fill.parts, rest.index
        part = parts[index]
        last = index + 1 == len(parts)
        if not last:
            self.stack.append((margin, flat, _Rest(rest.fill, index + 1)))
        inner = margin + INDENTATION if index and rest.fill.hanging else margin
        here = flat or (not is_broken(part) and self._fits(part, " " if index else "", last))
        if index and here and not is_broken(parts[index - 1]):
            self._write(" ")
        elif index:
            self._end_line(inner, False)
            here = not is_broken(part) and self._fits(part, "", last)
        self.stack.append((inner, here, part))

    def _fits(self, doc: Doc, before: str = "", with_rest: bool = True) -> bool:
        """Whether a document fits on this line, with what follows up to the next possible end."""
        room = WIDTH - self.column - len(before)
        ahead: list[Iterator[_Piece]] = [iter([(True, doc)])]
        following = reversed(self.stack) if with_rest else iter(())
        while room >= 0:
            if not ahead:
                item = next(following, None)
                if item is None:
                    return True
                ahead.append(iter([item[1:]]))
            piece = next(ahead[-1], None)
            if piece is None:
                ahead.pop()
                continue
            match piece:
                case _, str(text):
                    room -= len(text)
                case flat, Line(text):
                    if not flat or text is None:
                        return True
                    room -= len(text)
                case flat, Trailing(text):
                    room -= 0 if flat else len(text)
                case _, Remark():
                    pass
                case flat, inner:
                    ahead.append(_pieces(flat, inner))
        return False


def _pieces(flat: bool, doc: Doc | _Rest) -> Iterator[_Piece]:
    """Yields what a document consists of."""
    match doc:
        case Concat(parts):
            for part in parts:
                yield flat, part
        case Indent(inner) | Group(inner) | Table(flat=inner):
            yield flat, inner
        case Fill(parts):
            yield from _pieces_of_filling(flat, parts, 0)
        case _Rest(fill, index):
            yield flat, SPACE
            yield from _pieces_of_filling(flat, fill.parts, index)
        case _:
            yield flat, doc


def _pieces_of_filling(flat: bool, parts: tuple[Doc, ...], start: int) -> Iterator[_Piece]:
    for index in range(start, len(parts)):
        if index > start:
            yield flat, SPACE
        yield flat, parts[index]


def _placed(text: str, margin: int) -> list[str]:
    """Returns the lines of a comment; a margin of asterisks is put under the first."""
    first, *others = text.split("\n")
    if all(line.lstrip().startswith("*") for line in others):
        others = [" " * (margin + 1) + line.strip() for line in others]
    return [first, *others]
