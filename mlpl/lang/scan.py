"""Text to tokens: those the grammar knows, and a diagnostic for each that it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lark import Lark, Token

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.lang import literals
from mlpl.lang.literals import LiteralError
from mlpl.lang.nesting import DEEPEST, OPEN
from mlpl.lang.vocabulary import CLOSERS

MOST_ERRORS = 50
"""Unreadable places after which the rest of a text is not looked at."""

MOST_TOKENS = 300_000
"""Tokens of a text, some 30,000 lines."""


def scan(grammar: Lark, source: Source) -> tuple[list[Token], list[Diagnostic]]:
    """Returns the tokens of the source and what is wrong with them.

    Tokens that cannot be read are reported and left out, or replaced by a text of the kind that
    was begun, so that the parser goes on as if they were right.
    """
    tokens: list[Token] = []
    errors: list[Diagnostic] = []
    depth = 0
    for token in grammar.lex(source.text):
        if len(errors) >= MOST_ERRORS or depth > DEEPEST + 1:
            break
        if len(tokens) >= MOST_TOKENS:
            errors.append(_too_many(source, token))
            break
        kind = token.type
        start, end = _bounds(token)
        span = Span(source, start, end)
        if kind == "STRAY":
            errors.append(_stray(token, span))
        elif kind in _UNREADABLE:
            errors.append(_UNREADABLE[kind](token, span))
            if kind != "UNCLOSED_COMMENT":
                readable = "STRING" if kind == "UNCLOSED_STRING" else "CHARACTER"
                tokens.append(Token.new_borrow_pos(readable, '""', token))
        else:
            if kind in _VALUES:
                errors += _check_value(token, span)
            tokens.append(token)
            depth += kind in OPEN
            depth -= kind in CLOSERS and depth > 0
    return tokens, errors


def _too_many(source: Source, token: Token) -> Diagnostic:
    message = f"this source has more than {MOST_TOKENS:,} tokens"
    return Diagnostic("source-too-large", message, Mark(Span(source, *_bounds(token))))


def _bounds(token: Token) -> tuple[int, int]:
    assert token.start_pos is not None and token.end_pos is not None
    return token.start_pos, token.end_pos


_VALUES: dict[str, Callable[[str], object]] = {
    "NUMBER": literals.number,
    "CHARACTER": literals.character,
    "STRING": literals.string,
}


def _check_value(token: Token, span: Span) -> Iterator[Diagnostic]:
    try:
        _VALUES[token.type](str(token))
    except LiteralError as error:
        mark = Span(span.source, span.start + error.start, span.start + error.end)
        yield Diagnostic(error.rule, error.message, Mark(mark), help=error.help)


def _unclosed_string(token: Token, span: Span) -> Diagnostic:
    text = token.rstrip()
    mark = Span(span.source, span.start, span.start + len(text))
    return Diagnostic(
        "unclosed-string",
        "this string does not end on its line",
        Mark(mark, 'no closing `"`'),
        help='a string ends with `"` on the line it begins; a newline in it is written `\\n`',
    )


def _unclosed_comment(token: Token, span: Span) -> Diagnostic:
    mark = Span(span.source, span.start, span.start + 2)
    help_ = "`/*` comments end with `*/` and do not nest; `//` ends with its line"
    return Diagnostic("unclosed-comment", "this comment does not end", Mark(mark), help=help_)


def _bad_character(token: Token, span: Span) -> Diagnostic:
    if len(token) > 1 and token.endswith("'"):
        message = "a character literal holds exactly one character"
        help_ = 'text of any length is written with `"`'
    else:
        message, help_ = "this character literal does not end", "it is written `'a'`"
        span = Span(span.source, span.start, span.start + 1)
    return Diagnostic("invalid-character", message, Mark(span), help=help_)


_UNREADABLE: dict[str, Callable[[Token, Span], Diagnostic]] = {
    "UNCLOSED_STRING": _unclosed_string,
    "UNCLOSED_COMMENT": _unclosed_comment,
    "BAD_CHARACTER": _bad_character,
}

_STRAY_HELP = {
    "\ufeff": "a byte order mark may stand at the very beginning of a file only",
    "#": "comments begin with `//`",
    "@": "names consist of letters, digits and `_`",
    "$": "names consist of letters, digits and `_`",
    "`": "names stand without quotes",
    "\N{LEFT DOUBLE QUOTATION MARK}": 'strings are written with `"`',
    "\N{RIGHT DOUBLE QUOTATION MARK}": 'strings are written with `"`',
    "\N{LEFT SINGLE QUOTATION MARK}": "characters are written with `'`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "characters are written with `'`",
    "\N{MINUS SIGN}": "the minus sign is `-`",
    "\N{EN DASH}": "the minus sign is `-`",
    "\N{MULTIPLICATION SIGN}": "the multiplication sign is `*`",
    "\N{NO-BREAK SPACE}": "it looks like a space and is none",
}


def _stray(token: Token, span: Span) -> Diagnostic:
    character = token[0]
    shown = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
    help_ = _STRAY_HELP.get(character, "")
    if not help_ and character.isalpha():
        help_ = "names consist of the letters a to z, digits and `_`"
    message = f"the character {shown} has no meaning here"
    return Diagnostic("stray-character", message, Mark(span), help=help_)
