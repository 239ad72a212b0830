"""What may be written at a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path

from mlpl.editor import visible
from mlpl.editor.analysis import Analysis
from mlpl.editor.describe import comment, line
from mlpl.editor.lexical import Lexical, lexical, start_of
from mlpl.editor.names import Kind, define
from mlpl.editor.words import KEYWORDS
from mlpl.editor.workspace import Workspace
from mlpl.lang.check.symbols import (
    BrokenSymbol,
    ModuleSymbol,
    StructSymbol,
    Symbol,
    VariableSymbol,
)
from mlpl.lang.datatypes import StructType
from mlpl.lang.modules import library_modules
from mlpl.lang.vocabulary import STATEMENTS


class Sort(Enum):
    """What a proposal is, besides the kinds of names."""

    KEYWORD = "keyword"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word that may be written.

    Attributes:
        text: the word.
        kind: what it is.
        detail: its declaration in one line, or "".
        about: a longer explanation, or "".
        rank: proposals of a lower rank are better.
    """

    text: str
    kind: Kind | Sort
    detail: str = ""
    about: str = ""
    rank: int = 1


_NEW_NAMES = frozenset({"LET", "VAR", "FN", "CONST", "STRUCT", "FOR", "AS"})
_VALUES = ("true", "false", "int")
_ITEM_WORDS = ("fn", "var", "const", "struct", "import")


def complete(workspace: Workspace, analysis: Analysis, offset: int) -> list[Proposal]:
    """Returns what may be written at an offset, where a word may have been begun."""
    text = lexical(analysis.source)
    if text.in_text(offset):
        return []
    begin = text.word_at(offset)
    if begin < offset and analysis.source.text[begin].isdigit():
        return []
    count = text.before(begin)
    previous = text.tokens[count - 1].type if count else ""
    if previous == "IMPORT":
        return [*_modules(workspace, analysis)]
    if previous == "DOT":
        return [*_after_dot(analysis, start_of(text.tokens[count - 1]))]
    if previous in _NEW_NAMES or previous == "ARROW":
        return [*_types(analysis, begin)] if previous == "ARROW" else []
    return [*_words(analysis, text, begin)]


def _modules(workspace: Workspace, analysis: Analysis) -> Iterator[Proposal]:
    folders = [Path(analysis.path).parent, *map(Path, workspace.options.paths)]
    found: dict[str, str] = {}
    for folder in folders:
        try:
            paths = sorted(folder.glob("*.mlpl"))
        except OSError:
            continue
        for path in paths:
            if path.stem.isidentifier() and path.stem.isascii() and path != Path(analysis.path):
                found.setdefault(path.stem, str(path.parent))
    for name in library_modules():
        found.setdefault(name, "standard library")
    yield from (Proposal(name, Kind.MODULE, detail) for name, detail in found.items())


def _after_dot(analysis: Analysis, dot: int) -> Iterator[Proposal]:
    base = visible.before_dot(analysis, dot)
    if isinstance(base, ModuleSymbol):
        yield from map(_of_symbol, visible.members(base).values())
        return
    type_ = visible.type_of(base)
    if isinstance(type_, StructType):
        for name, field in type_.fields:
            yield Proposal(name, Kind.FIELD, f"{name}: {field}")


def _types(analysis: Analysis, offset: int) -> Iterator[Proposal]:
    for word in ("int", "bool"):
        yield Proposal(word, Sort.TYPE, about=KEYWORDS[word], rank=0)
    names = visible.visible(analysis, offset)
    for symbol in names.values():
        if isinstance(symbol, StructSymbol | ModuleSymbol):
            yield _of_symbol(symbol)


def _words(analysis: Analysis, text: Lexical, begin: int) -> Iterator[Proposal]:
    opened = text.opened(begin)
    count = text.before(begin)
    previous = text.tokens[count - 1].type if count else ""
    before = text.tokens[count - 2].type if count > 1 else ""
    if not opened:
        if previous in ("", "SEMICOLON", "RBRACE"):
            yield from _keywords(_ITEM_WORDS)
            return
        if previous == "NAME" and before == "IMPORT":
            yield from _keywords(["as"])
            return
        if previous == "COLON":
            yield from _types(analysis, begin)
            return
    if previous == "COLON" and _is_type(text, count - 1, opened):
        yield from _types(analysis, begin)
        return
    if _declares(text, opened) and previous in ("LPAR", "LBRACE", "COMMA"):
        return  # a new parameter or field
    fields = _fields(analysis, text, begin, opened)
    if fields is not None and previous in ("LBRACE", "COMMA"):
        yield from fields
        return
    names = visible.visible(analysis, begin)
    if previous in ("SEMICOLON", "LBRACE", "RBRACE"):
        yield from _keywords(sorted(kind.lower() for kind in STATEMENTS))
        if previous == "RBRACE":
            yield from _keywords(["else"])
    elif previous == "ELSE":
        yield from _keywords(["if"])
        return
    elif previous == "NAME" and before == "FOR":
        yield from _keywords(["in"])
        return
    elif previous in ("NAME", "NUMBER", "RPAR", "RSQB"):
        yield from _keywords(_range_word(text, count))
        return
    else:
        yield from _keywords(_VALUES)
    yield from map(_of_symbol, (s for s in names.values() if not isinstance(s, BrokenSymbol)))


def _keywords(words: Iterable[str]) -> Iterator[Proposal]:
    yield from (Proposal(word, Sort.KEYWORD, about=KEYWORDS[word], rank=3) for word in words)


def _of_symbol(symbol: Symbol) -> Proposal:
    definition = define(symbol)
    if definition.kind is Kind.BUILTIN:
        rank = 2
    else:
        rank = 0 if isinstance(symbol, VariableSymbol) and symbol.kind != "const" else 1
    return Proposal(symbol.name, definition.kind, line(symbol), comment(definition), rank)


def _is_type(text: Lexical, colon: int, opened: list[int]) -> bool:
    """Whether a type follows a colon: of a variable, constant, parameter or field."""
    before = text.tokens[colon - 2].type if colon > 1 else ""
    return before in ("LET", "VAR", "CONST") or _declares(text, opened)


def _declares(text: Lexical, opened: list[int]) -> bool:
    """Whether the innermost bracket holds the parameters of a function or fields of a struct."""
    if not opened:
        return False
    number = opened[-1]
    kinds = [t.type for t in text.tokens[max(number - 2, 0) : number + 1]]
    return kinds in (["FN", "NAME", "LPAR"], ["STRUCT", "NAME", "LBRACE"])


def _fields(
    analysis: Analysis, text: Lexical, begin: int, opened: list[int]
) -> list[Proposal] | None:
    """Returns the fields that a struct's initialiser around an offset may name, or None."""
    if not opened or text.tokens[opened[-1]].type != "LBRACE":
        return None
    token = opened[-1] - 1
    if token < 1 or text.tokens[token].type != "NAME":
        return None
    names = visible.visible(analysis, begin)
    symbol: object = names.get(str(text.tokens[token]))
    if text.tokens[token - 1].type == "DOT" and token > 1:
        base = names.get(str(text.tokens[token - 2]))
        symbol = visible.member(base, str(text.tokens[token]))
    if not isinstance(symbol, StructSymbol) or symbol.type is None:
        return None
    inside = text.tokens[opened[-1] + 1 : text.before(begin)]
    given = {str(a) for a, b in pairwise(inside) if b.type == "COLON"}
    return [
        Proposal(name, Kind.FIELD, f"{name}: {type_}", rank=0)
        for name, type_ in symbol.type.fields
        if name not in given
    ]


def _range_word(text: Lexical, count: int) -> list[str]:
    """Returns `by` where the tokens before are those of `for i in a..b`."""
    for number in range(count - 1, max(count - 60, -1), -1):
        kind = text.tokens[number].type
        if kind == "RANGE":
            return ["by"]
        if kind in ("SEMICOLON", "LBRACE", "RBRACE", "FOR"):
            break
    return []
