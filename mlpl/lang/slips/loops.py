"""Loops and ranges in the manner of other languages."""

from __future__ import annotations

from mlpl.base.source import Span
from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import KEYWORDS

_HEADER = ("NAME", "IN", "NUMBER", "RANGE", "NUMBER")
_HELP = "a loop is written `for i in 0..10 { }`, `for i in 9..-1 by -1 { }` or `for x in xs { }`"


def range_syntax(at: At) -> Slip | None:
    """`..=`, `...`, `:`, `,` between bounds, `step`, and loops as in C and Go."""
    for attempt in (_header, _bounds):
        slip = attempt(at)
        if slip is not None:
            return slip
    return None


def _slip(message: str, span: Span, insert: tuple[str, ...] = (), skip: int = 0) -> Slip:
    return Slip(error("range-syntax", message, span, "", _HELP), insert, skip)


def _header(at: At) -> Slip | None:
    """What stands between `for` and the body."""
    token = at.token
    if at.kinds_before("FOR"):
        message = "`for` is followed by the name of its variable"
        if token.type == "IN":
            return _slip(message, at.here, ("NAME",))
        if token.type in KEYWORDS - {"VAR", "LET", "INT"}:
            return None
        length = at.count_to("LBRACE")
        complete = length and at.tokens[at.index + length].type == "LBRACE"
        return _slip(message, at.here, _HEADER if complete else (), length if complete else 0)
    if at.kinds_before("FOR", "NAME"):
        length = at.count_to("LBRACE")
        complete = at.tokens[at.index + length].type == "LBRACE"
        if complete and _has_semicolon(at, length):
            return _slip("a loop counts through a range", at.reach(length), _HEADER[1:], length)
        other = token == ":" or (token.type == "NAME" and at.after().type != "LBRACE")
        return _slip("expected `in` after the loop's variable", at.here, ("IN",), int(other))
    if "BY" in at.accepted and token == "step":
        message = "the step of a loop stands behind `by`"
        return _slip(message, at.here, ("BY",), 1)
    return None


def _has_semicolon(at: At, length: int) -> bool:
    return any(t.type == "SEMICOLON" for t in at.tokens[at.index : at.index + length])


def _bounds(at: At) -> Slip | None:
    """What stands between the bounds."""
    token = at.token
    if at.kinds_before("RANGE") and token.type in ("DOT", "EQUAL") and at.touches():
        help_ = "the end of a range is not part of it: `0..3` is 0, 1, 2"
        span = at.span(at.tokens[at.index - 1]).to(at.here)
        return Slip(error("range-syntax", "a range is written `a..b`", span, "", help_), skip=1)
    if token.type == "RANGE" and at.follows_operand():
        message = "a range stands in `for` only, without parentheses"
        slip = error("range-syntax", message, at.here, "", _HELP)
        return Slip(slip, ("NAME", "PLUS"), 1, retract=True)
    word = token.type == "NAME" and token in ("to", "until", "upto", "downto")
    body = at.tokens[at.index + at.count_to("LBRACE")]
    block = token.type == "COLON" and (body.type != "LBRACE" or at.after().type == "LBRACE")
    if "RANGE" in at.accepted and (word or token.type in ("COMMA", "COLON")) and not block:
        return _slip("the bounds of a range are separated by `..`", at.here, ("RANGE",), 1)
    return None
