"""The code of an operator: its routine, or the routine's call."""

from __future__ import annotations

from collections.abc import Callable

from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.operator_plan import Choice, Plan
from mlpl.backend.subleq.selected import Call, Cell, Expression
from mlpl.ir.module import Operand

Arguments = tuple[tuple[Cell, Operand, int], ...]
"""For each parameter its cell, its argument, and -1 where the cell holds the negative."""


def do(
    out: Emitter, plan: Plan, choice: Choice, give: Callable[[Arguments], None]
) -> tuple[Cell, ...]:
    """Emits what a choice says and returns the cells of its results.

    Args:
        out: of the function.
        plan: of the program.
        choice: for the operator.
        give: emits what puts arguments into parameters.
    """
    form = choice.form
    name = out.fresh(form.name) if choice.in_place else form.name
    if choice.in_place:
        routine = form.make(name).copied(out, name)
    else:
        routine = plan.routine(form)
    parameters = routine.function.parameters
    give(tuple(zip(parameters, routine.operands(choice.operands), routine.signs, strict=True)))
    if choice.in_place:
        for item in routine.function.items:
            out.emit(item)
    else:
        call = Call(name, parameters, routine.results, Expression(-1), location=out.location)
        out.emit(call)
    return routine.results
