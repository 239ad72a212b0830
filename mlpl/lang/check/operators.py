"""Operators on checked operands: their types, and what is suspicious about them."""

from __future__ import annotations

import re

from mlpl.base import words
from mlpl.base.operators import BY_SYMBOL, BinaryOp, UnaryOp
from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.check.constants import DIVISIONS, SHIFTS, attempt
from mlpl.lang.check.context import Context
from mlpl.lang.datatypes import BOOL, INT, ArrayType, Type

_UNARY = {"-": UnaryOp.NEG, "~": UnaryOp.INVERT, "!": UnaryOp.NOT}


def operand_type(symbol: str) -> Type:
    """Returns the type that the operands of an operator other than `==` and `!=` have."""
    return BOOL if symbol in ("!", "&&", "||") else INT


def result_type(symbol: str) -> Type:
    """Returns the type of what a binary operator makes."""
    return BOOL if symbol in ("&&", "||") or BY_SYMBOL[symbol].compares else INT


def unary(context: Context, node: syntax.Unary, operand: typed.Expression) -> typed.Expression:
    """Returns `-x`, `~x` or `!x`; the negative of a literal is a literal."""
    op = _UNARY[node.symbol]
    if op is UnaryOp.NEG and isinstance(operand, typed.Literal):
        return typed.Literal(op.apply(operand.value, context.word_bits), INT, node.span)
    return typed.Unary(op, operand, operand_type(node.symbol), node.span)


def binary(
    context: Context, node: syntax.Binary, left: typed.Expression, right: typed.Expression
) -> typed.Expression:
    """Returns `left op right`; the operands have the right types."""
    if node.symbol in ("&&", "||"):
        return typed.Logical(node.symbol == "&&", left, right, BOOL, node.span)
    op = BY_SYMBOL[node.symbol]
    type_ = BOOL if op.compares else INT
    result = typed.Binary(op, left, right, type_, node.span, node.operator)
    if op.compares:
        warn_comparison(context, result)
    else:
        warn_trap(context, op, right, node.operator)
    return result


def warn_trap(context: Context, op: BinaryOp, right: typed.Expression, operator: Span) -> None:
    """Warns of a shift by a negative constant and of a division by a constant zero."""
    if op not in SHIFTS and op not in DIVISIONS:
        return
    value = attempt(right, context.word_bits)
    if value is None:
        return
    if op in SHIFTS and value < 0:
        message = f"this shift by {value} always traps"
        context.report.warning("known-trap", message, operator, "negative-shift")
    if op in DIVISIONS and value == 0:
        message = "this division by zero always traps"
        context.report.warning("known-trap", message, operator, "division-by-zero")


def warn_index(context: Context, place: typed.Element) -> None:
    """Warns of an index that is known to be outside its array."""
    value = attempt(place.index, context.word_bits)
    if value is None:
        return
    base = place.base.type
    outside = value < 0 or (isinstance(base, ArrayType) and value >= base.length)
    if outside:
        limit = f"0..{base.length}" if isinstance(base, ArrayType) else "every array"
        message = f"index {value} is outside {limit} and always traps"
        context.report.warning("known-trap", message, place.index.span, "index-out-of-bounds")


def warn_comparison(context: Context, node: typed.Binary) -> None:
    """Warns of a comparison that has the same result whatever happens."""
    result = attempt(node, context.word_bits)
    if result is None and _same_place(node.left, node.right):
        result = node.op.apply(0, 0, context.word_bits)
    if result is None:
        result = _beyond_extremes(node, context.word_bits)
    if result is not None:
        truth = "true" if result else "false"
        context.report.warning(
            "constant-condition", f"this comparison is always {truth}", node.span
        )


def warn_condition(context: Context, node: typed.Expression) -> None:
    """Warns of a condition that is constant; of a comparison it is warned already."""
    compares = isinstance(node, typed.Binary) and node.op.compares
    result = None if compares else attempt(node, context.word_bits)
    if result is not None:
        truth = "true" if result else "false"
        context.report.warning("constant-condition", f"this condition is always {truth}", node.span)


def _same_place(left: typed.Expression, right: typed.Expression) -> bool:
    """Whether both sides read one place, written alike and without calls that may change it."""
    if not isinstance(left, typed.Read) or not isinstance(right, typed.Read):
        return False
    one, other = ("".join(_text(side.span).split()) for side in (left, right))
    return one == other and not _CALL.search(one)


_CALL = re.compile(r"\w\(")


def _text(span: Span) -> str:
    return span.source.text[span.start : span.end]


def warn_range(context: Context, node: syntax.ForRange, step: int) -> None:
    """Warns of a loop between numbers that never runs; named bounds may be meant."""
    start, stop = (_written(context, bound) for bound in (node.start, node.stop))
    if start is None or stop is None or (start < stop if step > 0 else start > stop):
        return
    message = "this range is empty: the loop never runs"
    remedy = "`by -1` counts down" if step == 1 and start > stop else ""
    span = node.start.span.to(node.stop.span)
    context.report.warning("constant-condition", message, span, remedy=remedy)


def _written(context: Context, node: syntax.Expression) -> int | None:
    """Returns the value of a number that is written as one."""
    match node:
        case syntax.Number(value, decimal):
            return value if decimal else words.wrap(value, context.word_bits)
        case syntax.Unary("-", syntax.Number(value, True)):
            return -value
        case _:
            return None


def _beyond_extremes(node: typed.Binary, w: int) -> int | None:
    """Returns the result of a comparison with the smallest or largest int, if there is one."""
    if node.left.type != INT:
        return None
    low, high = words.smallest(w), words.largest(w)
    match node.op, attempt(node.left, w), attempt(node.right, w):
        case (BinaryOp.LT, _, bound) | (BinaryOp.GT, bound, _) if bound == low:
            return 0
        case (BinaryOp.GE, _, bound) | (BinaryOp.LE, bound, _) if bound == low:
            return 1
        case (BinaryOp.GT, _, bound) | (BinaryOp.LT, bound, _) if bound == high:
            return 0
        case (BinaryOp.LE, _, bound) | (BinaryOp.GE, bound, _) if bound == high:
            return 1
        case _:
            return None
