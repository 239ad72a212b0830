"""The top level of one file: its names, constants, structs, globals and signatures (L3.1).

A name is visible in the whole file, before its declaration too: declarations are completed when
something asks for them, and one that is asked for by itself is a cycle.
"""

from __future__ import annotations

from mlpl.base.diagnostics import Mark
from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.check.constants import NotConstant, evaluate, flatten
from mlpl.lang.check.context import Context
from mlpl.lang.check.expressions import Expressions
from mlpl.lang.check.flow import hands_back
from mlpl.lang.check.names import declare
from mlpl.lang.check.symbols import (
    BrokenSymbol,
    BuiltinSymbol,
    ConstantSymbol,
    FunctionSymbol,
    ModuleSymbol,
    Parameter,
    PendingSymbol,
    Scope,
    StructSymbol,
    Symbol,
    VariableSymbol,
)
from mlpl.lang.check.type_names import MOST_CELLS, check_type, report_not_constant
from mlpl.lang.check.values import check_value
from mlpl.lang.datatypes import StructType, Type, is_scalar, size
from mlpl.lang.typed import Storage

DEEPEST = 500
"""Declarations that depend on one another, each on one further down the file."""


class Declarations:
    """Completes the top-level declarations of one file.

    Attributes:
        scope: the names of the file.
        functions: all of its functions, twice declared ones too.
        imports: its imports.
    """

    def __init__(self, context: Context, builtins: Scope, qualifier: str) -> None:
        self.context = context
        self.qualifier = qualifier
        self.scope = Scope(builtins)
        self.functions: list[tuple[syntax.Function, FunctionSymbol]] = []
        self.imports: list[tuple[syntax.Import, ModuleSymbol]] = []
        self._expressions = Expressions(context, self.scope)
        self._depth = 0
        self._told = False
        context.resolve = self.resolve

    def check(self, tree: syntax.Module, modules: dict[str, Scope]) -> None:
        """Declares every name of the file, then completes every declaration in order."""
        pending: list[PendingSymbol] = []
        for item in tree.items:
            if isinstance(item, syntax.Import):
                self._import(item, modules)
                continue
            symbol = PendingSymbol(item.name.text, item.name.span, item)
            self._declare(symbol, item.name.span)
            pending.append(symbol)
        for symbol in pending:
            self.resolve(symbol)

    def _import(self, item: syntax.Import, modules: dict[str, Scope]) -> None:
        name = item.name
        members = modules.get(name.text)
        symbol = ModuleSymbol(name.text, name.span, item.module.text, members)
        if self._declare(symbol, name.span):
            self.imports.append((item, symbol))

    def _declare(self, symbol: Symbol, span: Span) -> bool:
        """Adds a name; what one means that is declared twice is not known, and reported."""
        if declare(self.context, self.scope, symbol, span):
            return True
        first = self.scope.names[symbol.name]
        assert not isinstance(first, BuiltinSymbol)
        self.scope.names[symbol.name] = BrokenSymbol(symbol.name, first.span)
        return False

    def resolve(self, symbol: PendingSymbol) -> Symbol:
        """Returns the completed symbol for a declaration of this file."""
        if symbol.done is not None:
            return symbol.done
        if symbol.active:
            return self._cycle(symbol)
        if self._depth == DEEPEST:
            return self._too_deep(symbol)
        symbol.active = True
        self._depth += 1
        done = self._complete(symbol.item)
        self._depth -= 1
        if symbol.done is None:
            symbol.done = done
        if self.scope.names.get(symbol.name) is symbol:
            self.scope.names[symbol.name] = symbol.done
        return symbol.done

    def _cycle(self, symbol: PendingSymbol) -> Symbol:
        if isinstance(symbol.item, syntax.Struct):
            rule, message = "struct-cycle", f"struct `{symbol.name}` contains itself"
        else:
            rule, message = "constant-cycle", f"the value of `{symbol.name}` depends on itself"
        self.context.report.error(rule, message, symbol.span)
        symbol.done = BrokenSymbol(symbol.name, symbol.span)
        return symbol.done

    def _too_deep(self, symbol: PendingSymbol) -> Symbol:
        if not self._told:
            message = f"more than {DEEPEST} declarations depend on one another"
            remedy = "declared in the order in which they depend, any number may"
            self.context.report.error("nesting-too-deep", message, symbol.span, remedy=remedy)
            self._told = True
        symbol.done = BrokenSymbol(symbol.name, symbol.span)
        return symbol.done

    def _complete(self, item: PendingItem) -> Symbol:
        match item:
            case syntax.Function():
                return self._function(item)
            case syntax.Struct():
                return self._struct(item)
            case syntax.Const():
                with self.context.report.silence():
                    return self._const(item)
            case syntax.Global():
                with self.context.report.silence():
                    return self._global(item)

    # Structs and functions

    def _struct(self, item: syntax.Struct) -> StructSymbol:
        fields: dict[str, tuple[syntax.Field, Type | None]] = {}
        for field in item.fields:
            name = field.name
            if name.text in fields:
                because = Mark(fields[name.text][0].name.span, "first declared here")
                message = f"field `{name.text}` is declared twice"
                self.context.report.error("duplicate-name", message, name.span, because=because)
                continue
            fields[name.text] = (field, check_type(self._expressions, field.type))
        if not item.fields:
            message = f"struct `{item.name.text}` has no fields"
            self.context.report.error("empty-struct", message, item.name.span)
        typed_fields = tuple((name, type_) for name, (_, type_) in fields.items() if type_)
        complete = bool(fields) and len(typed_fields) == len(item.fields)
        type_ = StructType(self.qualifier + item.name.text, typed_fields) if complete else None
        spans = tuple(field.name.span for field, _ in fields.values())
        symbol = StructSymbol(item.name.text, item.name.span, type_, spans)
        if type_ is not None and self.context.index is not None:
            self.context.index.structs.setdefault(type_.name, symbol)
        return symbol

    def _function(self, item: syntax.Function) -> FunctionSymbol:
        parameters = tuple(
            Parameter(
                field.name.text,
                check_type(self._expressions, field.type, parameter=True),
                field.name.span.to(field.type.span),
            )
            for field in item.parameters
        )
        result, broken = None, any(parameter.type is None for parameter in parameters)
        if item.result is not None:
            result = check_type(self._expressions, item.result)
            if result is None:
                broken = True
            elif not is_scalar(result):
                message = f"a function returns `int`, `bool` or nothing, not `{result}`"
                remedy = "an array or struct is passed in and filled"
                span = item.result.span
                self.context.report.error("result-type", message, span, remedy=remedy)
                result, broken = None, True
        name, span = item.name.text, item.name.span
        result_span = item.result.span if item.result is not None else span
        key = self.qualifier + name
        forgotten = item.result is None and hands_back(item.body)
        symbol = FunctionSymbol(name, span, key, parameters, result, result_span, broken, forgotten)
        self.functions.append((item, symbol))
        return symbol

    # Constants and globals

    def _const(self, item: syntax.Const) -> Symbol:
        name, span = item.name.text, item.name.span
        value = self._initial(item.value, item.type)
        if value is None:
            return BrokenSymbol(name, span)
        type_ = typed.type_of(value)
        if is_scalar(type_):
            word = self._words(value, f"the value of constant `{name}`")
            return ConstantSymbol(name, span, word[0] if word else None, type_)
        return self._variable(item.name, type_, value, "const")

    def _global(self, item: syntax.Global) -> Symbol:
        if item.value is not None:
            value = self._initial(item.value, item.type)
            if value is not None:
                return self._variable(item.name, typed.type_of(value), value, "variable")
        elif item.type is not None:
            type_ = check_type(self._expressions, item.type)
            if type_ is not None:
                return self._variable(item.name, type_, None, "variable")
        else:
            message = f"`{item.name.text}` has neither a type nor a value"
            remedy = f"for zeros: `var {item.name.text}: int;`"
            self.context.report.error("missing-value", message, item.name.span, remedy=remedy)
        return BrokenSymbol(item.name.text, item.name.span)

    def _initial(
        self, node: syntax.Expression, type_node: syntax.TypeName | None
    ) -> typed.Initializer | None:
        want: Type | None = None
        because = None
        if type_node is not None:
            want = check_type(self._expressions, type_node)
            because = Mark(type_node.span, f"declared as `{want}`")
        value = check_value(self._expressions, node, want, because)
        return value if type_node is None or want is not None else None

    def _variable(
        self, name: syntax.Name, type_: Type, value: typed.Initializer | None, kind: str
    ) -> Symbol:
        what = "constant" if kind == "const" else "global"
        if not self._fits(name, type_):
            return BrokenSymbol(name.text, name.span)
        if value is None:
            words: tuple[int, ...] | None = (0,) * size(type_)
        else:
            words = self._words(value, f"the value of {what} `{name.text}`")
        words = words or (0,) * size(type_)
        variable = self.context.variable(
            self.qualifier + name.text,
            type_,
            Storage.GLOBAL,
            name.span,
            mutable=kind != "const",
            initial=words,
        )
        symbol = VariableSymbol(name.text, name.span, variable, kind)
        self.context.symbols[variable.id] = symbol
        self.context.globals.append(variable)
        return symbol

    def _fits(self, name: syntax.Name, type_: Type) -> bool:
        """Whether the global variables take no more cells than one may; reports the first."""
        before = self.context.cells
        self.context.cells += size(type_)
        if before <= MOST_CELLS < self.context.cells:
            message = f"with `{name.text}` the globals take more than {MOST_CELLS:,} cells"
            self.context.report.error("type-too-large", message, name.span)
        return self.context.cells <= MOST_CELLS

    def _words(self, value: typed.Initializer, what: str) -> tuple[int, ...] | None:
        """Returns a constant initialiser's words, flattened; reports one that is not constant."""
        w = self.context.word_bits
        try:
            if not is_scalar(typed.type_of(value)):
                words = [0] * size(typed.type_of(value))
                flatten(value, w, words, 0)
                return tuple(words)
            assert not isinstance(
                value, typed.Aggregate | typed.Whole | typed.Element | typed.Field
            )
            return (evaluate(value, w),)
        except NotConstant as error:
            report_not_constant(self.context, error, what)
            return None


PendingItem = syntax.Const | syntax.Struct | syntax.Global | syntax.Function
