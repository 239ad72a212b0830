"""Text to tokens: those the grammar knows, and a diagnostic for each that it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lark import Token

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.lang import literals
from mlpl.lang.literals import LiteralError
from mlpl.lang.nesting import DEEPEST
from mlpl.lang.stray import COMMENT, stray
from mlpl.lang.unclosed import Unreadable, bad_character, unclosed_comment, unclosed_string
from mlpl.lang.vocabulary import BRACKETS, CLOSERS

MOST_ERRORS = 50
"""Unreadable places after which the rest of a text is not looked at."""

MOST_TOKENS = 2_000_000
"""Tokens of a text, some 150,000 lines."""

TOO_LARGE = "source-too-large"
"""The rule of a text with more tokens; it is not parsed."""


def scan(source: Source, lexed: Iterable[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Returns those of the tokens of the source that can be read, and what is wrong with others.

    Tokens that cannot be read are reported and left out, or replaced by a text of the kind that
    was begun, so that the parser goes on as if they were right. Of all comments that begin with `#`
    the first is reported.
    """
    tokens: list[Token] = []
    errors: list[Diagnostic] = []
    depth = behind = comments = 0
    for token in lexed:
        if len(errors) >= MOST_ERRORS or depth > DEEPEST + 1:
            break
        if len(tokens) >= MOST_TOKENS:
            errors.append(_too_many(source, token))
            break
        kind = token.type
        start, end = _bounds(token)
        span = Span(source, start, end)
        if start < behind:
            continue
        if kind in _UNREADABLE:
            error, behind, readable = _UNREADABLE[kind](token, span)
            tokens += readable
            comments += error.help == COMMENT
            if error.help != COMMENT or comments == 1:
                errors.append(error)
        else:
            if kind in _VALUES:
                errors += _check_value(token, span)
            tokens.append(token)
            depth += kind in BRACKETS
            depth -= kind in CLOSERS and depth > 0
    return tokens, errors


def _too_many(source: Source, token: Token) -> Diagnostic:
    message = f"this source has more than {MOST_TOKENS:,} tokens"
    return Diagnostic(TOO_LARGE, message, Mark(Span(source, *_bounds(token))))


def _bounds(token: Token) -> tuple[int, int]:
    assert token.start_pos is not None and token.end_pos is not None
    return token.start_pos, token.end_pos


_VALUES: dict[str, Callable[[str], object]] = {
    "NUMBER": literals.number,
    "CHARACTER": literals.character,
    "STRING": literals.string,
}


def _check_value(token: Token, span: Span) -> Iterator[Diagnostic]:
    fraction = _FRACTION.search(span.source.text, max(0, span.start - 100), span.start)
    if token.type == "NUMBER" and fraction is not None and not token.isdigit():
        yield _no_fractions(Span(span.source, fraction.start(), span.end))
        return
    try:
        _VALUES[token.type](str(token))
    except LiteralError as error:
        mark = Span(span.source, span.start + error.start, span.start + error.end)
        yield Diagnostic(error.rule, error.message, Mark(mark), help=error.help)


_FRACTION = re.compile(r"[0-9][0-9_]*\.$")
"""A number and a point at the end of a text; with more digits behind, the parser meets it."""


def _no_fractions(span: Span) -> Diagnostic:
    help_ = "the module `fixed` computes with fixed-point numbers"
    return Diagnostic("invalid-number", "there are no fractions", Mark(span), help=help_)


_UNREADABLE: dict[str, Callable[[Token, Span], Unreadable]] = {
    "UNCLOSED_STRING": unclosed_string,
    "UNCLOSED_COMMENT": unclosed_comment,
    "BAD_CHARACTER": bad_character,
    "STRAY": stray,
}
