"""Where control can go: ends of functions, and statements that are never reached (L3.4)."""

from __future__ import annotations

from mlpl.base.diagnostics import Mark
from mlpl.lang import syntax, typed
from mlpl.lang.check.context import Body, Context


def check_flow(
    context: Context, node: syntax.Function, function: typed.Function, body: Body
) -> None:
    """Reports a missing return, and warns of unreachable statements."""
    ends = not _completes_block(context, function.body)
    if ends or function.result is None or body.uncertain:
        return
    end = function.body.span
    context.report.error(
        "missing-return",
        f"`{node.name.text}` can reach its end without returning a value",
        type(end)(end.source, max(end.start, end.end - 1), end.end),
        "no value is returned here",
        because=Mark(body.function.result_span, "the result's type"),
        remedy="" if hands_back(node.body) else "a function without a result has no `->`",
    )


def hands_back(block: syntax.Block) -> bool:
    """Whether a statement in the block returns a value."""
    return any(_hands_back(statement) for statement in block.statements)


def _hands_back(statement: syntax.Statement | None) -> bool:
    match statement:
        case syntax.Return(value):
            return value is not None
        case syntax.Block():
            return hands_back(statement)
        case syntax.If(_, then, otherwise):
            return hands_back(then) or _hands_back(otherwise)
        case syntax.While() | syntax.ForRange() | syntax.ForEach():
            return hands_back(statement.body)
        case _:
            return False


def _completes_block(context: Context, block: typed.Block) -> bool:
    """Whether control can come to the block's end; warns of what it never reaches."""
    completes = True
    warned = False
    for statement in block.statements:
        if not completes and not warned:
            message = "this statement is never reached"
            context.report.warning("unreachable-code", message, statement.span)
            warned = True
        if warned:
            break
        completes = _completes(context, statement)
    return completes


def _completes(context: Context, statement: typed.Statement) -> bool:
    """Whether control can come behind the statement."""
    match statement:
        case typed.Return() | typed.Break() | typed.Continue() | typed.Halt():
            return False
        case typed.Block():
            return _completes_block(context, statement)
        case typed.If(_, then, otherwise):
            first = _completes_block(context, then)
            second = otherwise is None or _completes_block(context, otherwise)
            return first or second
        case typed.While(condition, body):
            _completes_block(context, body)
            endless = isinstance(condition, typed.Literal) and condition.value == 1
            return not endless or _breaks(body)
        case typed.ForRange() | typed.ForEach():
            _completes_block(context, statement.body)
            return True
        case _:
            return True


def _breaks(statement: typed.Statement) -> bool:
    """Whether a `break` inside leaves the loop around."""
    match statement:
        case typed.Break():
            return True
        case typed.Block(statements):
            return any(_breaks(inner) for inner in statements)
        case typed.If(_, then, otherwise):
            return _breaks(then) or (otherwise is not None and _breaks(otherwise))
        case _:
            return False
