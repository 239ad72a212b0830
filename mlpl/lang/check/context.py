"""What the checker knows about the whole program and the file and function it is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mlpl.base.source import Span
from mlpl.lang import typed
from mlpl.lang.check.index import Index
from mlpl.lang.check.report import Report
from mlpl.lang.check.symbols import FunctionSymbol, PendingSymbol, Symbol, VariableSymbol
from mlpl.lang.datatypes import Type


def _unresolved(symbol: PendingSymbol) -> Symbol:
    raise AssertionError(f"no file is being checked that declares {symbol.name}")


@dataclass(slots=True)
class Context:
    """What is common to all files of a program.

    Attributes:
        word_bits: w.
        report: where findings go.
        globals: variables of the program so far.
        symbols: the symbol of each variable, by the variable's id.
        passes: aggregates passed by reference, for the check of `let` (L3.3).
        assigned: for each parameter whose parts its function assigns, by id, where first.
        cells: how many the global variables take.
        resolve: completes a top-level declaration of the current file.
        index: is told where names stand and what they mean, for editors; None where nobody asks.
    """

    word_bits: int
    report: Report = field(default_factory=Report)
    globals: list[typed.Variable] = field(default_factory=list)
    symbols: dict[int, VariableSymbol] = field(default_factory=dict)
    passes: list[Pass] = field(default_factory=list)
    assigned: dict[int, Span] = field(default_factory=dict)
    resolve: Callable[[PendingSymbol], Symbol] = field(default=_unresolved)
    index: Index | None = None
    cells: int = 0
    _variables: int = 0
    _told: set[str] = field(default_factory=set)
    _told_here: set[str] = field(default_factory=set)

    def enter_file(self) -> None:
        """Begins to check a file: what was said about others is said again."""
        self._told.clear()
        self._told_here.clear()

    def enter_function(self) -> None:
        """Begins to check a function."""
        self._told_here.clear()

    def is_news(self, cause: str, *, everywhere: bool = False) -> bool:
        """Whether nothing was said about a cause in this function, or in this file."""
        if cause in self._told or cause in self._told_here:
            return False
        (self._told if everywhere else self._told_here).add(cause)
        return True

    def variable(
        self,
        name: str,
        type_: Type,
        storage: typed.Storage,
        span: Span,
        *,
        mutable: bool = True,
        initial: tuple[int, ...] = (),
    ) -> typed.Variable:
        """Returns a new variable."""
        self._variables += 1
        return typed.Variable(self._variables, name, type_, storage, mutable, span, initial)


@dataclass(frozen=True, slots=True)
class Pass:
    """An array or struct handed to a parameter.

    Attributes:
        callee: the function.
        position: which of its parameters.
        root: the variable that the argument is a part of.
        kind: how that is bound, for messages.
        span: the argument.
    """

    callee: str
    position: int
    root: typed.Variable
    kind: str
    span: Span


@dataclass(slots=True)
class Body:
    """The function whose body is being checked.

    Attributes:
        function: its symbol.
        loops: how many loops are around.
        uncertain: whether a statement with an error was left out, so that the flow is unknown.
    """

    function: FunctionSymbol
    loops: int = 0
    uncertain: bool = False
