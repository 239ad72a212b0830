"""Initialisers: array, struct and string values against the type they get (L3.3)."""

from __future__ import annotations

from mlpl.base.diagnostics import Mark
from mlpl.base.source import Span
from mlpl.base.words import largest
from mlpl.lang import syntax, typed
from mlpl.lang.check import complaints, literals
from mlpl.lang.check.expressions import PLACES, Expressions
from mlpl.lang.check.symbols import StructSymbol
from mlpl.lang.check.type_names import find_struct
from mlpl.lang.datatypes import INT, ArrayType, SliceType, StructType, Type, is_scalar
from mlpl.lang.modules import LIBRARY


def check_value(
    expressions: Expressions,
    node: syntax.Expression,
    want: Type | None,
    because: Mark | None = None,
) -> typed.Initializer | None:
    """Returns the initialiser for a variable of type `want`, or of the value's own type.

    Whatever is wrong has been reported. None comes back where no type is known; what has errors and
    a type has it, and may lack parts.
    """
    match node:
        case syntax.ArrayValue():
            return _array(expressions, node, want, because)
        case syntax.StructValue():
            return _struct(expressions, node, want, because)
        case syntax.String():
            return _string(expressions, node, want, because)
        case syntax.Group(inner) if isinstance(inner, _AGGREGATES):
            return check_value(expressions, inner, want, because)
    if want is not None and is_scalar(want):
        return expressions.scalar(node, want, because)
    value = expressions.operand(node)
    if value is None or (want is None and not _is_slice(value)):
        return value
    if _is_slice(value):
        message = f"`{value.type}` cannot be copied as a whole: its length is not known"
        remedy = "a loop copies its elements, or `array.copy`"
        expressions.context.report.error("slice-copy", message, node.span, remedy=remedy)
        return None
    if value.type != want or not isinstance(value, PLACES):
        complaints.mismatch(expressions.context, node.span, want, typed.type_of(value), because)
        return None
    return value


_AGGREGATES = (syntax.ArrayValue, syntax.StructValue, syntax.String)


_ROWS = (*_AGGREGATES, syntax.Reference, syntax.Index, syntax.Member, syntax.Group)
"""What an element may be that is an array."""


def _is_slice(value: typed.Expression | typed.Place) -> bool:
    return isinstance(value.type, SliceType)


def _array(
    expressions: Expressions, node: syntax.ArrayValue, want: Type | None, because: Mark | None
) -> typed.Initializer | None:
    if want is not None and not isinstance(want, ArrayType):
        complaints.mismatch(expressions.context, node.span, want, "an array", because)
        return None
    if not node.items:
        message = "an array has at least one element"
        expressions.context.report.error("array-length", message, node.span)
        return None
    element = want.element if want is not None else None
    if isinstance(element, ArrayType) and not any(isinstance(i, _ROWS) for i in node.items):
        _no_rows(expressions, node, want, because)
        return typed.Aggregate((), want, node.span) if want is not None else None
    if want is not None and len(node.items) != want.length:
        _wrong_length(expressions, node, want, because)
    elif not _countable(expressions, node.span, len(node.items)):
        return None
    reason = because
    items: list[tuple[int, typed.Initializer]] = []
    for number, item in enumerate(node.items):
        value = check_value(expressions, item, element, reason)
        if value is None:
            continue
        items.append((number, value))
        if element is None:
            element = typed.type_of(value)
            reason = Mark(item.span, f"the first element is of type `{element}`")
    if element is None:
        return None
    type_ = want or ArrayType(element, len(node.items))
    fitting = tuple(item for item in items if item[0] < type_.length)
    return typed.Aggregate(fitting, type_, node.span)


def _countable(expressions: Expressions, span: Span, length: int) -> bool:
    """Whether an int can count the elements; reports an array that is too long.

    The library's tables are for all words; in the narrowest their ends are out of use.
    """
    most = largest(expressions.context.word_bits)
    if length <= most or span.source.path.startswith(LIBRARY):
        return True
    message = f"an array has at most {most} elements, the largest int, and this one {length}"
    expressions.context.report.error("array-length", message, span)
    return False


def _no_rows(
    expressions: Expressions, node: syntax.ArrayValue, want: ArrayType | None, because: Mark | None
) -> None:
    """Reports an array of arrays whose elements are all in one row."""
    for item in node.items:
        expressions.operand(item)
    rows = want.element if want is not None else None
    message = f"expected elements of type `{rows}` for `{want}`"
    remedy = "each row is an array of its own: `[[1, 2], [3, 4]]`"
    expressions.context.report.error(
        "type-mismatch", message, node.span, because=because, remedy=remedy
    )


def _wrong_length(
    expressions: Expressions, node: syntax.ArrayValue, want: ArrayType, because: Mark | None
) -> None:
    plural = "element" if want.length == 1 else "elements"
    message = f"expected {want.length} {plural} for `{want}`, found {len(node.items)}"
    expressions.context.report.error("array-length", message, node.span, because=because)


def _struct(
    expressions: Expressions, node: syntax.StructValue, want: Type | None, because: Mark | None
) -> typed.Initializer | None:
    symbol = find_struct(expressions.context, expressions.scope, node.type)
    if symbol is None or symbol.type is None:
        return None
    type_ = symbol.type
    if want is not None and want != type_:
        complaints.mismatch(expressions.context, node.span, want, type_, because)
        return None
    items: list[tuple[int, typed.Initializer]] = []
    seen: dict[str, Span] = {}
    for name, item in node.fields:
        number = type_.index(name.text)
        field = type_.fields[number][1] if number is not None else None
        reason = Mark(symbol.field_spans[number], "declared here") if number is not None else None
        if number is not None and expressions.context.index is not None:
            expressions.context.index.fields.append((name.span, type_, number))
        value = check_value(expressions, item, field, reason)
        if name.text in seen:
            because = Mark(seen[name.text], "first given here")
            message = f"field `{name.text}` is given twice"
            expressions.context.report.error("field-list", message, name.span, because=because)
        elif number is None:
            because = Mark(symbol.span, "the struct, declared here")
            complaints.unknown_field(expressions.context, type_, name, because)
        elif value is not None:
            items.append((number, value))
        seen[name.text] = name.span
    _check_complete(expressions, node, symbol, type_, seen)
    return typed.Aggregate(tuple(items), type_, node.span)


def _check_complete(
    expressions: Expressions,
    node: syntax.StructValue,
    symbol: StructSymbol,
    type_: StructType,
    seen: dict[str, Span],
) -> None:
    """Reports fields that are not named; of one that is misspelt it is said already."""
    missing = [name for name, _ in type_.fields if name not in seen]
    unknown = any(type_.index(name) is None for name in seen)
    if missing and not unknown:
        names = ", ".join(f"`{name}`" for name in missing)
        expressions.context.report.error(
            "field-list",
            f"an initialiser names every field: {names} missing",
            node.span,
            because=Mark(symbol.span, "the struct, declared here"),
        )


def _string(
    expressions: Expressions, node: syntax.String, want: Type | None, because: Mark | None
) -> typed.Initializer | None:
    length = len(node.codes)
    if want is None:
        if length == 0:
            message = "an array has at least one element, and this string none"
            expressions.context.report.error("array-length", message, node.span)
            return None
        if not _countable(expressions, node.span, length):
            return None
        want = ArrayType(INT, length)
    if not isinstance(want, ArrayType) or want.element != INT:
        complaints.mismatch(expressions.context, node.span, want, "a string", because)
        return None
    if length > want.length:
        message = f"this string of {length} characters does not fit `{want}`"
        expressions.context.report.error("array-length", message, node.span, because=because)
        return typed.Aggregate((), want, node.span)
    items = tuple(enumerate(literals.string(expressions.context, node)))
    return typed.Aggregate(items, want, node.span)
