"""What the names of a text are, for colours that depend on meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlpl.base.source import Span
from mlpl.editor.analysis import Analysis
from mlpl.editor.names import Definition, Kind
from mlpl.editor.texts import in_library
from mlpl.lang.check.symbols import VariableSymbol

TYPES = ("variable", "parameter", "function", "struct", "property", "namespace")
"""Kinds of names, in the words of the protocol."""

MODIFIERS = ("declaration", "readonly", "defaultLibrary")

_TYPES = {
    Kind.VARIABLE: "variable",
    Kind.PARAMETER: "parameter",
    Kind.CONSTANT: "variable",
    Kind.FUNCTION: "function",
    Kind.STRUCT: "struct",
    Kind.FIELD: "property",
    Kind.MODULE: "namespace",
    Kind.BUILTIN: "function",
}


@dataclass(frozen=True, slots=True)
class Highlight:
    """A name: one of `TYPES` and some of `MODIFIERS`."""

    span: Span
    type: str
    modifiers: tuple[str, ...]


def highlights(analysis: Analysis) -> Iterator[Highlight]:
    """Yields the names of a file in order."""
    for occurrence in analysis.names.files.get(analysis.path, []):
        type_ = _TYPES.get(occurrence.definition.kind)
        if type_ is not None:
            found = _modifiers(occurrence.definition)
            modifiers = ("declaration", *found) if occurrence.declares else found
            yield Highlight(occurrence.span, type_, modifiers)


def _modifiers(definition: Definition) -> tuple[str, ...]:
    found = []
    symbol = definition.symbol
    immutable = isinstance(symbol, VariableSymbol) and symbol.kind in ("let", "loop variable")
    if definition.kind is Kind.CONSTANT or immutable:
        found.append("readonly")
    if definition.kind is Kind.BUILTIN or (definition.file and in_library(definition.file)):
        found.append("defaultLibrary")
    return tuple(found)
