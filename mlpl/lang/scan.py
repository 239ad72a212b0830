"""Text to tokens: those the grammar knows, and a diagnostic for each that it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lark import Token

from mlpl.base.columns import has_shape
from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.lang import literals
from mlpl.lang.literals import LiteralError
from mlpl.lang.nesting import DEEPEST
from mlpl.lang.vocabulary import BRACKETS, CLOSERS, TEXTS

MOST_ERRORS = 50
"""Unreadable places after which the rest of a text is not looked at."""

MOST_TOKENS = 2_000_000
"""Tokens of a text, some 150,000 lines."""

TOO_LARGE = "source-too-large"
"""The rule of a text with more tokens; it is not parsed."""


def scan(source: Source, lexed: Iterable[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Returns those of the tokens of the source that can be read, and what is wrong with others.

    Tokens that cannot be read are reported and left out, or replaced by a text of the kind that
    was begun, so that the parser goes on as if they were right.
    """
    tokens: list[Token] = []
    errors: list[Diagnostic] = []
    depth = behind = 0
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
            errors.append(error)
            tokens += readable
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


_Unreadable = tuple[Diagnostic, int, list[Token]]
"""What is wrong, from where on the text is looked at again, and what was probably meant."""

_ENDING = re.compile(r"[)\];,{}\s]*$")
"""What stands behind a string on its line, more often than in it."""


def _unclosed_string(token: Token, span: Span) -> _Unreadable:
    text = token.rstrip()
    mark = Span(span.source, span.start, span.start + len(text))
    error = Diagnostic(
        "unclosed-string",
        "this string does not end on its line",
        Mark(mark, 'no closing `"`'),
        help='a string ends with `"` on the line it begins; a newline in it is written `\\n`',
    )
    return error, span.end, [_literal(token, "STRING"), *_ending(token)]


def _ending(token: Token) -> list[Token]:
    """Returns the closing brackets and separators at the end of an unclosed literal."""
    start = token.start_pos or 0
    match = _ENDING.search(token)
    first = match.start() if match is not None else len(token)
    kinds = {text: kind for kind, text in TEXTS.items() if len(text) == 1}
    return [
        Token(kinds[c], c, start_pos=start + at, end_pos=start + at + 1)
        for at, c in enumerate(token[first:], first)
        if c in kinds
    ]


def _literal(token: Token, kind: str) -> Token:
    return Token.new_borrow_pos(kind, '""', token)


def _unclosed_comment(token: Token, span: Span) -> _Unreadable:
    mark = Span(span.source, span.start, span.start + 2)
    help_ = "`/*` comments end with `*/` and do not nest; `//` ends with its line"
    error = Diagnostic("unclosed-comment", "this comment does not end", Mark(mark), help=help_)
    return error, span.end, []


def _bad_character(token: Token, span: Span) -> _Unreadable:
    ending: list[Token] = []
    if len(token) > 1 and token.endswith("'"):
        message = "a character literal holds exactly one character"
        help_ = 'text of any length is written with `"`'
    else:
        message, help_ = "this character literal does not end", "it is written `'a'`"
        ending = _ending(token)
        span = Span(span.source, span.start, span.start + 1)
    error = Diagnostic("invalid-character", message, Mark(span), help=help_)
    return error, token.end_pos or 0, [_literal(token, "CHARACTER"), *ending]


_STRAY_HELP = {
    "\ufeff": "a byte order mark may stand at the very beginning of a file only",
    "#": "comments begin with `//`",
    "@": "names consist of letters, digits and `_`",
    "$": "names consist of letters, digits and `_`",
    "`": 'text is written with `"`, names stand without quotation marks',
    "\N{LEFT DOUBLE QUOTATION MARK}": 'strings are written with `"`',
    "\N{RIGHT DOUBLE QUOTATION MARK}": 'strings are written with `"`',
    "\N{LEFT SINGLE QUOTATION MARK}": "characters are written with `'`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "characters are written with `'`",
    "\N{MINUS SIGN}": "the minus sign is `-`",
    "\N{EN DASH}": "the minus sign is `-`",
    "\N{MULTIPLICATION SIGN}": "the multiplication sign is `*`",
    "\N{NO-BREAK SPACE}": "it looks like a space and is none",
}


_QUOTES = {
    "`": "`",
    "\N{LEFT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{DOUBLE LOW-9 QUOTATION MARK}": "\N{LEFT DOUBLE QUOTATION MARK}",
    "\N{LEFT SINGLE QUOTATION MARK}": "\N{RIGHT SINGLE QUOTATION MARK}",
}
"""Quotation marks of other languages, and those of typesetting."""


def _stray(token: Token, span: Span) -> _Unreadable:
    character, text = token[0], span.source.text
    end = text.find("\n", span.start)
    end = len(text) if end < 0 else end
    closed = text.find(_QUOTES.get(character, "\n"), span.start + 1, end)
    if closed > 0:
        quoted = Span(span.source, span.start, closed + 1)
        single = closed == span.start + 2 and character != "`"
        message = "these quotation marks enclose no text"
        help_ = "characters are written with `'`" if single else 'text is written with `"`'
        error = Diagnostic("stray-character", message, Mark(quoted), help=help_)
        return error, closed + 1, [_literal(token, "CHARACTER" if single else "STRING")]
    shown = f"`{character}`" if has_shape(character) else f"U+{ord(character):04X}"
    if character == "`":
        shown = "U+0060"
    help_ = _STRAY_HELP.get(character, "")
    if character == "#":
        help_ = _directive(text[span.start : end]) or help_
    if not help_ and character.isalpha():
        help_ = "names consist of the letters a to z, digits and `_`"
    message = f"the character {shown} has no meaning here"
    error = Diagnostic("stray-character", message, Mark(span), help=help_)
    return error, end if character == "#" else span.end, []


_DIRECTIVES = {
    "include": "a module is imported by `import name;`",
    "define": "a constant is declared by `const NAME = 1;`",
    "if": "there is no preprocessor",
    "ifdef": "there is no preprocessor",
    "ifndef": "there is no preprocessor",
    "endif": "there is no preprocessor",
    "pragma": "there is no preprocessor",
}


def _directive(line: str) -> str:
    """Returns the help for a line of a preprocessor, or ""."""
    word = re.match(r"#[ \t]*([a-z]+)\b", line)
    return _DIRECTIVES.get(word[1], "") if word is not None else ""


_UNREADABLE: dict[str, Callable[[Token, Span], _Unreadable]] = {
    "UNCLOSED_STRING": _unclosed_string,
    "UNCLOSED_COMMENT": _unclosed_comment,
    "BAD_CHARACTER": _bad_character,
    "STRAY": _stray,
}
