"""What names mean, and the scopes in which they do (L3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlpl.base.source import Span
from mlpl.lang import syntax, typed
from mlpl.lang.datatypes import StructType, Type


@dataclass(slots=True, eq=False)
class VariableSymbol:
    """A variable; `variable` is None where its declaration has an error.

    Attributes:
        name: as written.
        span: where it is declared.
        variable: what it is.
        kind: how it is bound, for messages: `let`, `const`, `loop variable`, ...
        read: whether anything uses its value.
        written: whether anything assigns to it.
    """

    name: str
    span: Span
    variable: typed.Variable | None
    kind: str = "variable"
    read: bool = False
    written: bool = False


@dataclass(slots=True, eq=False)
class ConstantSymbol:
    """A scalar constant; `value` is None where its declaration has an error."""

    name: str
    span: Span
    value: int | None
    type: Type


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter of a function as callers see it; `type` is None after an error."""

    name: str
    type: Type | None
    span: Span


@dataclass(slots=True, eq=False)
class FunctionSymbol:
    """A function.

    Attributes:
        name: as written.
        span: where it is declared.
        key: its name in the typed program.
        parameters: in order.
        result: its type; None if there is none.
        result_span: where its type is written, or the name.
        broken: whether the signature has an error, so that calls are not judged.
        forgotten: whether the body returns a value and the signature has none, which is reported
            there and not at the calls.
        callers: keys of the functions that call it.
    """

    name: str
    span: Span
    key: str
    parameters: tuple[Parameter, ...]
    result: Type | None
    result_span: Span
    broken: bool = False
    forgotten: bool = False
    callers: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class StructSymbol:
    """A struct; `type` is None where its declaration has an error."""

    name: str
    span: Span
    type: StructType | None
    field_spans: tuple[Span, ...] = ()


@dataclass(slots=True, eq=False)
class ModuleSymbol:
    """An imported module; `members` is None where the import has an error."""

    name: str
    span: Span
    module: str
    members: Scope | None
    used: bool = False


@dataclass(slots=True, eq=False)
class BuiltinSymbol:
    """A built-in function."""

    name: str


@dataclass(slots=True, eq=False)
class BrokenSymbol:
    """A name whose declaration has an error that is already reported."""

    name: str
    span: Span


@dataclass(slots=True, eq=False)
class PendingSymbol:
    """A top-level declaration that is not complete yet.

    Attributes:
        name: as written.
        span: where it is declared.
        item: the declaration.
        active: whether it is being completed.
        done: what it has become.
    """

    name: str
    span: Span
    item: syntax.Const | syntax.Struct | syntax.Global | syntax.Function
    active: bool = False
    done: Symbol | None = None


Symbol = (
    PendingSymbol
    | VariableSymbol
    | ConstantSymbol
    | FunctionSymbol
    | StructSymbol
    | ModuleSymbol
    | BuiltinSymbol
    | BrokenSymbol
)


class Scope:
    """Names of one block, inside those of another.

    Attributes:
        outer: the scope around, or None.
        names: what it has declared so far.
        block: the block in a function that it belongs to, if it does.
        inner: the scopes of the blocks inside that have begun.
    """

    def __init__(self, outer: Scope | None = None, block: syntax.Block | None = None) -> None:
        self.outer = outer
        self.names: dict[str, Symbol] = {}
        self.block = block
        self.inner: list[Scope] = []

    def look_up(self, name: str) -> Symbol | None:
        """Returns what the name means here, or None."""
        scope: Scope | None = self
        while scope is not None:
            symbol = scope.names.get(name)
            if symbol is not None:
                return symbol
            scope = scope.outer
        return None

    def visible(self) -> Iterator[str]:
        """Returns all names that mean something here, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield from scope.names
            scope = scope.outer


def describe(symbol: Symbol) -> str:
    """Returns the kind of thing in words, for messages."""
    match symbol:
        case VariableSymbol():
            named = {"const": "a constant", "let": "a variable"}
            return named.get(symbol.kind, f"a {symbol.kind}")
        case ConstantSymbol():
            return "a constant"
        case FunctionSymbol():
            return "a function"
        case StructSymbol():
            return "a struct"
        case ModuleSymbol():
            return "a module"
        case BuiltinSymbol():
            return "a built-in function"
        case BrokenSymbol():
            return "a name"
        case PendingSymbol(item=item):
            return f"a {type(item).__name__.lower()}"
