"""Integer literals within the word (L1.4)."""

from __future__ import annotations

from mlpl.base import words
from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.check.context import Context
from mlpl.lang.check.failed import failed
from mlpl.lang.datatypes import INT


def number(
    context: Context, node: syntax.Number, span: Span, *, negative: bool
) -> typed.Expression:
    """Returns a literal, or its negative; reports one that does not fit.

    Decimal ones fit the signed word, and the negative of the smallest int does directly under a
    minus; hexadecimal and binary ones use all bits.
    """
    w = context.word_bits
    most = words.largest(w) + negative if node.decimal else (1 << w) - 1
    if node.value > most:
        _report(context, node, most, negative)
        return failed(INT, span)
    value = words.wrap(-node.value if negative else node.value, w)
    return typed.Literal(value, INT, span)


def character(context: Context, node: syntax.Character) -> typed.Literal:
    """Returns the code of a character; modulo 2^w where a word is narrower than a byte."""
    return typed.Literal(words.wrap(node.code, context.word_bits), INT, node.span)


def string(context: Context, node: syntax.String) -> list[typed.Literal]:
    """Returns the codes of a string's characters."""
    w = context.word_bits
    return [typed.Literal(words.wrap(code, w), INT, node.span) for code in node.codes]


def _report(context: Context, node: syntax.Number, most: int, negative: bool) -> None:
    w = context.word_bits
    text = node.span.source.text[node.span.start : node.span.end]
    kind = "decimal" if node.decimal else "hexadecimal or binary"
    remedy = f"a {kind} literal is at most {most} at a word of {w} bits"
    if node.decimal and not negative and node.value == most + 1:
        remedy += f"; the smallest int is written `-{node.value}`"
    message = f"`{text}` does not fit a word"
    context.report.error("literal-out-of-range", message, node.span, remedy=remedy)
