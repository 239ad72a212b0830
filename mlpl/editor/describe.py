"""What a reader is told about a declaration: its line in the language, and its comment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from mlpl.base.source import Source
from mlpl.base.words import unsigned
from mlpl.editor.names import Definition, Kind
from mlpl.editor.words import BUILTINS
from mlpl.lang.check.symbols import (
    BuiltinSymbol,
    ConstantSymbol,
    FunctionSymbol,
    ModuleSymbol,
    StructSymbol,
    Symbol,
    VariableSymbol,
)
from mlpl.lang.datatypes import BOOL, Type, size
from mlpl.lang.documentation import Documentation, documentation
from mlpl.lang.load import LARGEST
from mlpl.lang.typed import Storage

_WORDS = {"variable": "var", "let": "let", "const": "const"}


@lru_cache(maxsize=64)
def documented(source: Source) -> Mapping[str, Documentation]:
    """Returns the documentation of a file's declarations, which is read once."""
    return documentation(source) if len(source.text) <= LARGEST else {}


def declaration(definition: Definition) -> str:
    """Returns how a definition is declared, in one line of the language."""
    symbol = definition.symbol
    if definition.kind is Kind.FIELD and isinstance(symbol, StructSymbol):
        fields = symbol.type.fields if symbol.type is not None else ()
        type_ = str(fields[definition.field][1]) if definition.field < len(fields) else "…"
        return f"{definition.name}: {type_}"
    return line(symbol)


def line(symbol: Symbol) -> str:
    """Returns how a symbol is declared, in one line of the language."""
    match symbol:
        case VariableSymbol(name, _, variable, kind):
            type_ = str(variable.type) if variable is not None else "…"
            word = _WORDS.get(kind)
            return f"{word} {name}: {type_}" if word else f"{name}: {type_}"
        case ConstantSymbol(name, _, value, type_):
            shown = "…" if value is None or type_ is None else spell(value, type_)
            return f"const {name}: {type_ or '…'} = {shown}"
        case BuiltinSymbol(name):
            return BUILTINS[name].signature(name)
        case ModuleSymbol(name, _, module, _):
            return f"import {module}" + (f" as {name}" if name != module else "")
        case FunctionSymbol() | StructSymbol():
            found = documented(symbol.span.source).get(symbol.name)
            if found is not None and found.span.start == symbol.span.start:
                return found.signature
            word = "fn" if isinstance(symbol, FunctionSymbol) else "struct"
            return f"{word} {symbol.name}"
        case _:
            return symbol.name


def comment(definition: Definition) -> str:
    """Returns the comment that documents a definition, or ""."""
    symbol = definition.symbol
    if isinstance(symbol, BuiltinSymbol):
        return BUILTINS[symbol.name].text
    if definition.span is None or definition.kind in (Kind.FIELD, Kind.PARAMETER):
        return ""
    found = documented(definition.span.source).get(definition.name)
    if found is None or found.span.start != definition.span.start:
        return ""
    return found.text


def remarks(definition: Definition, word_bits: int) -> list[str]:
    """Returns what else is known: how it is bound, its size, its value in other notations."""
    symbol = definition.symbol
    match symbol:
        case VariableSymbol(variable=variable, kind=kind) if variable is not None:
            what = {"variable": "local variable", "let": "never changes"}.get(kind, kind)
            if variable.storage is Storage.GLOBAL:
                what = "constant" if kind == "const" else "global variable"
            return [f"{what}, {cells(variable.type)}"]
        case ConstantSymbol(value=value, type=type_) if value is not None and type_ != BOOL:
            return [notations(value, word_bits)]
        case StructSymbol(type=type_) if type_ is not None and definition.kind is Kind.FIELD:
            return [f"field of `struct {symbol.name}`"]
        case StructSymbol(type=type_) if type_ is not None:
            return [cells(type_)]
        case _:
            return []


def cells(type_: Type) -> str:
    """Returns how much memory a value of a type takes, in words."""
    try:
        number = size(type_)
    except ValueError:
        return "by reference"
    return "1 cell" if number == 1 else f"{number:,} cells"


def spell(value: int, type_: Type) -> str:
    """Returns a value as the language writes it."""
    return ("false", "true")[value] if type_ == BOOL and value in (0, 1) else str(value)


_ESCAPES = {0: r"\0", 9: r"\t", 10: r"\n", 13: r"\r", 39: r"\'", 92: r"\\"}


def notations(value: int, word_bits: int) -> str:
    """Returns an int in decimal, in hexadecimal as the word has it, and as a character."""
    word = unsigned(value, word_bits)
    signed = word - (1 << word_bits) if word >> (word_bits - 1) else word
    shown = f"`{signed}` = `0x{word:x}` = `0b{word:b}`"
    if 32 <= signed < 127 or signed in _ESCAPES:
        shown += f" = `'{_ESCAPES.get(signed, chr(signed))}'`"
    return shown
