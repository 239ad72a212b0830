"""Tokens with the comments before them.

A comment belongs to the token that follows it, and knows whether it stands on a line of its own.
Short comments in the middle of a line, `f(/* n */ 5)`, are taken for a part of a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lark import Token

from mlpl.base.source import Source

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)

_BOUNDS = frozenset({"RPAR", "RSQB", "RBRACE", "LBRACE", "$END"})
"""Tokens that have no part in the comments before them."""

_SEPARATORS = frozenset({"COMMA", "SEMICOLON", "DOT"})
_BRACKETS = frozenset({"LPAR", "LSQB"})
_BEFORE_BRACKETS = frozenset({"NAME", "INT", "BOOL", "ASSERT", "RPAR", "RSQB"})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment.

    Attributes:
        text: all of it, without white space at the ends of its lines.
        own_line: whether it begins a line.
        blank: whether an empty line stands before it.
    """

    text: str
    own_line: bool
    blank: bool

    @property
    def inline(self) -> bool:
        """Whether other things may follow it on its line."""
        return self.text.startswith("/*") and "\n" not in self.text


class Word(Token):
    """A token and what stands before it.

    Attributes:
        before: the comments before it, but those that are part of its text.
        prefix: comments that are part of its text, before the token itself.
        suffix: comments that are part of its text, behind the token itself.
        newline: whether it begins a line.
        blank: whether an empty line stands before it.
    """

    before: tuple[Comment, ...] = ()
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    newline: bool = False
    blank: bool = False

    @property
    def shown(self) -> str:
        """The token with the comments that are part of its text."""
        return " ".join([*self.prefix, str(self), *self.suffix])


def words(source: Source, tokens: Sequence[Token]) -> list[Word]:
    """Returns the tokens with their comments; the last is the end of the text, `$END`."""
    result: list[Word] = []
    behind = 0
    for token in [*tokens, Token("$END", "")]:
        start = len(source.text) if token.type == "$END" else token.start_pos or 0
        word = Word(token.type, str(token), start, end_pos=token.end_pos)
        before = result[-1] if result else None
        _attach(word, before, _read_gap(source.text[behind:start]))
        result.append(word)
        behind = token.end_pos or 0
    return result


def comments(source: Source, tokens: Sequence[Token]) -> Iterator[str]:
    """Yields the text of every comment of a source."""
    behind = 0
    for token in [*tokens, Token("$END", "", len(source.text))]:
        yield from COMMENT.findall(source.text[behind : token.start_pos])
        behind = token.end_pos or 0


def _read_gap(gap: str) -> tuple[list[Comment], int]:
    """Returns the comments between two tokens, and how many lines end behind the last."""
    found: list[Comment] = []
    at = 0
    for match in COMMENT.finditer(gap):
        lines = gap.count("\n", at, match.start())
        text = "\n".join(line.rstrip() for line in match[0].split("\n"))
        found.append(Comment(text, own_line=lines > 0, blank=lines > 1))
        at = match.end()
    return found, gap.count("\n", at)


def _attach(word: Word, before: Word | None, gap: tuple[list[Comment], int]) -> None:
    """Gives the word the comments before it; some may be for the word `before` it."""
    found, lines = gap
    word.newline = lines > 0
    word.blank = lines > 1
    if before is not None and _follows(before, word):
        if not lines and all(c.inline and not c.own_line for c in found):
            before.suffix = tuple(c.text for c in found)
            found = []
    elif word.type not in _BOUNDS:
        word.prefix = _touching(found, lines)
        if word.prefix:
            first = found[-len(word.prefix)]
            del found[-len(word.prefix) :]
            word.newline, word.blank = first.own_line, first.blank
    word.before = tuple(found)


def _follows(before: Word, word: Word) -> bool:
    """Whether a word stands right behind the one before it, which takes comments between them."""
    if word.type in _BRACKETS:
        return before.type in _BEFORE_BRACKETS
    return word.type in _SEPARATORS


def _touching(found: Sequence[Comment], lines: int) -> tuple[str, ...]:
    """Returns the comments at the end of a gap that stand on the line of what follows."""
    texts: list[str] = []
    for comment in reversed(found):
        if lines or not comment.inline:
            break
        texts.append(comment.text)
        lines = comment.own_line
    return tuple(reversed(texts))
