"""Constant arrays and structs are not passed where their parts are assigned (L3.3).

A parameter is assigned if its function assigns one of its parts, or passes it, or a part of it,
to a parameter that is assigned: the least fixed point over the calls of the program.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from mlpl.base.diagnostics import Mark
from mlpl.base.source import Span
from mlpl.lang import typed
from mlpl.lang.check.context import Context, Pass


def check_mutation(context: Context, functions: Mapping[str, typed.Function]) -> None:
    """Reports what is bound by `let` or `const` and passed where the callee assigns it."""
    into: dict[int, list[Pass]] = defaultdict(list)
    for passed in context.passes:
        parameter = _parameter(passed, functions)
        if parameter is not None:
            into[parameter].append(passed)
    assigned = _closure(context, into)
    for passed in context.passes:
        parameter = _parameter(passed, functions)
        if passed.root.mutable or parameter not in assigned:
            continue
        _report(context, passed, assigned[parameter])


def _parameter(passed: Pass, functions: Mapping[str, typed.Function]) -> int | None:
    function = functions.get(passed.callee)
    return function.parameters[passed.position].id if function is not None else None


def _closure(context: Context, into: Mapping[int, list[Pass]]) -> dict[int, Span]:
    """Returns where each assigned parameter is assigned in the end."""
    assigned = dict(context.assigned)
    pending = list(assigned)
    while pending:
        parameter = pending.pop()
        for passed in into.get(parameter, ()):
            outer = passed.root
            if outer.storage is typed.Storage.PARAMETER and outer.id not in assigned:
                assigned[outer.id] = assigned[parameter]
                pending.append(outer.id)
    return assigned


def _report(context: Context, passed: Pass, where: Span) -> None:
    name, callee = passed.root.name, passed.callee
    bound = "a loop variable" if passed.kind == "loop variable" else f"bound by `{passed.kind}`"
    context.report.error(
        "immutable-argument",
        f"`{name}` is {bound}, and `{callee}` assigns to parts of it",
        passed.span,
        because=Mark(where, "assigned here"),
        remedy="a variable declared by `var` can be passed",
    )
