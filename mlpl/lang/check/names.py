"""Names to symbols, with a good message where there is none."""

from __future__ import annotations

from mlpl.base.diagnostics import Mark, nearest
from mlpl.base.source import Span
from mlpl.lang.check.context import Context
from mlpl.lang.check.hidden import hidden
from mlpl.lang.check.remedies import Use, elsewhere, remedy_for
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
    describe,
)

BUILTINS = ("print", "write", "putc", "getc", "read", "len", "halt")


MOST_ADVISED = 100
"""Findings after which nothing similar is looked for: that takes time for each."""


def builtin_scope() -> Scope:
    """Returns the scope around every file."""
    scope = Scope()
    scope.names.update({name: BuiltinSymbol(name) for name in BUILTINS})
    return scope


def declare(context: Context, scope: Scope, symbol: Symbol, span: Span) -> bool:
    """Adds a symbol to a block; reports a name that the block has already (L3.5)."""
    if context.index is not None:
        context.index.declarations.append((span, symbol))
    previous = scope.names.get(symbol.name)
    if previous is None:
        scope.names[symbol.name] = symbol
        return True
    assert not isinstance(previous, BuiltinSymbol)
    context.report.error(
        "duplicate-name",
        f"`{symbol.name}` is declared twice in one block",
        span,
        "declared again",
        because=Mark(previous.span, "first declared here"),
    )
    return False


def find(
    context: Context, scope: Scope, name: str, span: Span, use: Use = Use.VALUE
) -> Symbol | None:
    """Returns what a name means; reports an unknown one, once in a function or file."""
    symbol = scope.look_up(name)
    if symbol is None:
        if context.is_news(name, everywhere=use in (Use.CALL, Use.TYPE, Use.MODULE)):
            _unknown(context, scope, name, span, use)
        return None
    if isinstance(symbol, ModuleSymbol):
        symbol.used = True
    if isinstance(symbol, PendingSymbol):
        symbol = context.resolve(symbol)
    note_use(context, symbol, span)
    return None if isinstance(symbol, BrokenSymbol) else symbol


def _unknown(context: Context, scope: Scope, name: str, span: Span, use: Use) -> None:
    because, remedy = None, ""
    if len(context.report.found) < MOST_ADVISED:
        remedy = remedy_for(scope, name, use)
        local = hidden(scope, name, span) if use in (Use.VALUE, Use.TARGET) else None
        if local is not None and (local.exact or not remedy):
            because, remedy = local.mark, local.remedy
    message = f"cannot find `{name}` in this scope"
    context.report.error(
        "unknown-name", message, span, "not defined", because=because, remedy=remedy
    )


def note_use(context: Context, symbol: Symbol, span: Span) -> None:
    """Tells whoever keeps an index what a name means."""
    if context.index is not None:
        context.index.uses.append((span, symbol))


def find_member(context: Context, module: ModuleSymbol, name: str, span: Span) -> Symbol | None:
    """Returns what `module.name` means; reports an unknown or private name (L3.6)."""
    module.used = True
    if module.members is None:
        return None
    symbol = module.members.names.get(name)
    if symbol is None or isinstance(symbol, ModuleSymbol):
        public = [
            n
            for n, s in module.members.names.items()
            if not n.startswith("_") and not isinstance(s, ModuleSymbol)
        ]
        if context.is_news(f"{module.module}.{name}", everywhere=True):
            near = nearest(name, public)
            message = f"module `{module.module}` has no `{name}`"
            remedy = f"it has a similar name: `{near}`" if near else elsewhere(name)
            context.report.error("unknown-name", message, span, "not defined there", remedy=remedy)
        return None
    note_use(context, symbol, span)
    if name.startswith("_"):
        context.report.error(
            "private-name",
            f"`{name}` is private to module `{module.module}`",
            span,
            remedy="names that begin with `_` are visible in their own file only",
        )
        return None
    return None if isinstance(symbol, BrokenSymbol) else symbol


def declared_at(symbol: Symbol) -> Mark | None:
    """Returns a mark on the declaration of a symbol; None for built-ins."""
    match symbol:
        case BuiltinSymbol():
            return None
        case (
            VariableSymbol()
            | ConstantSymbol()
            | FunctionSymbol()
            | StructSymbol()
            | ModuleSymbol()
            | BrokenSymbol()
            | PendingSymbol()
        ):
            return Mark(symbol.span, f"{describe(symbol)}, declared here")
