"""Semicolons and commas that are missing or too many."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token

from mlpl.base.source import Span
from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import CLOSERS, ITEMS, OPERANDS, STATEMENTS, TEXTS

_CODE = re.compile(r"//[ \t]*[\w(~!-][^\n]*[;,)\]}][ \t]*$")
_PROSE = re.compile(r"[A-Za-z_]\w*[ \t]+[A-Za-z_(]")
"""A comment that reads like the rest of a division, to the end of its statement, and not."""


def commented(at: At) -> Slip | None:
    """`7 // 2;`: what stands behind the `//` is a comment."""
    previous = at.before()
    if previous is None or not at.on_new_line() or not at.follows_operand():
        return None
    end = previous.end_pos or 0
    line = at.source.text[end:].partition("\n")[0]
    found = _CODE.match(line.lstrip(" \t"))
    if found is None or _PROSE.search(found[0]):
        return None
    start = end + len(line) - len(line.lstrip(" \t"))
    help_ = "`/` divides ints, without a remainder"
    message = "`//` begins a comment"
    slip = error("foreign-operator", message, Span(at.source, start, start + 2), "", help_)
    return Slip(slip, tuple(_closers(found[0])))


def _closers(text: str) -> Iterator[str]:
    """Returns the kinds of the brackets that a text closes and not opens, and of its `;`."""
    kinds = {TEXTS[kind]: kind for kind in (*CLOSERS, "SEMICOLON")}
    depth = 0
    for character in text:
        if character in "([{":
            depth += 1
        elif depth and character in ")]}":
            depth -= 1
        elif character in kinds and not depth:
            yield kinds[character]


def semicolon(at: At) -> Slip | None:
    """One semicolon too few or too many."""
    kind = at.token.type
    if "SEMICOLON" in at.accepted:
        ends = kind in STATEMENTS | ITEMS | {"RBRACE", "$END"}
        if ends or kind == "NAME" or (at.on_new_line() and kind not in CLOSERS | {"LBRACE"}):
            gap = at.gap()
            rest = at.source.text[gap.start : at.token.start_pos]
            help_ = "`//` begins a comment" if rest.lstrip(" ").startswith("//") else _tail(at)
            mark = "a `;` is missing here"
            return Slip(
                error("missing-semicolon", "expected `;`", gap, mark, help_), ("SEMICOLON",)
            )
        return None
    if kind == "SEMICOLON" and (at.wants_statement or at.wants_item):
        message = "there is no empty statement"
        help_ = "nothing follows the `}` of a block" if at.kinds_before("RBRACE") else ""
        return Slip(error("empty-statement", message, at.here, "", help_), skip=1)
    return None


def _tail(at: At) -> str:
    """Returns the help for a value that ends the body of a function with a result."""
    begin = at.begin()
    first = at.tokens[begin]
    braces = [opener for opener in at.open if opener.type == "LBRACE"]
    if at.token.type != "RBRACE" or len(braces) != 1 or first.type in STATEMENTS:
        return ""
    if not _has_result(at, braces[0]) or any(
        token.type in ("EQUAL", "ASSIGN") for token in at.tokens[begin : at.index]
    ):
        return ""
    last = at.tokens[at.index - 1]
    text = at.source.text[first.start_pos or 0 : last.end_pos or 0]
    return f"the result of a function is returned: `return {text};`" if "\n" not in text else ""


def _has_result(at: At, body: Token) -> bool:
    """Whether the function has a result whose body a brace begins."""
    index = at.place_of(body)
    return index > 1 and at.tokens[index - 2].type == "ARROW"


def comma(at: At) -> Slip | None:
    """A comma that is missing between values, or one too many."""
    kind = at.token.type
    if "COMMA" in at.accepted and (kind in OPERANDS or kind == "NAME") and at.open:
        slip = error("missing-comma", "expected `,`", at.gap(), "a `,` is missing here")
        return Slip(slip, ("COMMA",), once=True)
    if kind == "COMMA" and at.open and (at.kinds_before("COMMA") or _opened(at)):
        return Slip(error("unexpected-token", "nothing stands before this `,`", at.here), skip=1)
    return None


def _opened(at: At) -> bool:
    return at.open[-1] is at.before()
