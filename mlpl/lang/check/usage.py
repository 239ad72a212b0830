"""Warnings of what is declared and not used (L8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mlpl.lang import syntax
from mlpl.lang.check.context import Context
from mlpl.lang.check.symbols import FunctionSymbol, ModuleSymbol, VariableSymbol
from mlpl.lang.typed import Storage


def warn_unused_variables(
    context: Context, symbols: Iterable[VariableSymbol], *, globals_too: bool
) -> None:
    """Warns of variables of a file that nothing reads; those of a module are for others."""
    for symbol in symbols:
        if symbol.read or symbol.name.startswith("_"):
            continue
        if symbol.variable is None or symbol.kind in ("const", "loop variable"):
            continue
        if symbol.variable.storage is Storage.GLOBAL and not globals_too:
            continue
        _warn_variable(context, symbol)


def _warn_variable(context: Context, symbol: VariableSymbol) -> None:
    parameter = symbol.kind == "parameter"
    if parameter and symbol.written and not _is_scalar_parameter(symbol):
        return
    rule = "unused-parameter" if parameter else "unused-variable"
    what = "parameter" if parameter else "variable"
    if symbol.written:
        message = f"the value of {what} `{symbol.name}` is never used"
    else:
        message = f"{what} `{symbol.name}` is never used"
    remedy = f"`_{symbol.name}` says that this is meant"
    context.report.warning(rule, message, symbol.span, remedy=remedy)


def _is_scalar_parameter(symbol: VariableSymbol) -> bool:
    assert symbol.variable is not None
    return str(symbol.variable.type) in ("int", "bool")


def warn_unused_functions(
    context: Context, functions: Iterable[FunctionSymbol], entry: str | None
) -> None:
    """Warns of functions of the main file that nothing calls, but for the entry.

    What only they call is not said: it follows. Of functions that only call one another the first
    is told. A file without the entry is taken for a module, whose functions are for others.
    """
    functions = tuple(functions)
    if all(function.name != entry for function in functions):
        return
    calls: dict[str, list[str]] = defaultdict(list)
    for function in functions:
        for caller in function.callers:
            calls[caller].append(function.key)
    meant = (f.key for f in functions if f.name == entry or f.name.startswith("_"))
    covered = _reachable(meant, calls)
    uncalled = [f for f in functions if not f.callers - {f.key}]
    for function in (*uncalled, *functions):
        if function.key in covered:
            continue
        covered |= _reachable((function.key,), calls)
        message = f"function `{function.name}` is never called"
        remedy = f"`_{function.name}` says that this is meant"
        context.report.warning("unused-function", message, function.span, remedy=remedy)


def _reachable(roots: Iterable[str], calls: Mapping[str, Sequence[str]]) -> set[str]:
    """Returns the functions that are called from some, and those themselves."""
    found: set[str] = set()
    pending = list(roots)
    while pending:
        function = pending.pop()
        if function not in found:
            found.add(function)
            pending += calls.get(function, ())
    return found


def warn_unused_imports(
    context: Context, imports: Iterable[tuple[syntax.Import, ModuleSymbol]]
) -> None:
    """Warns of imports whose names the file does not use."""
    for item, symbol in imports:
        if not symbol.used and not symbol.name.startswith("_"):
            message = f"module `{symbol.name}` is imported and not used"
            context.report.warning("unused-import", message, item.span)
