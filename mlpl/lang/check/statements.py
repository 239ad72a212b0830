"""Statements and bodies of functions."""

from __future__ import annotations

from typing import assert_never

from mlpl.base.diagnostics import Mark
from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.check import operators
from mlpl.lang.check.assignments import Assignments
from mlpl.lang.check.context import Body, Context
from mlpl.lang.check.expressions import PLACES, STATEMENTS, Expressions
from mlpl.lang.check.failed import Failed, failed
from mlpl.lang.check.names import declare
from mlpl.lang.check.symbols import (
    FunctionSymbol,
    Scope,
    VariableSymbol,
)
from mlpl.lang.check.type_names import check_constant, check_type
from mlpl.lang.check.values import check_value
from mlpl.lang.datatypes import BOOL, INT, ArrayType, SliceType, Type, is_scalar
from mlpl.lang.typed import Storage


class Statements:
    """Checks the statements of one function."""

    def __init__(self, context: Context, scope: Scope, function: FunctionSymbol) -> None:
        self.context = context
        self.body = Body(function)
        self.expressions = Expressions(context, scope, self.body)
        self.assignments = Assignments(context, self.expressions)

    # Scopes

    def block(self, node: syntax.Block) -> typed.Block:
        """Returns the block, its names in a scope of their own."""
        outer = self.expressions.scope
        self.expressions.scope = self._inner(node)
        statements = [self.statement(statement) for statement in node.statements]
        self.expressions.scope = outer
        return typed.Block(tuple(s for s in statements if s is not None), node.span)

    def _inner(self, block: syntax.Block) -> Scope:
        """Returns a scope inside the current one."""
        scope = Scope(self.expressions.scope, block)
        self.expressions.scope.inner.append(scope)
        if self.context.index is not None:
            self.context.index.scopes.append((block.span, scope))
        return scope

    def declare(
        self,
        name: syntax.Name,
        type_: Type | None,
        kind: str,
        storage: Storage,
        *,
        mutable: bool = True,
    ) -> typed.Variable | None:
        """Adds a variable to the current scope; returns it if its type is known."""
        variable = None
        if type_ is not None:
            variable = self.context.variable(name.text, type_, storage, name.span, mutable=mutable)
        symbol = VariableSymbol(name.text, name.span, variable, kind)
        if variable is not None:
            self.context.symbols[variable.id] = symbol
        names = self.expressions.scope.names
        previous = names.get(name.text)
        if not declare(self.context, self.expressions.scope, symbol, name.span):
            alike = isinstance(previous, VariableSymbol) and _type(previous) == type_
            names[name.text] = symbol if alike else VariableSymbol(name.text, name.span, None, kind)
        return variable

    # Statements

    def statement(self, node: syntax.Statement) -> typed.Statement | None:
        """Returns the statement; None where it has an error that makes it unknown."""
        match node:
            case syntax.Local():
                return self._local(node)
            case syntax.Assignment():
                return self.assignments.assignment(node)
            case syntax.Evaluation():
                return self._evaluation(node)
            case syntax.If():
                return self._if(node)
            case syntax.While():
                return self._while(node)
            case syntax.ForRange():
                return self._for_range(node)
            case syntax.ForEach():
                return self._for_each(node)
            case syntax.Break(span):
                self._in_loop("break", span)
                return typed.Break(span)
            case syntax.Continue(span):
                self._in_loop("continue", span)
                return typed.Continue(span)
            case syntax.Return():
                return self._return(node)
            case syntax.Assert():
                return self._assert(node)
            case syntax.Block():
                return self.block(node)
            case _:
                assert_never(node)

    def _local(self, node: syntax.Local) -> typed.Statement | None:
        want = check_type(self.expressions, node.type) if node.type is not None else None
        value: typed.Initializer | None = None
        failed = node.type is not None and want is None
        if node.value is not None:
            because = Mark(node.type.span, f"declared as `{want}`") if node.type else None
            value = check_value(self.expressions, node.value, want, because)
            failed = failed or value is None
        elif node.type is None or not node.mutable:
            self._no_value(node)
            failed = True
        type_ = want or (value.type if value is not None else None)
        kind = "variable" if node.mutable else "let"
        variable = self.declare(node.name, type_, kind, Storage.LOCAL, mutable=node.mutable)
        if failed or variable is None:
            return None
        return typed.Declare(variable, value, node.span)

    def _no_value(self, node: syntax.Local) -> None:
        if node.mutable:
            message = f"`{node.name.text}` has neither a type nor a value"
            remedy = f"for zeros: `var {node.name.text}: int;`"
        else:
            message = f"`let {node.name.text}` has no value"
            remedy = "a variable that gets its value later is declared by `var`"
        self.context.report.error("missing-value", message, node.name.span, remedy=remedy)

    def _evaluation(self, node: syntax.Evaluation) -> typed.Statement | None:
        expression = node.expression
        if isinstance(expression, syntax.Call):
            call = self.expressions.call(expression)
            if call is None:
                self.body.uncertain = True
                return None
            if isinstance(call, STATEMENTS):
                return call
            if isinstance(call, typed.Call | typed.Input):
                return typed.Evaluate(call, node.span)
        elif isinstance(self.expressions.operand(expression), Failed | None):
            return None
        self._no_effect(node)
        return None

    def _no_effect(self, node: syntax.Evaluation) -> None:
        remedy = ""
        if self.body.function.result is not None:
            remedy = "`return` hands a value back"
        self.body.uncertain = True
        match node.expression:
            case syntax.Binary(
                "==", syntax.Reference() | syntax.Index() | syntax.Member() as left, right
            ):
                text = node.span.source.text
                target = text[left.span.start : left.span.end]
                remedy = f"`=` assigns: `{target} = {text[right.span.start : right.span.end]};`"
            case syntax.Unary("-", syntax.Unary("-", inner)):
                name = node.span.source.text[inner.span.start : inner.span.end]
                remedy = f"a variable is decremented by `{name} -= 1;`"
        message = "this expression has no effect as a statement"
        self.context.report.error("no-effect", message, node.expression.span, remedy=remedy)

    def _if(self, node: syntax.If) -> typed.Statement:
        condition = self._condition(node.condition)
        then = self.block(node.then)
        otherwise: typed.Block | None = None
        match node.otherwise:
            case syntax.Block():
                otherwise = self.block(node.otherwise)
            case syntax.If():
                inner = self._if(node.otherwise)
                otherwise = typed.Block((inner,), node.otherwise.span)
        return typed.If(condition, then, otherwise, node.span)

    def _condition(self, node: syntax.Expression) -> typed.Expression:
        condition = self.expressions.scalar(node, BOOL)
        if condition is None:
            return failed(BOOL, node.span)
        operators.warn_condition(self.context, condition)
        return condition

    def _while(self, node: syntax.While) -> typed.Statement:
        if isinstance(node.condition, syntax.Boolean) and node.condition.value:
            condition: typed.Expression = typed.Literal(1, BOOL, node.condition.span)
        else:
            condition = self._condition(node.condition)
        return typed.While(condition, self._loop_body(node.body), node.span)

    def _loop_body(self, node: syntax.Block) -> typed.Block:
        self.body.loops += 1
        body = self.block(node)
        self.body.loops -= 1
        return body

    def _for_range(self, node: syntax.ForRange) -> typed.Statement | None:
        start = self.expressions.scalar(node.start, INT)
        stop = self.expressions.scalar(node.stop, INT)
        step: int | None = 1
        if node.step is not None:
            step = check_constant(self.expressions, node.step, INT, "the step of a loop")
            if step == 0:
                message = "the step of a loop is not zero"
                self.context.report.error("zero-step", message, node.step.span)
                step = None
        variable, body = self._loop(node.name, INT, node.body)
        if start is None or stop is None or step is None or variable is None:
            return None
        operators.warn_range(self.context, node, step)
        return typed.ForRange(variable, start, stop, step, body, node.span)

    def _for_each(self, node: syntax.ForEach) -> typed.Statement | None:
        array = self.expressions.operand(node.array)
        element: Type | None = None
        if array is not None:
            if isinstance(array, PLACES) and isinstance(array.type, ArrayType | SliceType):
                element = array.type.element
            else:
                message = f"a loop runs over an array or a range, not over `{array.type}`"
                remedy = "a range is written `0..n`"
                self.context.report.error("not-an-array", message, node.array.span, remedy=remedy)
        variable, body = self._loop(node.name, element, node.body)
        if array is None or variable is None or not isinstance(array, PLACES):
            return None
        return typed.ForEach(variable, array, body, node.span)

    def _loop(
        self, name: syntax.Name, type_: Type | None, node: syntax.Block
    ) -> tuple[typed.Variable | None, typed.Block]:
        """Returns the variable and the body of a loop, the body a block inside (L3.5)."""
        outer = self.expressions.scope
        self.expressions.scope = self._inner(node)
        variable = self.declare(name, type_, "loop variable", Storage.LOCAL, mutable=False)
        body = self._loop_body(node)
        self.expressions.scope = outer
        return variable, body

    def _in_loop(self, word: str, span: Span) -> None:
        if self.body.loops == 0:
            message = f"`{word}` stands outside of any loop"
            self.context.report.error("outside-loop", message, _first(span, word))

    def _return(self, node: syntax.Return) -> typed.Statement:
        function = self.body.function
        report = self.context.report
        value: typed.Expression | None = None
        if node.value is None:
            if function.result is not None and not function.broken:
                message = f"`{function.name}` returns a value of type `{function.result}`"
                because = Mark(function.result_span, "the result's type")
                report.error("return-value", message, _first(node.span, "return"), because=because)
        elif function.result is not None:
            because = Mark(function.result_span, "the result's type")
            value = self.expressions.scalar(node.value, function.result, because)
        else:
            self._unannounced(node.value)
        return typed.Return(value, node.span)

    def _unannounced(self, node: syntax.Expression) -> None:
        """Reports the first value that is returned by a function without a result."""
        function = self.body.function
        aggregates = syntax.ArrayValue | syntax.StructValue | syntax.String
        if function.broken and isinstance(node, aggregates):
            return
        value = self.expressions.operand(node)
        told = value is None and isinstance(node, syntax.Call)
        if function.broken or told or not self.context.is_news("->"):
            return
        message = f"`{function.name}` returns no value"
        because = Mark(function.span, "declared without `->`")
        if value is not None and not is_scalar(typed.type_of(value)):
            remedy = "an array or struct is passed in and filled"
        else:
            type_ = INT if value is None else typed.type_of(value)
            remedy = f"a result is declared by `fn {function.name}(…) -> {type_}`"
            remedy += "; without one, `return;` ends the function"
        self.context.report.error(
            "return-value", message, node.span, because=because, remedy=remedy
        )

    def _assert(self, node: syntax.Assert) -> typed.Statement:
        condition = self.expressions.condition(node.condition)
        message = ""
        if isinstance(node.message, syntax.String):
            message = bytes(node.message.codes).decode("utf-8", errors="replace")
        elif node.message is not None:
            text = "the message of `assert` is a string literal"
            self.context.report.error("type-mismatch", text, node.message.span)
        return typed.Assert(condition, message, node.span)


def _first(span: Span, word: str) -> Span:
    """Returns the span of the word that a statement begins with."""
    return Span(span.source, span.start, span.start + len(word))


def _type(symbol: VariableSymbol) -> Type | None:
    return symbol.variable.type if symbol.variable is not None else None
