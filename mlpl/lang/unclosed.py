"""Strings, character literals and comments that do not end where they should."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.lang.vocabulary import TEXTS

Unreadable = tuple[Diagnostic, int, list[Token]]
"""What is wrong, from where on the text is looked at again, and what was probably meant."""

_ENDING = re.compile(r"[)\];,{}\s]*$")
"""What stands behind a string on its line, more often than in it."""

_BEHIND = re.compile(r"[ \t\r]*([)\],;}]|$)")
"""What stands behind the end of a string, more often than behind its beginning."""

_ESCAPED_END = re.compile(r'\\"[ \t]*([)\],;}]|$)')
"""A quotation mark in a string that was probably meant to end it, behind a backslash."""

_IN_STRING = "a newline in it is written `\\n`"


def unclosed_string(token: Token, span: Span) -> Unreadable:
    """Returns what to say about a string that does not end on its line; one of several is one."""
    source, text = span.source, token.rstrip()
    before = source.line(span.location.line)[: span.location.column - 1]
    help_ = f'a string ends with `"` on the line it begins; {_IN_STRING}'
    if _ESCAPED_END.search(before) or (text.count('\\"') % 2 and _ESCAPED_END.search(text)):
        help_ = '`\\"` is a quotation mark in a string and no end; a backslash is written `\\\\`'
    mark = Mark(Span(source, span.start, span.start + len(text)), 'no closing `"`')
    error = Diagnostic("unclosed-string", "this string does not end on its line", mark, help=help_)
    close = None if text.endswith((";", "{", "}")) else _end_further_down(source, span.end)
    rest = token if close is None else _rest_of_line(source, close + 1)
    return error, rest.end_pos or 0, [literal(token, "STRING"), *_ending(rest)]


def _end_further_down(source: Source, start: int) -> int | None:
    """Returns where a string ends on a line further down; None if that is another string."""
    close = source.text.find('"', start)
    if close < 0 or source.text[close - 1] == "\\":
        return None
    rest = _rest_of_line(source, close + 1)
    return close if '"' not in rest and _BEHIND.match(rest) else None


def _rest_of_line(source: Source, start: int) -> Token:
    end = source.text.find("\n", start)
    end = len(source.text) if end < 0 else end
    return Token("STRING", source.text[start:end], start_pos=start, end_pos=end)


def _ending(token: Token) -> Iterator[Token]:
    """Yields the closing brackets and separators at the end of an unclosed literal."""
    start = token.start_pos or 0
    match = _ENDING.search(token)
    first = match.start() if match is not None else len(token)
    kinds = {text: kind for kind, text in TEXTS.items() if len(text) == 1}
    for at, c in enumerate(token[first:], first):
        if c in kinds:
            yield Token(kinds[c], c, start_pos=start + at, end_pos=start + at + 1)


def literal(token: Token, kind: str) -> Token:
    """Returns a text or character that stands for one that cannot be read."""
    return Token.new_borrow_pos(kind, '""', token)


def unclosed_comment(_token: Token, span: Span) -> Unreadable:
    """Returns what to say about a comment up to the end of the text."""
    mark = Span(span.source, span.start, span.start + 2)
    help_ = "`/*` comments end with `*/` and do not nest; `//` ends with its line"
    error = Diagnostic("unclosed-comment", "this comment does not end", Mark(mark), help=help_)
    return error, span.end, []


def bad_character(token: Token, span: Span) -> Unreadable:
    """Returns what to say about a character literal that holds none or several, or is open."""
    source, rest = span.source, token
    if len(token) > 1 and token.endswith("'"):
        message = "a character literal holds exactly one character"
        help_ = 'text of any length is written with `"`'
        rest = Token("CHARACTER", "", start_pos=span.end, end_pos=span.end)
    elif source.text.startswith("\n'", span.end):
        message, help_ = "this character literal does not end on its line", "a newline is `'\\n'`"
        rest = _rest_of_line(source, span.end + 2)
    else:
        message, help_ = "this character literal does not end", "it is written `'a'`"
    if rest:
        span = Span(source, span.start, span.start + 1)
    error = Diagnostic("invalid-character", message, Mark(span), help=help_)
    return error, rest.end_pos or 0, [literal(token, "CHARACTER"), *_ending(rest)]
