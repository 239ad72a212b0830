"""Types as written to types (L2)."""

from __future__ import annotations

from mlpl.base.source import Span
from mlpl.lang import syntax
from mlpl.lang.check.constants import ConstantTrap, HasFailed, NotConstant, evaluate
from mlpl.lang.check.context import Context
from mlpl.lang.check.expressions import Expressions
from mlpl.lang.check.names import declared_at, find, find_member
from mlpl.lang.check.remedies import Use, remedy_for
from mlpl.lang.check.symbols import (
    ModuleSymbol,
    Scope,
    StructSymbol,
    VariableSymbol,
    describe,
)
from mlpl.lang.datatypes import BOOL, INT, ArrayType, SliceType, Type, size

MOST_CELLS = 1 << 22
"""Cells of one variable; no machine that is meant here has more."""


def check_type(
    expressions: Expressions, node: syntax.TypeName, *, parameter: bool = False
) -> Type | None:
    """Returns the type that is written; `T[]` only for parameters, at its front."""
    context = expressions.context
    type_: Type | None
    match node.base:
        case "int":
            type_ = INT
        case "bool":
            type_ = BOOL
        case syntax.Path():
            symbol = find_struct(context, expressions.scope, node.base)
            type_ = symbol.type if symbol is not None else None
        case _:
            raise AssertionError(node.base)
    for number, extent in reversed(list(enumerate(node.extents))):
        if extent.length is None:
            if not parameter or number != 0:
                _misplaced_slice(context, extent.span, parameter)
                return None
            type_ = SliceType(type_) if type_ is not None else None
            continue
        length = check_length(expressions, extent.length)
        type_ = ArrayType(type_, length) if type_ is not None and length is not None else None
    if type_ is not None and not isinstance(type_, SliceType) and size(type_) > MOST_CELLS:
        if not context.is_news(f"{type_} is too large", everywhere=True):
            return None
        message = f"`{type_}` takes more than {MOST_CELLS:,} cells"
        context.report.error("type-too-large", message, node.span)
        return None
    return type_


def _misplaced_slice(context: Context, span: Span, parameter: bool) -> None:
    if parameter:
        message = "only the first length of a parameter's type may be left open"
    else:
        message = "an array of any length can be a parameter only"
    remedy = "a constant between the brackets gives the length"
    context.report.error("slice-type", message, span, remedy=remedy)


def check_length(expressions: Expressions, node: syntax.Expression) -> int | None:
    """Returns the length of an array: a positive constant."""
    value = check_constant(expressions, node, INT, "the length of an array")
    if value is not None and value <= 0:
        message = f"the length of an array is positive, not {value}"
        expressions.context.report.error("array-length", message, node.span)
        return None
    return value


def check_constant(
    expressions: Expressions, node: syntax.Expression, want: Type, what: str
) -> int | None:
    """Returns the value of a constant expression; `what` says what it is for."""
    value = expressions.scalar(node, want)
    if value is None:
        return None
    try:
        return evaluate(value, expressions.context.word_bits)
    except NotConstant as error:
        report_not_constant(expressions.context, error, what)
        return None


def report_not_constant(context: Context, error: NotConstant, what: str) -> None:
    """Reports why an expression has no value at compile time."""
    if isinstance(error, HasFailed):
        return
    if isinstance(error, ConstantTrap):
        context.report.error("constant-trap", error.message, error.span)
        return
    remedy = "constant expressions are made of literals, constants and operators"
    message = f"{what} is a constant expression"
    context.report.error("not-constant", message, error.span, "not constant", remedy=remedy)


def find_struct(context: Context, scope: Scope, path: syntax.Path) -> StructSymbol | None:
    """Returns the struct that a path names; reports it if there is none."""
    name = path.name
    if path.module is None:
        known = scope.look_up(name.text)
        if known is None:
            _unknown_type(context, scope, name)
            return None
        symbol = find(context, scope, name.text, name.span)
    else:
        module = find(context, scope, path.module.text, path.module.span, Use.MODULE)
        if module is None:
            return None
        if not isinstance(module, ModuleSymbol):
            message = f"`{module.name}` is {describe(module)}, not a module"
            because = declared_at(module)
            context.report.error("not-a-module", message, path.module.span, because=because)
            return None
        symbol = find_member(context, module, name.text, name.span)
    if symbol is None:
        return None
    if not isinstance(symbol, StructSymbol):
        if isinstance(symbol, VariableSymbol):
            symbol.read = True
        message = f"`{name.text}` is {describe(symbol)}, not a type"
        context.report.error("not-a-type", message, name.span, because=declared_at(symbol))
        return None
    return symbol


def _unknown_type(context: Context, scope: Scope, name: syntax.Name) -> None:
    if context.is_news(name.text, everywhere=True):
        message = f"cannot find type `{name.text}` in this scope"
        remedy = remedy_for(scope, name.text, Use.TYPE)
        context.report.error("unknown-name", message, name.span, "not defined", remedy=remedy)
