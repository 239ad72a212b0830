"""The value of constant expressions, by the language's own arithmetic (L3.2)."""

from __future__ import annotations

from mlpl.base.operators import BinaryOp
from mlpl.base.source import Span
from mlpl.lang import typed
from mlpl.lang.check.failed import Failed
from mlpl.lang.datatypes import ArrayType, StructType, size

SHIFTS = (BinaryOp.SHL, BinaryOp.SHR)
DIVISIONS = (BinaryOp.DIV, BinaryOp.REM)


class NotConstant(Exception):  # noqa: N818 - a finding, reported by whoever needs a constant
    """The expression depends on what happens at run time, at `span`."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


class HasFailed(NotConstant):
    """The expression has an error that is reported already."""


class ConstantTrap(NotConstant):
    """Evaluating the constant expression would trap, at `span`, for the reason `message`."""

    def __init__(self, span: Span, message: str) -> None:
        super().__init__(span)
        self.message = message


def evaluate(expression: typed.Expression, w: int) -> int:
    """Returns the value of a constant expression: a signed word of w bits, or 0/1.

    Raises:
        ConstantTrap: it divides by zero, shifts by a negative count, or indexes outside.
        HasFailed: it has an error.
        NotConstant: it is no constant expression.
    """
    match expression:
        case Failed(span=span):
            raise HasFailed(span)
        case typed.Literal(value):
            return value
        case typed.Unary(op, operand):
            return op.apply(evaluate(operand, w), w)
        case typed.Binary():
            return _binary(expression, w)
        case typed.Logical(conjunction, left, right):
            if evaluate(left, w) != int(conjunction):
                return int(not conjunction)
            return evaluate(right, w)
        case typed.Conditional(condition, then, otherwise):
            return evaluate(then if evaluate(condition, w) else otherwise, w)
        case typed.Read(place):
            words, offset = words_of(place, w)
            return words[offset]
        case _:
            raise NotConstant(expression.span)


def attempt(expression: typed.Expression, w: int) -> int | None:
    """Returns the value of an expression that is constant and does not trap, else None."""
    try:
        return evaluate(expression, w)
    except NotConstant:
        return None


def _binary(expression: typed.Binary, w: int) -> int:
    left, right = evaluate(expression.left, w), evaluate(expression.right, w)
    if expression.op in DIVISIONS and right == 0:
        raise ConstantTrap(expression.operator, "a division by zero in a constant expression")
    if expression.op in SHIFTS and right < 0:
        raise ConstantTrap(expression.operator, f"a shift by {right} in a constant expression")
    return expression.op.apply(left, right, w)


def words_of(place: typed.Place, w: int) -> tuple[tuple[int, ...], int]:
    """Returns the words of the constant array or struct that a place is in, and where in them.

    Raises:
        NotConstant: it is in no constant, or its index is none.
    """
    match place:
        case typed.Whole(variable, _, span):
            if variable.mutable or variable.storage is not typed.Storage.GLOBAL:
                raise NotConstant(span)
            return variable.initial, 0
        case typed.Element(base, index, type_, _):
            words, offset = words_of(base, w)
            number = evaluate(index, w)
            length = base.type.length if isinstance(base.type, ArrayType) else 0
            if not 0 <= number < length:
                raise ConstantTrap(index.span, f"index {number} is outside 0..{length}")
            return words, offset + number * size(type_)
        case typed.Field(base, field, _, _):
            words, offset = words_of(base, w)
            assert isinstance(base.type, StructType)
            return words, offset + base.type.offset(field)


def flatten(initializer: typed.Initializer, w: int, words: list[int], offset: int) -> None:
    """Writes a constant initialiser's words into `words`, which begin as zeros.

    Raises:
        ConstantTrap, HasFailed, NotConstant: as `evaluate`.
    """
    match initializer:
        case typed.Aggregate(items, type_):
            for number, item in items:
                match type_:
                    case ArrayType(element, _):
                        inside = number * size(element)
                    case StructType():
                        inside = type_.offset(number)
                flatten(item, w, words, offset + inside)
        case typed.Whole() | typed.Element() | typed.Field():
            source, start = words_of(initializer, w)
            length = size(initializer.type)
            words[offset : offset + length] = source[start : start + length]
        case _:
            words[offset] = evaluate(initializer, w)
