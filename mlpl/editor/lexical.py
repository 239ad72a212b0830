"""Tokens and comments of a text, and which of them are around a place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lark import Token

from mlpl.base.source import Source
from mlpl.editor.texts import tokens
from mlpl.lang.load import LARGEST
from mlpl.lang.vocabulary import BRACKETS, CLOSERS

_COMMENT = re.compile(r"//[^\n]*|/\*[\s\S]*?\*/")
_TEXTS = frozenset({"STRING", "UNCLOSED_STRING", "CHARACTER", "BAD_CHARACTER", "UNCLOSED_COMMENT"})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, by its first character and the one behind its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Lexical:
    """A text as tokens.

    Attributes:
        source: the text.
        tokens: all but space and comments, unreadable ones too.
        comments: in order.
    """

    source: Source
    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...]

    def before(self, offset: int) -> int:
        """Returns how many tokens end at or before an offset."""
        return bisect_right(self.tokens, offset, key=end_of)

    def at(self, offset: int) -> Token | None:
        """Returns the token that holds or touches an offset; of two, the one that begins there."""
        number = bisect_right(self.tokens, offset, key=start_of)
        if number == 0:
            return None
        token = self.tokens[number - 1]
        return token if offset <= end_of(token) else None

    def word_at(self, offset: int) -> int:
        """Returns where the word begins that ends at an offset: there itself where none does."""
        start = offset
        text = self.source.text
        while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        return start

    def in_text(self, offset: int) -> bool:
        """Whether an offset is inside a comment, a string or a character."""
        number = bisect_left(self.comments, offset, key=lambda c: c.start)
        if number:
            comment = self.comments[number - 1]
            line = self.source.text.startswith("//", comment.start)
            if offset < comment.end or (line and offset == comment.end):
                return True
        number = bisect_left(self.tokens, offset, key=start_of)
        if not number or self.tokens[number - 1].type not in _TEXTS:
            return False
        token = self.tokens[number - 1]
        closed = token.type in ("STRING", "CHARACTER")
        return offset < end_of(token) or (not closed and offset == end_of(token))

    def opened(self, offset: int) -> list[int]:
        """Returns the numbers of the tokens before an offset that open brackets around it."""
        stack: list[int] = []
        for number in range(self.before(offset)):
            kind = self.tokens[number].type
            if kind in BRACKETS:
                stack.append(number)
            elif kind in CLOSERS:
                while stack and BRACKETS[self.tokens[stack.pop()].type] != kind:
                    pass
            elif kind in ("FN", "IMPORT", "STRUCT", "CONST"):
                stack.clear()  # they stand at top level: a bracket was not closed
        return stack


@lru_cache(maxsize=64)
def lexical(source: Source) -> Lexical:
    """Returns the tokens and comments of a text; nothing of one that no file may hold."""
    if len(source.text) > LARGEST:
        return Lexical(source, (), ())
    found = tokens(source)
    return Lexical(source, found, tuple(_comments(source, found)))


def _comments(source: Source, tokens: tuple[Token, ...]) -> Iterator[Comment]:
    begin = 0
    for token in tokens:
        yield from _between(source, begin, start_of(token))
        begin = end_of(token)
        if token.type == "UNCLOSED_COMMENT":
            yield Comment(start_of(token), begin)
    yield from _between(source, begin, len(source.text))


def _between(source: Source, begin: int, end: int) -> Iterator[Comment]:
    if end - begin > 1:
        for found in _COMMENT.finditer(source.text, begin, end):
            yield Comment(found.start(), found.end())


def start_of(token: Token) -> int:
    """Returns the offset of a token's first character."""
    return token.start_pos or 0


def end_of(token: Token) -> int:
    """Returns the offset behind a token's last character."""
    return token.end_pos or 0
