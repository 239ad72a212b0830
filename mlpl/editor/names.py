"""The names of a program: where each stands and which declaration it means."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from mlpl.base.source import Span
from mlpl.editor.texts import file_of
from mlpl.lang.check.index import Index
from mlpl.lang.check.symbols import (
    BrokenSymbol,
    BuiltinSymbol,
    ConstantSymbol,
    FunctionSymbol,
    ModuleSymbol,
    PendingSymbol,
    Scope,
    StructSymbol,
    Symbol,
    VariableSymbol,
)
from mlpl.lang.datatypes import StructType

Key = tuple[str, int]
"""The file and offset of a declaration, the same in every program that has the file."""


class Kind(Enum):
    """What a name is."""

    VARIABLE = "variable"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    FUNCTION = "function"
    STRUCT = "struct"
    FIELD = "field"
    MODULE = "module"
    BUILTIN = "built-in function"
    BROKEN = "name"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a name means.

    Attributes:
        name: as declared.
        kind: what it is.
        span: where it is declared; None for built-ins.
        symbol: what the checker knows; for a field, its struct.
        field: the number of a field.
    """

    name: str
    kind: Kind
    span: Span | None
    symbol: Symbol
    field: int = -1

    @property
    def key(self) -> Key:
        """What is equal for all names that mean this, in any program."""
        return (file_of(self.span.source), self.span.start) if self.span else (self.name, -1)

    @property
    def file(self) -> str:
        """The file that declares it; "" for built-ins."""
        return file_of(self.span.source) if self.span else ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name in a text."""

    span: Span
    definition: Definition
    declares: bool


@dataclass(slots=True)
class Names:
    """All names of a program that mean something, by file and place.

    Attributes:
        index: what the checker found.
        files: for each file its occurrences, in order.
    """

    index: Index
    files: dict[str, list[Occurrence]] = field(default_factory=dict)

    def at(self, path: str, offset: int) -> Occurrence | None:
        """Returns the name that holds or touches an offset; of two, the one that begins there."""
        occurrences = self.files.get(path, [])
        number = bisect_right(occurrences, offset, key=lambda o: o.span.start)
        if number == 0:
            return None
        found = occurrences[number - 1]
        return found if offset <= found.span.end else None

    def of(self, key: Key, path: str) -> Iterator[Occurrence]:
        """Yields every name in a file that means a declaration, in order."""
        return (o for o in self.files.get(path, ()) if o.definition.key == key)

    def scope_at(self, path: str, offset: int) -> Scope | None:
        """Returns the innermost scope around an offset, or that of the file."""
        best: tuple[int, Scope] | None = None
        for span, scope in self.index.scopes:
            if file_of(span.source) == path and span.start < offset < span.end:
                length = span.end - span.start
                if best is None or length <= best[0]:
                    best = length, scope
        if best is not None:
            return best[1]
        return next((s for p, s in self.index.files.items() if p == path), None)

    def struct(self, type_: StructType) -> StructSymbol | None:
        """Returns the declaration of a struct."""
        return self.index.structs.get(type_.name)


def names_of(index: Index) -> Names:
    """Returns the names that an index holds, each once."""
    found: dict[tuple[str, int], Occurrence] = {}

    def add(span: Span, definition: Definition, declares: bool) -> None:
        found.setdefault((file_of(span.source), span.start), Occurrence(span, definition, declares))

    for span, symbol in index.declarations:
        add(span, define(symbol), True)
    for struct in index.structs.values():
        for number, span in enumerate(struct.field_spans):
            add(span, field_of(struct, number), True)
    for span, symbol in index.uses:
        add(span, define(symbol), False)
    for span, type_, number in index.fields:
        declared = index.structs.get(type_.name)
        if declared is not None and number < len(declared.field_spans):
            add(span, field_of(declared, number), False)
    names = Names(index)
    for (path, _), occurrence in sorted(found.items(), key=lambda item: item[0]):
        names.files.setdefault(path, []).append(occurrence)
    return names


def resolved(symbol: Symbol) -> Symbol:
    """Returns what a declaration became."""
    if isinstance(symbol, PendingSymbol):
        return symbol.done or BrokenSymbol(symbol.name, symbol.span)
    return symbol


def define(symbol: Symbol) -> Definition:
    """Returns the definition that the checker's symbol stands for."""
    symbol = resolved(symbol)
    if isinstance(symbol, BuiltinSymbol):
        return Definition(symbol.name, Kind.BUILTIN, None, symbol)
    return Definition(symbol.name, _kind(symbol), symbol.span, symbol)


def _kind(symbol: Symbol) -> Kind:
    match symbol:
        case VariableSymbol(kind="parameter"):
            return Kind.PARAMETER
        case VariableSymbol(kind="const") | ConstantSymbol():
            return Kind.CONSTANT
        case VariableSymbol():
            return Kind.VARIABLE
        case FunctionSymbol():
            return Kind.FUNCTION
        case StructSymbol():
            return Kind.STRUCT
        case ModuleSymbol():
            return Kind.MODULE
        case _:
            return Kind.BROKEN


def field_of(struct: StructSymbol, number: int) -> Definition:
    """Returns the definition of a field."""
    span = struct.field_spans[number]
    name = span.source.text[span.start : span.end]
    return Definition(name, Kind.FIELD, span, struct, number)
