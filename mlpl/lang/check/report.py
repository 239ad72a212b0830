"""Where the checker's findings are collected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlpl.base.diagnostics import Diagnostic, Mark, Severity
from mlpl.base.source import Span


class Report:
    """Errors and warnings in the order in which they are found.

    Attributes:
        found: all of them.
        quiet: whether warnings are dropped, as for files that are imported.
    """

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.quiet = False

    def error(
        self,
        rule: str,
        message: str,
        span: Span,
        text: str = "",
        *,
        because: Mark | None = None,
        remedy: str = "",
    ) -> None:
        """Adds an error; `because` marks the reason elsewhere."""
        others = (because,) if because is not None else ()
        self.found.append(Diagnostic(rule, message, Mark(span, text), others, remedy))

    def warning(
        self,
        rule: str,
        message: str,
        span: Span,
        text: str = "",
        *,
        because: Mark | None = None,
        remedy: str = "",
    ) -> None:
        """Adds a warning, unless they are dropped here."""
        if self.quiet:
            return
        others = (because,) if because is not None else ()
        kind = Severity.WARNING
        self.found.append(Diagnostic(rule, message, Mark(span, text), others, remedy, kind))

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Drops warnings inside the `with`: constants are allowed to be constant."""
        before, self.quiet = self.quiet, True
        try:
            yield
        finally:
            self.quiet = before
