"""What a file declares, and which parts of it can be folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlpl.base.source import Source, Span
from mlpl.editor.describe import documented
from mlpl.editor.lexical import Comment, Lexical, end_of, lexical, start_of
from mlpl.editor.names import Kind
from mlpl.lang import syntax


@dataclass(frozen=True, slots=True)
class Entry:
    """A declaration.

    Attributes:
        name: that it declares.
        kind: what it is.
        detail: its declaration in one line, or "".
        span: all of it.
        name_span: the name.
        inner: the fields of a struct.
    """

    name: str
    kind: Kind
    detail: str
    span: Span
    name_span: Span
    inner: tuple[Entry, ...] = ()


def outline(tree: syntax.Module) -> tuple[Entry, ...]:
    """Returns what a file declares, in its order."""
    lines = {name: found.signature for name, found in documented(tree.source).items()}
    return tuple(_entry(item, lines) for item in tree.items)


def _entry(item: syntax.Item, lines: Mapping[str, str]) -> Entry:
    name = item.name
    detail = lines.get(name.text, "")
    match item:
        case syntax.Import():
            return Entry(name.text, Kind.MODULE, item.module.text, item.span, name.span)
        case syntax.Struct():
            source = item.span.source
            fields = tuple(
                Entry(
                    f.name.text,
                    Kind.FIELD,
                    source.text[f.type.span.start : f.type.span.end],
                    f.span,
                    f.name.span,
                )
                for f in item.fields
            )
            return Entry(name.text, Kind.STRUCT, "", item.span, name.span, fields)
        case syntax.Function():
            return Entry(name.text, Kind.FUNCTION, detail, item.span, name.span)
        case syntax.Const():
            return Entry(name.text, Kind.CONSTANT, detail, item.span, name.span)
        case syntax.Global():
            return Entry(name.text, Kind.VARIABLE, detail, item.span, name.span)


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines (from 1) that can be folded into the first.

    Attributes:
        first: the line that stays.
        last: the last line that goes.
        kind: "region", "comment" or "imports".
    """

    first: int
    last: int
    kind: str


def folds(source: Source) -> tuple[Fold, ...]:
    """Returns what can be folded in a text, in order: brackets, comments and runs of imports."""
    text = lexical(source)
    found = {*_brackets(text), *_comments(text), *_imports(text)}
    return tuple(sorted(found, key=lambda f: (f.first, -f.last, f.kind)))


def _line(source: Source, offset: int) -> int:
    return source.position(offset)[0]


def _brackets(text: Lexical) -> Iterator[Fold]:
    opened: list[int] = []
    for token in text.tokens:
        if token.type in ("LBRACE", "LSQB", "LPAR"):
            opened.append(_line(text.source, start_of(token)))
        elif token.type in ("RBRACE", "RSQB", "RPAR") and opened:
            first, last = opened.pop(), _line(text.source, start_of(token)) - 1
            if last > first:
                yield Fold(first, last, "region")


def _comments(text: Lexical) -> Iterator[Fold]:
    """Yields comments of several lines, and runs of comments that fill lines."""
    run: list[Comment] = []
    source = text.source
    for comment in [*text.comments, Comment(-1, -1)]:
        if run and not _continues(source, run[-1], comment):
            first, last = _line(source, run[0].start), _line(source, run[-1].end)
            if last > first:
                yield Fold(first, last, "comment")
            run = []
        if comment.start >= 0 and _alone(source, comment):
            run.append(comment)


def _alone(source: Source, comment: Comment) -> bool:
    """Whether nothing stands before a comment in its line."""
    begin = source.text.rfind("\n", 0, comment.start) + 1
    return not source.text[begin : comment.start].strip()


def _continues(source: Source, last: Comment, comment: Comment) -> bool:
    if comment.start < 0:
        return False
    gap = source.text[last.end : comment.start]
    return not gap.strip() and gap.count("\n") == 1


def _imports(text: Lexical) -> Iterator[Fold]:
    """Yields runs of import lines."""
    run: tuple[int, int] | None = None
    inside = False
    for token in text.tokens:
        if token.type == "IMPORT":
            inside = True
            line = _line(text.source, start_of(token))
            run = (run[0], line) if run else (line, line)
        elif inside and run:
            run = (run[0], _line(text.source, end_of(token)))
            inside = token.type != "SEMICOLON"
        elif run:
            break
    if run and run[1] > run[0]:
        yield Fold(*run, "imports")
