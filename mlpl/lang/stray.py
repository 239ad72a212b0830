"""Characters that no token of the language begins with."""

from __future__ import annotations

import re

from lark import Token

from mlpl.base.columns import has_shape
from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Span
from mlpl.lang.unclosed import Unreadable, literal

COMMENT = "comments begin with `//`"
"""The remedy for `#`, which is told once: whoever writes such comments writes many."""

_HELP = {
    "\ufeff": "a byte order mark may stand at the very beginning of a file only",
    "#": COMMENT,
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


def stray(token: Token, span: Span) -> Unreadable:
    """Returns what to say about a character without a meaning, or about quotation marks."""
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
        return error, closed + 1, [literal(token, "CHARACTER" if single else "STRING")]
    shown = f"`{character}`" if has_shape(character) else f"U+{ord(character):04X}"
    if character == "`":
        shown = "U+0060"
    help_ = _HELP.get(character, "")
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
