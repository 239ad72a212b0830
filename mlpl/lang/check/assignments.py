"""Assignments: what can be assigned to, and what is (L4.1)."""

from __future__ import annotations

from mlpl.base.diagnostics import Mark
from mlpl.base.operators import BY_SYMBOL
from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.check import operators
from mlpl.lang.check.context import Context
from mlpl.lang.check.expressions import PLACES, Expressions
from mlpl.lang.check.names import declared_at
from mlpl.lang.check.places import root
from mlpl.lang.check.remedies import Use
from mlpl.lang.check.symbols import (
    BrokenSymbol,
    ConstantSymbol,
    PendingSymbol,
    VariableSymbol,
    describe,
)
from mlpl.lang.check.values import check_value
from mlpl.lang.datatypes import INT, SliceType, Type, is_scalar
from mlpl.lang.typed import Storage


class Assignments:
    """Checks the assignments of one function, in the scope of its expressions."""

    def __init__(self, context: Context, expressions: Expressions) -> None:
        self.context = context
        self.expressions = expressions

    def assignment(self, node: syntax.Assignment) -> typed.Statement | None:
        """Returns the assignment; None where it has an error."""
        target = self._target(node.target, node.operator)
        if target is not None and not is_scalar(target.type):
            return self._copy(node, target)
        if node.symbol is not None:
            want: Type | None = INT
            if target is not None and target.type != INT:
                message = f"`{node.symbol}=` takes ints, not `{target.type}`"
                self.context.report.error("type-mismatch", message, node.target.span)
                target, want = None, INT
        else:
            want = target.type if target is not None else None
        because = Mark(node.target.span, f"this is of type `{want}`")
        if target is None:
            check_value(self.expressions, node.value, None)
            return None
        value = self.expressions.scalar(node.value, want, because)
        if value is None:
            return None
        op = BY_SYMBOL[node.symbol] if node.symbol is not None else None
        if op is not None:
            operators.warn_trap(self.context, op, value, node.operator)
        return typed.Assign(target, op, value, node.span, node.operator)

    def _copy(self, node: syntax.Assignment, target: typed.Place) -> typed.Statement | None:
        """Returns the assignment of a whole array or struct (L4.1)."""
        report = self.context.report
        if node.symbol is not None:
            message = f"`{node.symbol}=` takes ints, not `{target.type}`"
            report.error("type-mismatch", message, node.target.span)
            return None
        if isinstance(target.type, SliceType):
            self.expressions.operand(node.value)
            message = f"`{target.type}` cannot be assigned as a whole: its length is not known"
            remedy = "a loop copies its elements, or `array.copy`"
            report.error("slice-copy", message, node.target.span, remedy=remedy)
            return None
        if isinstance(node.value, syntax.ArrayValue | syntax.StructValue | syntax.String):
            message = "an initialiser stands in declarations only"
            remedy = "a variable declared with it can be assigned"
            report.error("misplaced-initializer", message, node.value.span, remedy=remedy)
            return None
        because = Mark(node.target.span, f"this is of type `{target.type}`")
        source = check_value(self.expressions, node.value, target.type, because)
        if source is None or not isinstance(source, PLACES):
            return None
        return typed.CopyWhole(target, source, node.span)

    def _target(self, node: syntax.Expression, operator: Span) -> typed.Place | None:
        """Returns the place that is assigned to; reports what cannot be."""
        if isinstance(node, syntax.Reference) and self._no_variable(node):
            return None
        place = self.expressions.access(node, Use.TARGET)
        if place is None:
            return None
        if not isinstance(place, PLACES):
            message = "only variables, elements and fields can be assigned to"
            mark = Mark(operator, "assigned here")
            self.context.report.error("invalid-target", message, node.span, because=mark)
            return None
        variable = root(place)
        symbol = self.context.symbols.get(variable.id)
        if symbol is not None:
            symbol.written = True
        if variable.mutable:
            if variable.storage is Storage.PARAMETER and not is_scalar(variable.type):
                self.context.assigned.setdefault(variable.id, node.span)
            return place
        self._immutable(node, variable, symbol)
        return None

    def _no_variable(self, node: syntax.Reference) -> bool:
        """Whether a name means something that never is assigned to; reports it."""
        symbol = self.expressions.scope.look_up(node.name)
        if isinstance(symbol, PendingSymbol):
            symbol = self.context.resolve(symbol)
        if symbol is None or isinstance(symbol, VariableSymbol | BrokenSymbol):
            return False
        rule, message, remedy = "invalid-target", f"`{node.name}` is {describe(symbol)}", ""
        if isinstance(symbol, ConstantSymbol):
            rule, message = "immutable-assignment", f"{message} and never changes"
            remedy = "a variable declared by `var` can be assigned to"
        else:
            message += " and cannot be assigned to"
        body = self.expressions.body
        if body is not None and symbol is body.function and body.function.result is not None:
            remedy, body.uncertain = "`return …;` hands a value back", True
        because = declared_at(symbol)
        self.context.report.error(rule, message, node.span, because=because, remedy=remedy)
        return True

    def _immutable(
        self, node: syntax.Expression, variable: typed.Variable, symbol: VariableSymbol | None
    ) -> None:
        kind = symbol.kind if symbol is not None else "const"
        if symbol is not None:
            symbol.read = True
        if not self.context.is_news(f"{variable.id} never changes"):
            return
        if kind == "loop variable":
            message = f"`{variable.name}` is a loop variable and changes only by its loop"
            remedy = "a copy can change: `var copy = …;`"
        else:
            message = f"`{variable.name}` is bound by `{kind}` and never changes"
            remedy = "a variable declared by `var` can be assigned to"
        because = Mark(variable.span, "declared here")
        self.context.report.error(
            "immutable-assignment", message, node.span, because=because, remedy=remedy
        )
