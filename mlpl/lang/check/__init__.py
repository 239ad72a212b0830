"""The checker: source to typed program (L2 to L6), with every error of L8."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpl.base.diagnostics import CompileError, Diagnostic, Severity
from mlpl.base.recursion import deep_recursion
from mlpl.base.source import Source
from mlpl.lang import syntax, typed
from mlpl.lang.check.context import Context
from mlpl.lang.check.declarations import Declarations
from mlpl.lang.check.flow import check_flow
from mlpl.lang.check.index import Index
from mlpl.lang.check.mutation import check_mutation
from mlpl.lang.check.names import builtin_scope
from mlpl.lang.check.statements import Statements
from mlpl.lang.check.symbols import FunctionSymbol, Scope, VariableSymbol
from mlpl.lang.check.usage import (
    warn_unused_functions,
    warn_unused_imports,
    warn_unused_variables,
)
from mlpl.lang.damage import damaged_bodies, outside
from mlpl.lang.modules import LoadedModule, load_modules
from mlpl.lang.typed import Storage


@dataclass(frozen=True, slots=True)
class Checked:
    """A program that is right, and what is suspicious about it."""

    program: typed.Program
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """A program and its errors and warnings, in the order of the source; None with errors."""

    program: typed.Program | None
    findings: tuple[Diagnostic, ...]


def check(
    main: Source,
    *,
    word_bits: int = 16,
    checked: bool = True,
    paths: Sequence[str | Path] = (),
    base_directory: str | Path | None = None,
    extra_modules: Sequence[str] = (),
    entry: str | None = "main",
) -> Checked:
    """Returns the typed program of a main file and all that it imports.

    Args:
        main: the main file.
        word_bits: w, 4 to 32.
        checked: False leaves index and shift checks out (L7.3).
        paths: folders to search for modules after the importing file's (`-I`).
        base_directory: where the main file's imports are beside; None is the folder of its path.
        extra_modules: modules of the library that belong to the program though nothing imports
            them, private names included.
        entry: the function that needs no caller, for the warning of unused functions.

    Raises:
        CompileError: with every error of the first phase that finds one: syntax and imports, or
            names and types. Where syntax errors have damaged nothing but bodies of functions, with
            those of names and types in all others, too.
    """
    if not 4 <= word_bits <= 32:
        raise ValueError(f"a word has 4 to 32 bits, not {word_bits}")
    with deep_recursion():
        modules, unread = load_modules(
            main, paths=paths, base_directory=base_directory, extra_modules=extra_modules
        )
        examined = _examine(modules, word_bits, checked, entry)
    if unread:
        raise CompileError(with_syntax_errors(modules, unread, examined.findings))
    errors = [d for d in examined.findings if d.severity is Severity.ERROR]
    if examined.program is None or errors:
        raise CompileError(errors)
    return Checked(examined.program, examined.findings)


def with_syntax_errors(
    modules: tuple[LoadedModule, ...], unread: Sequence[Diagnostic], findings: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Returns all errors of a program that could be read in parts, in the order of the source.

    Args:
        modules: its files as far as they could be read.
        unread: what could not be read.
        findings: what the checker says of the rest.
    """
    bodies = damaged_bodies((module.tree for module in modules), unread)
    if bodies is None:
        return list(unread)
    return _in_order(modules, [*unread, *outside(bodies, findings)])


def examine(
    modules: tuple[LoadedModule, ...],
    *,
    word_bits: int = 16,
    checked: bool = True,
    entry: str | None = "main",
    index: Index | None = None,
) -> Examined:
    """Returns what is to be said about a program, right or wrong, whose files are loaded.

    Args:
        modules: its files, each after those that it imports, the main file last.
        word_bits: w, 4 to 32.
        checked: False leaves index and shift checks out (L7.3).
        entry: the function that needs no caller, for the warning of unused functions.
        index: gets what its names mean.
    """
    with deep_recursion():
        return _examine(modules, word_bits, checked, entry, index)


def _examine(
    modules: tuple[LoadedModule, ...],
    word_bits: int,
    checked: bool,
    entry: str | None,
    index: Index | None = None,
) -> Examined:
    try:
        return _Program(word_bits, modules, entry, index).check(checked)
    except RecursionError:
        return Examined(None, (_too_deep(modules[-1].tree.source),))


def _too_deep(main: Source) -> Diagnostic:
    message = "expressions, blocks and constants depend on one another too deep"
    return Diagnostic("nesting-too-deep", message, path=main.path)


class _Program:
    """The check of one program, file by file, each after those that it imports."""

    def __init__(
        self,
        word_bits: int,
        modules: tuple[LoadedModule, ...],
        entry: str | None,
        index: Index | None,
    ) -> None:
        self.context = Context(word_bits, index=index)
        self.modules = modules
        self.entry = entry
        self.functions: dict[str, typed.Function] = {}
        self._builtins = builtin_scope()
        self._scopes: dict[int, Scope] = {}

    def check(self, checked: bool) -> Examined:
        """Returns the program, or what is wrong with it."""
        files = [self._module(module) for module in self.modules]
        check_mutation(self.context, self.functions)
        symbols: dict[int, list[VariableSymbol]] = defaultdict(list)
        for symbol in self.context.symbols.values():
            symbols[id(symbol.span.source)].append(symbol)
        self._warn(files[-1], symbols[id(self.modules[-1].tree.source)])
        found = tuple(_in_order(self.modules, self.context.report.found))
        if any(d.severity is Severity.ERROR for d in found):
            return Examined(None, found)
        program = typed.Program(
            self.functions,
            tuple(self.context.globals),
            self.context.word_bits,
            checked,
            self.modules[-1].tree.source.path,
        )
        return Examined(program, found)

    def _module(self, module: LoadedModule) -> Declarations:
        self.context.report.quiet = module is not self.modules[-1]
        self.context.enter_file()
        first = len(self.context.globals)
        file = Declarations(self.context, self._builtins, module.qualifier)
        imports = {name: self._scopes[id(m)] for name, m in module.imports.items()}
        file.check(module.tree, imports)
        self._scopes[id(module)] = file.scope
        if self.context.index is not None:
            self.context.index.files[module.tree.source.path] = file.scope
        self.context.globals[first:] = sorted(
            self.context.globals[first:], key=lambda variable: variable.span.start
        )
        for node, symbol in sorted(file.functions, key=lambda pair: pair[0].span.start):
            self._function(file, node, symbol)
        return file

    def _function(self, file: Declarations, node: syntax.Function, symbol: FunctionSymbol) -> None:
        self.context.enter_function()
        scope = Scope(file.scope)
        if self.context.index is not None:
            self.context.index.scopes.append((node.body.span, scope))
        statements = Statements(self.context, scope, symbol)
        parameters: list[typed.Variable] = []
        for field, parameter in zip(node.parameters, symbol.parameters, strict=True):
            variable = statements.declare(
                field.name, parameter.type, "parameter", Storage.PARAMETER
            )
            if variable is not None:
                parameters.append(variable)
        body = statements.block(node.body)
        function = typed.Function(
            symbol.key, tuple(parameters), symbol.result, body, node.name.span
        )
        check_flow(self.context, node, function, statements.body)
        if not symbol.broken:
            self.functions.setdefault(symbol.key, function)

    def _warn(self, main: Declarations, symbols: list[VariableSymbol]) -> None:
        """Warns of what nothing uses in the main file; modules are warned about on their own."""
        functions = [symbol for _, symbol in main.functions]
        starts = any(function.name == self.entry for function in functions)
        warn_unused_variables(self.context, symbols, globals_too=starts)
        warn_unused_imports(self.context, main.imports)
        warn_unused_functions(self.context, functions, self.entry)


def _in_order(modules: tuple[LoadedModule, ...], found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Returns findings file by file, in the order of the source."""
    order = {id(m.tree.source): number for number, m in enumerate(modules)}

    def key(diagnostic: Diagnostic) -> tuple[int, int]:
        if diagnostic.mark is None:
            return -1, 0
        span = diagnostic.mark.span
        return order.get(id(span.source), -1), span.start

    return sorted(found, key=key)


__all__ = ["Checked", "Examined", "check", "examine", "with_syntax_errors"]
