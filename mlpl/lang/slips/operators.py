"""Operators of other languages."""

from __future__ import annotations

from mlpl.base.diagnostics import Diagnostic
from mlpl.base.source import Span
from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import OPERANDS

_INCREMENT = "a variable is incremented by `x += 1`"
_DECREMENT = "a variable is decremented by `x -= 1`"
_CHOICE = "a value is chosen by `c ? a : b`"


_SYMBOLS = {"and": "&&", "or": "||", "xor": "!=", "is": "==", "mod": "%", "div": "/"}
"""Operators that are words in other languages."""


def foreign_word(at: At) -> Slip | None:
    """`and`, `or`, `not`, `is`, and `if` in an expression."""
    token, previous = at.token, at.before()
    if token.type == "NAME" and at.has_operand and token in _SYMBOLS:
        message = f"`{token}` is written `{_SYMBOLS[token]}`"
        kind = "OROR" if token == "or" else "ANDAND"
        return Slip(error("foreign-operator", message, at.here), (kind,), 1)
    if previous == "not" and previous.type == "NAME" and token.type in OPERANDS:
        message = "`not` is written `!`"
        return Slip(error("foreign-operator", message, at.span(previous)), ("BANG",), retract=True)
    if token.type != "IF":
        return None
    message = "`if` makes no value"
    if at.wants_operand:
        slip = error("foreign-operator", message, at.here, "", _CHOICE)
        return Slip(slip, ("NUMBER",), at.count_to("SEMICOLON"))
    if "SEMICOLON" in at.accepted and at.follows_operand() and not at.on_new_line():
        slip = error("foreign-operator", message, at.here, "", _CHOICE)
        return Slip(slip, skip=at.count_to("SEMICOLON", "LBRACE"))
    return None


def foreign_operator(at: At) -> Slip | None:
    """`++`, `--`, `**`, `===`, `<>`, `=>`, `->`, `::`, `&x`, a unary `+`."""
    for attempt in (_doubled, _comparison, _access, _unary):
        slip = attempt(at)
        if slip is not None:
            return slip
    return None


def _doubled(at: At) -> Slip | None:
    token, previous = at.token, at.before()
    if at.joins("+", "+") and (at.wants_operand or at.wants_statement):
        message = "there is no operator `++`"
        return Slip(error("foreign-operator", message, at.reach(2), "", _INCREMENT), skip=2)
    if at.joins("*", "/"):
        return Slip(_comment_end(at.reach(2)), skip=2)
    if previous is None:
        return None
    both = at.span(previous).to(at.here)
    if token == "+" and previous == "+" and at.touches():
        slip = error("foreign-operator", "there is no operator `++`", both, "", _INCREMENT)
        if at.after().type in OPERANDS:
            return Slip(slip, skip=1)
        return Slip(slip, ("NUMBER",), 1)
    if token == "*" and previous == "*" and at.touches():
        help_ = "powers are computed by `math.pow` after `import math;`"
        slip = error("foreign-operator", "there is no operator `**`", both, "", help_)
        return Slip(slip, skip=1)
    if token == "/" and previous == "*" and at.touches():
        return Slip(_comment_end(both), ("NUMBER",), 1)
    if at.kinds_before("MINUS", "MINUS") and token.type in ("SEMICOLON", "RPAR"):
        first = at.span(at.tokens[at.index - 2])
        message = "there is no operator `--` behind a variable"
        slip = error("foreign-operator", message, first.to(at.span(previous)), "", _DECREMENT)
        return Slip(slip, ("NUMBER",))
    return None


def _comment_end(span: Span) -> Diagnostic:
    help_ = "`/*` comments end at the first `*/`: they do not nest"
    return error("unopened-comment", "this `*/` closes no comment", span, "", help_)


_LOGICAL = ("ANDAND", "OROR")

_SWAPPED = {"=>": ">=", "=<": "<=", "=!": "!="}


def _comparison(at: At) -> Slip | None:
    previous = at.before()
    if previous is not None and at.touches() and previous.type == "COMPARE":
        written = {"===": "==", "!==": "!=", "<>": "!=", "<=>": "-"}.get(previous + at.token)
        if written is not None:
            message = f"`{previous}{at.token}` is written `{written}`"
            span = at.span(previous).to(at.here)
            return Slip(error("foreign-operator", message, span), skip=1)
    if at.token.type == "EQUAL" and previous is not None and previous.type in _LOGICAL:
        target = at.tokens[at.begin()]
        help_ = f"`{target} = {target} {previous} …;`"
        span = at.span(previous).to(at.here)
        message = f"there is no operator `{previous}=`"
        return Slip(error("foreign-operator", message, span, "", help_), skip=1)
    if at.token.type != "EQUAL" or not at.follows_operand() or "ARROW" in at.accepted:
        return None
    swapped = f"={str(at.after())[:1]}"
    if swapped in _SWAPPED and at.joins("=", at.after()):
        message = f"`{swapped}` is written `{_SWAPPED[swapped]}`"
        slip = error("foreign-operator", message, at.reach(2))
        if at.has_operand:
            return Slip(slip, ("ANDAND",), 2)
        return Slip(slip, ("NAME", "ANDAND"), 2, retract=True)
    return None


def _access(at: At) -> Slip | None:
    previous = at.before()
    if previous == "?" and at.token in ("?", ".") and at.touches():
        span = at.span(previous).to(at.here)
        message = f"there is no operator `?{at.token}`"
        return Slip(error("foreign-operator", message, span), ("NUMBER", "COLON"), 1)
    if not at.follows_operand():
        return None
    span, retract = at.reach(2), "DOT" not in at.accepted
    repair = ("NAME", "DOT") if retract else ("DOT",)
    if at.token.type == "ARROW" and at.has_operand:
        message = "there are no pointers: fields are written `p.x`"
        return Slip(error("foreign-operator", message, at.here), repair, 1, retract)
    if at.joins(":", ":"):
        message = "names of modules and fields are written with `.`"
        return Slip(error("foreign-operator", message, span), repair, 2, retract, once=True)
    return None


def _unary(at: At) -> Slip | None:
    token, previous = at.token, at.before()
    if not at.wants_operand and not at.wants_statement:
        return None
    if token.type == "PLUS":
        message, span, help_ = "there is no unary `+`", at.here, ""
        if previous is not None and previous.type == "EQUAL" and at.touches():
            message, span = "`=+` is written `+=`", at.span(previous).to(at.here)
        return Slip(error("foreign-operator", message, span, "", help_), skip=1)
    if token in ("&", "*") and at.after().type == "NAME":
        message = "there are no pointers"
        help_ = "arrays and structs are passed by reference as they are"
        return Slip(error("foreign-operator", message, at.here, "", help_), skip=1)
    return None
