"""Errors that several parts of the checker report in the same words."""

from __future__ import annotations

from mlpl.base.diagnostics import Mark, nearest
from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.check.context import Context
from mlpl.lang.check.names import declared_at
from mlpl.lang.check.symbols import FunctionSymbol
from mlpl.lang.datatypes import BOOL, INT, ArrayType, SliceType, StructType, Type, is_scalar


def mismatch(
    context: Context, span: Span, want: Type | None, found: Type | str, because: Mark | None
) -> None:
    """Reports a type other than expected; `found` in words where it has no name."""
    expected = "`int` or `bool`" if want is None else f"`{want}`"
    shown = found if isinstance(found, str) else f"`{found}`"
    remedy = ""
    if want == INT and found == BOOL:
        remedy = "`int(…)` turns a bool into 0 or 1"
    elif want == BOOL and found == INT:
        literal = span.source.text[span.start : span.end] in ("0", "1")
        remedy = "a comparison makes a bool: `… != 0`"
        remedy = "the bools are `true` and `false`" if literal else remedy
    elif want == INT and found == "a string":
        remedy = "a string goes into an array of ints, a single character is written with `'`"
    elif isinstance(want, ArrayType) and isinstance(found, SliceType):
        remedy = f"the length of `{found}` is known only when the program runs"
    message = f"expected {expected}, found {shown}"
    context.report.error(
        "type-mismatch", message, span, f"this is {shown}", because=because, remedy=remedy
    )


def misplaced(
    context: Context, node: syntax.String | syntax.ArrayValue | syntax.StructValue
) -> None:
    """Reports an initialiser or string where it may not stand (L3.3)."""
    what, remedy = "an initialiser", "a variable declared with it can be used here"
    if isinstance(node, syntax.String):
        what = "a string literal"
        if len(node.codes) == 1:
            remedy = "a single character is written with `'`"
    message = f"{what} cannot stand here"
    context.report.error("misplaced-initializer", message, node.span, remedy=remedy)


def unknown_field(
    context: Context, type_: StructType, name: syntax.Name, because: Mark | None = None
) -> None:
    """Reports a field that the struct does not have."""
    fields = [field for field, _ in type_.fields]
    near = nearest(name.text, fields)
    remedy = "its fields are " + ", ".join(f"`{field}`" for field in fields)
    if near is not None:
        remedy = f"a field with a similar name exists: `{near}`"
    if not context.is_news(f"{type_}.{name.text}"):
        return
    message = f"struct `{type_}` has no field `{name.text}`"
    context.report.error("unknown-field", message, name.span, because=because, remedy=remedy)


def joined(context: Context, node: syntax.Binary) -> bool:
    """Whether the operands are text or an array, which no operator takes; reports it (L3.3)."""
    kinds = (node.left, node.right)
    if any(isinstance(kind, syntax.ArrayValue | syntax.StructValue) for kind in kinds):
        remedy = "a variable declared with it can be used here"
        if node.symbol == "*":
            remedy = "`var xs: int[10];` is an array of zeros"
        elif node.symbol in ("==", "!="):
            remedy = "`array.equal` compares arrays of ints in variables, after `import array;`"
        message = f"`{node.symbol}` does not take initialisers"
        context.report.error("misplaced-initializer", message, node.operator, remedy=remedy)
        return True
    if not any(isinstance(kind, syntax.String) for kind in kinds):
        return False
    message = f"`{node.symbol}` does not take strings"
    remedy = '`print` and `write` take several arguments: `print("x is", x);`'
    if node.symbol in ("==", "!=", "<", "<=", ">", ">="):
        remedy = "`text.equal` compares arrays of characters, after `import text;`"
    context.report.error("misplaced-initializer", message, node.operator, remedy=remedy)
    return True


def chosen(context: Context, node: syntax.Conditional) -> bool:
    """Whether one of two strings or initialisers is chosen, which is no value; reports it."""
    aggregates = syntax.String | syntax.ArrayValue | syntax.StructValue
    for side in (node.then, node.otherwise):
        if isinstance(side, aggregates):
            message = "`c ? a : b` chooses between ints or bools"
            remedy = "a statement `if` chooses what is printed, or which variable is used"
            context.report.error("misplaced-initializer", message, side.span, remedy=remedy)
            return True
    return False


def alike(
    context: Context,
    node: syntax.Binary,
    sides: tuple[typed.Initializer | None, typed.Initializer | None],
    want: Type | None,
) -> bool:
    """Whether both operands have one type that the operator does not take; reports it once."""
    left, right = (side.type if side is not None else None for side in sides)
    if left is None or left != right or left == want or (want is None and is_scalar(left)):
        return False
    expected = "ints and bools" if want is None else f"{want}s"
    message = f"`{node.symbol}` takes {expected}, and both sides are of type `{left}`"
    context.report.error("type-mismatch", message, node.operator, remedy=_instead(node, left))
    return True


def _instead(node: syntax.Binary, type_: Type) -> str:
    """Returns what does with operands of a type what an operator does with others."""
    match type_:
        case ArrayType() | SliceType() if node.symbol in ("==", "!="):
            return "`array.equal` compares arrays of ints, after `import array;`"
        case StructType() if node.symbol in ("==", "!="):
            return "structs are compared field by field"
        case _ if type_ == BOOL:
            return _OF_BOOLS.get(node.symbol, "`int(…)` turns a bool into 0 or 1")
        case _ if type_ == INT:
            return f"a comparison makes a bool: `… != 0`; `{node.symbol[0]}` works on bits"
        case _:
            return ""


_OF_BOOLS = {
    "&": "`&&` connects conditions",
    "|": "`||` connects conditions",
    "^": "`!=` tells whether two conditions differ",
}


def no_field(context: Context, type_: Type, node: syntax.Member) -> None:
    """Reports a field of something that is no struct."""
    remedy = ""
    if isinstance(type_, ArrayType | SliceType):
        text = node.base.span.source.text[node.base.span.start : node.base.span.end]
        if node.name.text in ("length", "len", "size", "count"):
            remedy = f"the number of elements is `len({text})`"
        elif node.name.text in ("push", "append", "pop", "add", "insert", "remove"):
            remedy = "an array has a fixed length; the modules `stack` and `queue` keep a count"
    message = f"`{type_}` is not a struct and has no fields"
    context.report.error("not-a-struct", message, node.base.span, remedy=remedy)


def wrong_count(context: Context, node: syntax.Call, function: FunctionSymbol) -> None:
    """Reports a call with too many or too few arguments."""
    expected, given = len(function.parameters), len(node.arguments)
    plural = "argument" if expected == 1 else "arguments"
    message = f"`{function.name}` takes {expected} {plural}, not {given}"
    because = declared_at(function)
    context.report.error("argument-count", message, node.span, because=because)
