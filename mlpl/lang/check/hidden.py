"""Local names that a function declares, but not where they are used (L3.3, L3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlpl.base.diagnostics import Mark, nearest
from mlpl.base.source import Span
from mlpl.lang import syntax
from mlpl.lang.check.symbols import Scope, VariableSymbol


@dataclass(frozen=True, slots=True)
class Hidden:
    """A local variable that is declared elsewhere in a function.

    Attributes:
        mark: its declaration, and why it is not visible.
        remedy: what helps.
        exact: whether it has the name that was looked for, and not only a similar one.
    """

    mark: Mark
    remedy: str
    exact: bool = True


def hidden(scope: Scope, name: str, use: Span) -> Hidden | None:
    """Returns the variable further down, or in a block that has ended, that a use may mean."""
    declared = dict(_ended(scope)) | dict(_later(scope, use))
    if name in declared:
        return declared[name]
    near = nearest(name, list(declared))
    if near is None:
        return None
    remedy = f"a variable with a similar name is not visible here: `{near}`"
    return Hidden(declared[near].mark, remedy, exact=False)


def _later(scope: Scope, use: Span) -> Iterator[tuple[str, Hidden]]:
    """What the blocks around declare from the use on, the outermost first."""
    blocks = [inner.block for inner in _around(scope) if inner.block is not None]
    for block in reversed(blocks):
        for statement in block.statements:
            if not isinstance(statement, syntax.Local) or statement.span.end <= use.start:
                continue
            text, remedy = "declared here, further down", "the declaration can stand before the use"
            if statement.span.start <= use.start:
                text = "declared here"
                remedy = "a variable is visible from the end of its own declaration on"
            yield statement.name.text, Hidden(Mark(statement.name.span, text), remedy)


def _ended(scope: Scope) -> Iterator[tuple[str, Hidden]]:
    """What blocks beside those around have declared, the last last."""
    pending = [inner for outer in _around(scope) for inner in outer.inner]
    for inner in pending:
        pending += inner.inner
        for name, symbol in inner.names.items():
            if isinstance(symbol, VariableSymbol):
                mark = Mark(symbol.span, "declared here, in a block that has ended")
                remedy = "a variable that is declared before the block is visible here"
                yield name, Hidden(mark, remedy)


def _around(scope: Scope | None) -> Iterator[Scope]:
    while scope is not None:
        yield scope
        scope = scope.outer
