"""Expressions: names resolved, types checked, sides of operators in order."""

from __future__ import annotations

from mlpl.base.diagnostics import Mark
from mlpl.base.operators import UnaryOp
from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.check import builtin_calls, complaints, literals, operators
from mlpl.lang.check.context import Body, Context, Pass
from mlpl.lang.check.failed import Failed, failed, failed_call
from mlpl.lang.check.names import declared_at, find, find_member, note_use
from mlpl.lang.check.places import accepts, root
from mlpl.lang.check.remedies import Use
from mlpl.lang.check.symbols import (
    BuiltinSymbol,
    ConstantSymbol,
    FunctionSymbol,
    ModuleSymbol,
    Parameter,
    Scope,
    StructSymbol,
    Symbol,
    VariableSymbol,
    describe,
)
from mlpl.lang.datatypes import BOOL, INT, ArrayType, SliceType, StructType, Type, is_scalar
from mlpl.lang.modules import library_modules

Operand = typed.Expression | typed.Place
"""A scalar's value, or the place of an array or struct."""

PLACES = (typed.Whole, typed.Element, typed.Field)
_AGGREGATES = (syntax.ArrayValue, syntax.StructValue, syntax.String)
STATEMENTS = (typed.Print, typed.Putc, typed.Halt)


class Expressions:
    """Checks expressions in a scope, which whoever uses it may exchange.

    All methods report what is wrong; they return None where there is nothing to go on with.
    """

    def __init__(self, context: Context, scope: Scope, body: Body | None = None) -> None:
        self.context = context
        self.scope = scope
        self.body = body

    # Values

    def scalar(
        self, node: syntax.Expression, want: Type | None, because: Mark | None = None
    ) -> typed.Expression | None:
        """Returns an expression of the type `want`, or of either scalar type if that is None."""
        return self._expect(self.operand(node), node, want, because)

    def _expect(
        self,
        operand: Operand | None,
        node: syntax.Expression,
        want: Type | None,
        because: Mark | None,
    ) -> typed.Expression | None:
        """Returns a checked operand if it has the type that is needed; reports it if not."""
        if operand is None:
            return None
        found = typed.type_of(operand)
        if isinstance(operand, PLACES) or (want is not None and found != want):
            if not isinstance(operand, Failed):
                complaints.mismatch(self.context, node.span, want, found, because)
            return None
        return operand

    def condition(self, node: syntax.Expression) -> typed.Expression:
        """Returns a `bool`."""
        return self.scalar(node, BOOL) or failed(BOOL, node.span)

    def operand(self, node: syntax.Expression) -> Operand | None:
        """Returns the value of a scalar, or the place of an array or struct."""
        result = self.access(node)
        if result is None or not isinstance(result, PLACES):
            return result
        self.mark_read(result)
        return typed.Read(result, result.type, node.span) if is_scalar(result.type) else result

    def access(self, node: syntax.Expression, use: Use = Use.VALUE) -> Operand | None:
        """Returns what the expression denotes, not yet read where it is a place."""
        match node:
            case syntax.Group(inner):
                return self.access(inner, use)
            case syntax.Reference():
                return self._reference(node, use)
            case syntax.Index():
                return self._index(node)
            case syntax.Member():
                return self._member(node)
            case syntax.Number():
                return literals.number(self.context, node, node.span, negative=False)
            case syntax.Character():
                return literals.character(self.context, node)
            case syntax.Boolean(value, span):
                return typed.Literal(int(value), BOOL, span)
            case syntax.Unary():
                return self._unary(node)
            case syntax.Binary():
                return self._binary(node)
            case syntax.Conditional():
                return self._conditional(node)
            case syntax.ToInt(operand, span):
                flag = self.scalar(operand, BOOL)
                if flag is None:
                    return failed(INT, span)
                return typed.Unary(UnaryOp.INT, flag, INT, span)
            case syntax.Call():
                return self._call(node)
            case syntax.String() | syntax.ArrayValue() | syntax.StructValue():
                complaints.misplaced(self.context, node)
                return None

    # Literals and operators

    def _unary(self, node: syntax.Unary) -> typed.Expression:
        if node.symbol == "-" and isinstance(node.operand, syntax.Number):
            return literals.number(self.context, node.operand, node.span, negative=True)
        because = Mark(node.operator, f"`{node.symbol}` takes {_operand(node.symbol)}")
        type_ = operators.operand_type(node.symbol)
        operand = self.scalar(node.operand, type_, because)
        if operand is None:
            return failed(type_, node.span)
        return operators.unary(self.context, node, operand)

    def _binary(self, node: syntax.Binary) -> typed.Expression | None:
        result = operators.result_type(node.symbol)
        if complaints.joined(self.context, node):
            self._parts(node.left, node.right)
            return failed(result, node.span) if result == BOOL else None
        want: Type | None = None
        because = None
        if node.symbol not in ("==", "!="):
            want = operators.operand_type(node.symbol)
            because = Mark(node.operator, f"`{node.symbol}` takes operands of type `{want}`")
        sides = self.operand(node.left), self.operand(node.right)
        if complaints.alike(self.context, node, sides, want):
            bits = sides[0] is not None and sides[0].type == BOOL
            return failed(BOOL if bits else result, node.span)
        left = self._expect(sides[0], node.left, want, because)
        if want is None and left is not None:
            want = left.type
            because = Mark(node.left.span, f"this side is of type `{want}`")
        right = self._expect(sides[1], node.right, want, because)
        if left is None or right is None:
            return failed(result, node.span)
        return operators.binary(self.context, node, left, right)

    def _parts(self, *nodes: syntax.Expression) -> None:
        """Checks what stands beside a string that is reported already."""
        for node in nodes:
            if not isinstance(node, _AGGREGATES):
                self.operand(node)

    def _conditional(self, node: syntax.Conditional) -> typed.Expression | None:
        condition = self.scalar(node.condition, BOOL)
        if complaints.chosen(self.context, node):
            return None
        then = self.scalar(node.then, None)
        want = typed.type_of(then) if then is not None else None
        because = Mark(node.then.span, f"this side is of type `{want}`")
        otherwise = self.scalar(node.otherwise, want, because)
        if condition is None or then is None or otherwise is None or want is None:
            known = want if then is not None or otherwise is None else otherwise.type
            return failed(known, node.span) if known is not None else None
        operators.warn_condition(self.context, condition)
        return typed.Conditional(condition, then, otherwise, want, node.span)

    # Names and places

    def _reference(self, node: syntax.Reference, use: Use = Use.VALUE) -> Operand | None:
        symbol = find(self.context, self.scope, node.name, node.span, use)
        return self._value_of(symbol, node.span) if symbol is not None else None

    def _value_of(self, symbol: Symbol, span: Span) -> Operand | None:
        match symbol:
            case VariableSymbol(variable=None):
                symbol.read = True
                return None
            case VariableSymbol(variable=variable) if variable is not None:
                return typed.Whole(variable, variable.type, span)
            case ConstantSymbol(value=value, type=type_):
                return failed(type_, span) if value is None else typed.Literal(value, type_, span)
            case FunctionSymbol() | BuiltinSymbol():
                remedy = f"a call is written `{symbol.name}(…)`"
            case ModuleSymbol():
                remedy = f"its names are written `{symbol.name}.…`"
            case _:
                remedy = ""
        message = f"`{symbol.name}` is {describe(symbol)} and has no value"
        because = declared_at(symbol)
        self.context.report.error("no-value", message, span, because=because, remedy=remedy)
        return None

    def _index(self, node: syntax.Index) -> Operand | None:
        base = self.access(node.base)
        index = self.scalar(node.index, INT, Mark(node.bracket, "an index is an `int`"))
        if base is None:
            return None
        if not isinstance(base, PLACES) or not isinstance(base.type, ArrayType | SliceType):
            message = f"`{base.type}` is not an array and has no elements"
            self.context.report.error("not-an-array", message, node.base.span)
            return None
        index = index or failed(INT, node.index.span)
        place = typed.Element(base, index, base.type.element, node.span)
        operators.warn_index(self.context, place)
        return place

    def _member(self, node: syntax.Member) -> Operand | None:
        module = self._module(node.base)
        if module is not None:
            symbol = find_member(self.context, module, node.name.text, node.name.span)
            return self._value_of(symbol, node.span) if symbol is not None else None
        base = self.access(node.base, self._use_of(node.base))
        if base is None:
            return None
        if not isinstance(base, PLACES) or not isinstance(base.type, StructType):
            complaints.no_field(self.context, typed.type_of(base), node)
            return None
        number = base.type.index(node.name.text)
        if number is None:
            self.mark_read(base)
            complaints.unknown_field(self.context, base.type, node.name)
            return None
        if self.context.index is not None:
            self.context.index.fields.append((node.name.span, base.type, number))
        return typed.Field(base, number, base.type.fields[number][1], node.span)

    def _use_of(self, base: syntax.Expression) -> Use:
        """Returns what a name before `.` stands for: a module of the library, or a variable."""
        module = isinstance(base, syntax.Reference) and base.name in library_modules()
        return Use.MODULE if module else Use.VALUE

    def _module(self, node: syntax.Expression) -> ModuleSymbol | None:
        if not isinstance(node, syntax.Reference):
            return None
        symbol = self.scope.look_up(node.name)
        if not isinstance(symbol, ModuleSymbol):
            return None
        note_use(self.context, symbol, node.span)
        return symbol

    def mark_read(self, place: typed.Place) -> None:
        """Notes that the value of a place is used."""
        symbol = self.context.symbols.get(root(place).id)
        if symbol is not None:
            symbol.read = True

    # Calls

    def call(
        self, node: syntax.Call
    ) -> typed.Expression | typed.Print | typed.Putc | typed.Halt | None:
        """Returns a call: of a function, whose type may be None, or of a built-in."""
        symbol = self._callee(node.callee)
        if isinstance(symbol, FunctionSymbol):
            return self._user_call(node, symbol)
        if isinstance(symbol, BuiltinSymbol):
            return self._builtin_call(node, symbol.name)
        for argument in node.arguments:
            self._argument(argument, text=True)
        return None

    def _call(self, node: syntax.Call) -> typed.Expression | None:
        result = self.call(node)
        if result is None:
            return None
        if isinstance(result, STATEMENTS) or result.type is None:
            self._no_result(node.callee, node.span)
            return None
        return result

    def _no_result(self, callee: syntax.Expression, call: Span) -> None:
        """Reports a call without a value where one is needed; not of a `->` that is forgotten."""
        symbol = self._callee(callee)
        if isinstance(symbol, FunctionSymbol) and symbol.forgotten:
            return
        text = callee.span.source.text[callee.span.start : callee.span.end]
        because = declared_at(symbol) if symbol is not None else None
        message = f"`{text}` returns no value"
        self.context.report.error("no-value", message, call, because=because)

    def _callee(self, node: syntax.Expression) -> FunctionSymbol | BuiltinSymbol | None:
        symbol: Symbol | None = None
        match node:
            case syntax.Reference(name, span):
                symbol = find(self.context, self.scope, name, span, Use.CALL)
                if symbol is None:
                    return None
            case syntax.Member(base, name):
                module = self._module(base)
                if module is not None:
                    symbol = find_member(self.context, module, name.text, name.span)
                    if symbol is None:
                        return None
        if isinstance(symbol, FunctionSymbol | BuiltinSymbol):
            return symbol
        if isinstance(symbol, VariableSymbol):
            symbol.read = True
            if symbol.variable is None:
                return None
        if symbol is None and self.access(node) is None:
            return None
        text = node.span.source.text[node.span.start : node.span.end]
        message = f"`{text}` is {describe(symbol)}, not a function" if symbol else "not a function"
        because = declared_at(symbol) if symbol is not None else None
        remedy = ""
        if isinstance(symbol, StructSymbol):
            fields = symbol.type.fields if symbol.type is not None else ()
            names = ", ".join(f"{name}: …" for name, _ in fields) or "…"
            remedy = f"a struct is made in a declaration: `var x = {text} {{ {names} }};`"
        self.context.report.error(
            "not-a-function", message, node.span, because=because, remedy=remedy
        )
        return None

    def _user_call(self, node: syntax.Call, function: FunctionSymbol) -> typed.Call | Failed | None:
        if self.body is not None:
            function.callers.add(self.body.function.key)
        expected, given = len(function.parameters), len(node.arguments)
        if function.broken or expected != given:
            if not function.broken:
                complaints.wrong_count(self.context, node, function)
            for argument in node.arguments:
                self._argument(argument)
            return failed_call(function.result, node.span)
        arguments: list[Operand] = []
        for position, (argument, parameter) in enumerate(
            zip(node.arguments, function.parameters, strict=True)
        ):
            value = self._pass(argument, function, position, parameter)
            if value is not None:
                arguments.append(value)
        if len(arguments) < expected:
            return failed_call(function.result, node.span)
        name = node.callee.span
        return typed.Call(function.key, tuple(arguments), function.result, node.span, name)

    def _pass(
        self,
        node: syntax.Expression,
        function: FunctionSymbol,
        position: int,
        parameter: Parameter,
    ) -> Operand | None:
        """Returns an argument: a value, or a place that is passed by reference (L3.4)."""
        want = parameter.type
        because = Mark(parameter.span, f"parameter of type `{want}`")
        if want is None:
            self._argument(node)
            return None
        if is_scalar(want):
            return self.scalar(node, want, because)
        value = self.operand(node)
        if value is None:
            return None
        if not isinstance(value, PLACES) or not accepts(want, value.type):
            complaints.mismatch(self.context, node.span, want, typed.type_of(value), because)
            return None
        variable = root(value)
        symbol = self.context.symbols.get(variable.id)
        kind = symbol.kind if symbol is not None else "const"
        self.context.passes.append(Pass(function.key, position, variable, kind, node.span))
        return value

    def _builtin_call(
        self, node: syntax.Call, name: str
    ) -> typed.Expression | typed.Print | typed.Putc | typed.Halt | None:
        operands = [self._argument(a, text=name in ("print", "write")) for a in node.arguments]
        known = [operand for operand in operands if operand is not None]
        result = None
        if len(known) == len(operands):
            result = builtin_calls.check(self.context, name, node, known)
        if result is None and name in builtin_calls.INTS:
            return failed(INT, node.span)
        return result

    def _argument(
        self, node: syntax.Expression, *, text: bool = False
    ) -> Operand | typed.Text | None:
        if text and isinstance(node, syntax.String):
            return typed.Text(node.codes, node.span)
        return self.operand(node)


def _operand(symbol: str) -> str:
    type_ = operators.operand_type(symbol)
    return f"an `{type_}`" if type_ == INT else f"a `{type_}`"
