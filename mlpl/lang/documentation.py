"""What the comments of a source say about its declarations.

A declaration is documented by the comments right above it, as godoc reads them: without an empty
line between. Comments before the first declaration that belong to none document the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent

from lark import Token

from mlpl.base.source import Source, Span
from mlpl.lang.parse import read_tokens
from mlpl.lang.vocabulary import BRACKETS, CLOSERS, ITEMS

_DECLARING = ITEMS - {"IMPORT"} | {"VAR"}
_COMMENT = re.compile(r"//(?P<line>[^\n]*)|/\*(?P<block>.*?)\*/", re.S)


@dataclass(frozen=True, slots=True)
class Documentation:
    """What a reader is told about a declaration.

    Attributes:
        name: that it declares.
        signature: the declaration in one line, without a function's body and without `;`.
        text: its comments without the signs that mark them, lines as in the source; may be empty.
        span: the name where it is declared.
    """

    name: str
    signature: str
    text: str
    span: Span


def documentation(source: Source) -> Mapping[str, Documentation]:
    """Returns every declaration at top level by name, in the order of the source.

    Functions, constants, structs and global variables, with or without comments. The source may
    have errors: what can be recognised is returned. Of several declarations of one name the first
    counts.
    """
    tokens = read_tokens(source)
    found: dict[str, Documentation] = {}
    for index in _declarations(tokens):
        name = tokens[index + 1]
        comments = _blocks(source, tokens, index)
        text = comments[-1] if comments else ""
        span = Span(source, *_bounds(name))
        described = Documentation(str(name), _signature(tokens, index), text, span)
        found.setdefault(described.name, described)
    return found


def file_documentation(source: Source) -> str:
    """Returns the comments that document the file as a whole; may be empty."""
    tokens = read_tokens(source)
    blocks = _blocks(source, tokens, 0)
    if tokens and tokens[0].type in _DECLARING:
        blocks = blocks[:-1]  # the last belongs to the declaration, or is an empty one
    return "\n\n".join(block for block in blocks if block)


def _declarations(tokens: list[Token]) -> Iterator[int]:
    """Yields where declarations begin whose name can be read."""
    depth = 0
    for index, token in enumerate(tokens[:-1]):
        if token.type in ITEMS:
            depth = 0  # they stand nowhere else: a bracket was not closed
        if token.type in _DECLARING and depth == 0 and tokens[index + 1].type == "NAME":
            yield index
        depth += token.type in BRACKETS
        depth -= token.type in CLOSERS and depth > 0


def _signature(tokens: list[Token], index: int) -> str:
    """Returns the declaration that begins at a token, in one line."""
    keyword = tokens[index].type
    last = {"SEMICOLON", "LBRACE"} if keyword == "FN" else {"SEMICOLON"}
    end, depth = index + 1, 0
    while end < len(tokens) and tokens[end].type not in ITEMS:
        kind = tokens[end].type
        if depth == 0 and kind in last:
            break
        depth += kind in BRACKETS
        depth -= kind in CLOSERS
        end += 1
        if keyword == "STRUCT" and kind == "RBRACE":
            break
    words = [str(tokens[index])]
    for before, token in zip(tokens[index:end], tokens[index + 1 : end], strict=False):
        words += [" "] * (before.end_pos != token.start_pos) + [str(token)]
    text = re.sub(r"([(\[]) | (?=[,)\]])", r"\1", "".join(words))
    return re.sub(r",(?=[)\]])|,(?= \}$)", "", text)


def _blocks(source: Source, tokens: list[Token], index: int) -> list[str]:
    """Returns the comments before a token, divided at empty lines.

    The last one touches the token; it is empty if an empty line separates them. What stands in
    the line of the token before, behind it, is left out.
    """
    begin = _bounds(tokens[index - 1])[1] if index else 0
    end = _bounds(tokens[index])[0] if index < len(tokens) else len(source.text)
    gap = source.text[begin:end]
    blocks: list[list[str]] = [[]]
    at = 0
    for comment in _COMMENT.finditer(gap):
        white = gap[at : comment.start()]
        at = comment.end()
        if index and "\n" not in gap[: comment.start()]:
            continue
        if white.count("\n") > 1:
            blocks.append([])
        blocks[-1] += _lines(comment)
    if gap[at:].count("\n") > 1:
        blocks.append([])
    return ["\n".join(block).strip("\n") for block in blocks]


def _lines(comment: re.Match[str]) -> list[str]:
    """Returns the lines of a comment without the signs that mark it."""
    line = comment["line"]
    if line is not None:
        return [line.lstrip("/").removeprefix(" ").rstrip()]
    first, *rest = comment["block"].lstrip("*").rstrip("*").split("\n")
    starred = all(re.match(r"\s*\*|\s*$", text) for text in rest)
    rest = [re.sub(r"^\s*\* ?", "", text) for text in rest] if starred else rest
    body = dedent("\n".join(rest)).split("\n") if rest else []
    return [text.rstrip() for text in [first.strip(), *body]]


def _bounds(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0
