"""What can be named at a place, also where the text around it is broken."""

from __future__ import annotations

from collections.abc import Iterator

from mlpl.base.source import Span
from mlpl.editor.analysis import Analysis
from mlpl.editor.lexical import Lexical, end_of, lexical, start_of
from mlpl.editor.names import resolved
from mlpl.lang.check.names import BUILTINS
from mlpl.lang.check.symbols import (
    BrokenSymbol,
    BuiltinSymbol,
    ModuleSymbol,
    Scope,
    Symbol,
    VariableSymbol,
)
from mlpl.lang.datatypes import ArrayType, SliceType, StructType, Type
from mlpl.lang.typed import Storage


def visible(analysis: Analysis, offset: int) -> dict[str, Symbol]:
    """Returns what each name means at an offset, innermost first."""
    text = lexical(analysis.source)
    found: dict[str, Symbol] = {}
    scope = analysis.names.scope_at(analysis.path, offset)
    while scope is not None:
        for name, symbol in scope.names.items():
            symbol = resolved(symbol)
            if name not in found and _declared(text, symbol, offset):
                found[name] = symbol
        scope = scope.outer
    for name in _local_names(text, offset):
        if name not in found:
            found[name] = _unknown(analysis, name)
    for name in BUILTINS:
        found.setdefault(name, BuiltinSymbol(name))
    return found


def _unknown(analysis: Analysis, name: str) -> Symbol:
    return VariableSymbol(name, Span(analysis.source, 0, 0), None)


def _declared(text: Lexical, symbol: Symbol, offset: int) -> bool:
    """Whether a local variable's declaration ends before an offset (L3.3)."""
    if not isinstance(symbol, VariableSymbol) or symbol.kind not in ("variable", "let"):
        return True
    if symbol.variable is not None and symbol.variable.storage is Storage.GLOBAL:
        return True
    if offset <= symbol.span.end:
        return False
    first, last = text.before(symbol.span.end), text.before(offset)
    return any(token.type in ("SEMICOLON", "RBRACE") for token in text.tokens[first:last])


def _local_names(text: Lexical, offset: int) -> Iterator[str]:
    """Yields the names of the function around an offset that its tokens declare, inner last."""
    tokens = text.tokens[: text.before(offset)]
    begin = max((n for n, t in enumerate(tokens) if t.type == "FN"), default=None)
    if begin is None:
        return
    blocks: list[list[str]] = [[]]
    waiting: list[str] = []
    for number in range(begin + 2, len(tokens)):
        kind, previous = tokens[number].type, tokens[number - 1].type
        if kind == "LBRACE":
            blocks.append(waiting)
            waiting = []
        elif kind == "RBRACE" and len(blocks) > 1:
            blocks.pop()
            if len(blocks) == 1:
                return
        elif kind == "NAME" and previous in ("LET", "VAR") and end_of(tokens[number]) < offset:
            later = tokens[number:]
            if any(t.type == "SEMICOLON" for t in later):
                blocks[-1].append(str(tokens[number]))
        elif kind == "NAME" and previous == "FOR":
            waiting = [str(tokens[number])]
        elif kind == "COLON" and len(blocks) == 1 and previous == "NAME":
            blocks[0].append(str(tokens[number - 1]))
    if len(blocks) > 1:
        yield from (name for block in reversed(blocks) for name in block)


def before_dot(analysis: Analysis, offset: int) -> Symbol | Type | None:
    """Returns what the expression means that ends at an offset: a module, or a value's type."""
    text = lexical(analysis.source)
    last = text.before(offset)
    first = _chain_start(text, last)
    if first == last or text.tokens[first].type != "NAME":
        return None
    found = visible(analysis, start_of(text.tokens[first])).get(str(text.tokens[first]))
    return _follow(text, found, first + 1, last) if found is not None else None


def _chain_start(text: Lexical, last: int) -> int:
    """Returns the first token of the names, dots and brackets that end before token `last`."""
    number = last
    while number > 0:
        kind = text.tokens[number - 1].type
        if kind == "NAME":
            number -= 1
            if number == 0 or text.tokens[number - 1].type != "DOT":
                return number
            number -= 1
        elif kind == "RSQB":
            number = _opening(text, number - 1)
        else:
            return last if number == last else number
    return number


def _opening(text: Lexical, number: int) -> int:
    """Returns the token that opens the bracket which a token closes; 0 if there is none."""
    depth = 0
    while number > 0:
        kind = text.tokens[number].type
        depth += (kind == "RSQB") - (kind == "LSQB")
        if depth == 0:
            return number
        number -= 1
    return 0


def _follow(text: Lexical, symbol: Symbol, number: int, last: int) -> Symbol | Type | None:
    """Returns what becomes of a symbol by the dots and brackets up to token `last`."""
    found: Symbol | Type | None = symbol
    while number < last:
        token = text.tokens[number]
        if token.type == "DOT" and number + 1 < last:
            found = member(found, str(text.tokens[number + 1]))
            number += 2
        elif token.type == "LSQB":
            type_ = type_of(found)
            found = type_.element if isinstance(type_, ArrayType | SliceType) else None
            depth = 0
            while number < last:
                depth += (text.tokens[number].type == "LSQB") - (text.tokens[number].type == "RSQB")
                number += 1
                if depth == 0:
                    break
        else:
            return None
    return found


def member(base: Symbol | Type | None, name: str) -> Symbol | Type | None:
    """Returns what `base.name` means."""
    if isinstance(base, ModuleSymbol):
        return members(base).get(name)
    type_ = type_of(base)
    if isinstance(type_, StructType):
        number = type_.index(name)
        return type_.fields[number][1] if number is not None else None
    return None


def members(module: ModuleSymbol) -> dict[str, Symbol]:
    """Returns what a module has for others (L3.6)."""
    scope: Scope | None = module.members
    if scope is None:
        return {}
    return {
        name: symbol
        for name, found in scope.names.items()
        if not name.startswith("_")
        and not isinstance(symbol := resolved(found), ModuleSymbol | BrokenSymbol)
    }


def type_of(found: Symbol | Type | None) -> Type | None:
    """Returns the type of a variable's value, or a type itself."""
    match found:
        case VariableSymbol(variable=variable):
            return variable.type if variable is not None else None
        case ArrayType() | SliceType() | StructType():
            return found
        case _:
            return None
