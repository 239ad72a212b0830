"""Tables in rows: how many elements stand in each."""

from __future__ import annotations

from collections.abc import Sequence

from mlpl.lang.format.document import (
    Cell,
    Concat,
    Doc,
    Fill,
    Group,
    Indent,
    Line,
    Table,
    concat,
    is_broken,
)

_SHORTEST = 3
"""Columns of an element, its comma and a space."""


def rows(table: Table, room: int) -> Doc:
    """Returns the table in lines of at most `room` columns, with a comma behind each element.

    Rows have as many elements as the table asks for, or as fit; where elements do not fit on a
    line, each stands alone. Comments and empty lines end a row before it is full.
    """
    texts = [None if is_broken(cell.doc) else flat_text(cell.doc) for cell in table.cells]
    known = [text for text in texts if text is not None and len(text) < room]
    if len(known) < len(texts):
        return _lines([[cell] for cell in table.cells], [[Group(c.doc)] for c in table.cells])
    count = min(table.columns or len(known), max(1, room // _SHORTEST + 1))
    while True:
        divided = _divided(table.cells, count)
        words = _words(known, [len(row) for row in divided])
        if table.aligned and len(words) > 1:
            words = _aligned(words)
        if count == 1 or all(_width(row) <= room for row in words):
            return _lines(divided, words)
        count -= 1


def _divided(cells: Sequence[Cell], count: int) -> list[list[Cell]]:
    """Returns the cells in rows of `count`."""
    result: list[list[Cell]] = []
    for cell in cells:
        full = not result or len(result[-1]) == count or result[-1][-1].remarks is not None
        if full or cell.blank:
            result.append([])
        result[-1].append(cell)
    return result


def _words(texts: Sequence[str], lengths: Sequence[int]) -> list[list[str]]:
    """Returns the texts in rows of the given lengths."""
    result, start = [], 0
    for length in lengths:
        result.append(list(texts[start : start + length]))
        start += length
    return result


def _aligned(words: list[list[str]]) -> list[list[str]]:
    """Returns the words with spaces before them, so that columns end at one place."""
    widths = [0] * max(map(len, words))
    for row in words:
        for index, word in enumerate(row):
            widths[index] = max(widths[index], len(word))
    return [[word.rjust(width) for word, width in zip(row, widths, strict=False)] for row in words]


def _width(row: Sequence[str]) -> int:
    return sum(len(word) + 2 for word in row) - 1


def _lines(divided: Sequence[Sequence[Cell]], words: Sequence[Sequence[Doc]]) -> Doc:
    """Returns rows of documents, one a line."""
    parts: list[Doc] = []
    for cells, docs in zip(divided, words, strict=True):
        if parts:
            parts.append(Line(None, blank=cells[0].blank))
        for index, doc in enumerate(docs):
            parts += [" " if index else "", doc, ","]
        parts.append(cells[-1].remarks or "")
    return concat(*parts)


def flat_text(doc: Doc) -> str:
    """Returns the text of a document on one line."""
    text: list[str] = []
    ahead: list[Doc] = [doc]
    while ahead:
        match ahead.pop():
            case str(word):
                text.append(word)
            case Line(flat):
                text.append(flat or "")
            case Concat(parts):
                ahead += reversed(parts)
            case Indent(inner) | Group(inner):
                ahead.append(inner)
            case Table(flat=inner):
                ahead.append(inner)
            case Fill(parts):
                for part in reversed(parts):
                    ahead += [part, " "]
                ahead.pop()
            case _:
                pass
    return "".join(text)
