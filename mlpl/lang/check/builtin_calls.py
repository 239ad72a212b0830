"""Calls of built-in functions (L6), their arguments already checked."""

from __future__ import annotations

from collections.abc import Sequence

from mlpl.lang import syntax, typed
from mlpl.lang.check.context import Context
from mlpl.lang.datatypes import INT, ArrayType, SliceType

Argument = typed.Expression | typed.Place | typed.Text
Result = typed.Expression | typed.Print | typed.Putc | typed.Halt

_COUNTS = {"putc": 1, "getc": 0, "read": 0, "len": 1, "halt": 0}
_PORTS = {"getc": typed.Port.GETC, "read": typed.Port.READ}
INTS = ("getc", "read", "len")
"""Those that return an int, the others nothing."""

_PLACES = (typed.Whole, typed.Element, typed.Field)


def check(
    context: Context, name: str, node: syntax.Call, arguments: Sequence[Argument]
) -> Result | None:
    """Returns what a call of the built-in function `name` is; reports wrong arguments."""
    expected = _COUNTS.get(name, len(arguments))
    if len(arguments) != expected:
        plural = "argument" if expected == 1 else "arguments"
        message = f"`{name}` takes {expected} {plural}, not {len(arguments)}"
        context.report.error("argument-count", message, node.span)
        return None
    match name:
        case "print" | "write":
            return _print(context, name, node, arguments)
        case "putc":
            return _putc(context, node, arguments[0])
        case "len":
            return _length(context, node, arguments[0])
        case "halt":
            return typed.Halt(node.span)
        case _:
            return typed.Input(_PORTS[name], INT, node.span)


def _print(
    context: Context, name: str, node: syntax.Call, arguments: Sequence[Argument]
) -> typed.Print | None:
    items: list[typed.Expression | typed.Text] = []
    for argument in arguments:
        if isinstance(argument, _PLACES):
            message = f"`{name}` cannot write a value of type `{argument.type}`"
            remedy = "it takes ints, bools and string literals"
            if isinstance(argument.type, ArrayType | SliceType):
                remedy += "; a loop writes the elements"
                text = argument.type.element == INT
                remedy += ", `text.write` a text, after `import text;`" if text else ""
            context.report.error("type-mismatch", message, argument.span, remedy=remedy)
        else:
            items.append(argument)
    if len(items) < len(arguments):
        return None
    return typed.Print(tuple(items), name == "print", node.span)


def _putc(context: Context, node: syntax.Call, argument: Argument) -> typed.Putc | None:
    if isinstance(argument, (*_PLACES, typed.Text)) or argument.type != INT:
        found = "a string" if isinstance(argument, typed.Text) else f"`{argument.type}`"
        message = f"expected `int`, found {found}"
        context.report.error("type-mismatch", message, argument.span)
        return None
    return typed.Putc(argument, node.span)


def _length(context: Context, node: syntax.Call, argument: Argument) -> typed.Expression | None:
    if not isinstance(argument, _PLACES) or not isinstance(argument.type, ArrayType | SliceType):
        found = "a string" if isinstance(argument, typed.Text) else f"`{argument.type}`"
        message = f"`len` takes an array, not {found}"
        context.report.error("not-an-array", message, argument.span)
        return None
    if isinstance(argument.type, ArrayType) and not _has_index(argument):
        return typed.Literal(argument.type.length, INT, node.span)
    return typed.Length(argument, INT, node.span)


def _has_index(place: typed.Place) -> bool:
    """Whether evaluating the place evaluates anything."""
    while not isinstance(place, typed.Whole):
        if isinstance(place, typed.Element):
            return True
        place = place.base
    return False
