"""Errors and warnings on the standard error, for people or as lines of JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mlpl.base.diagnostics import Diagnostic, Severity
from mlpl.base.render import count, json_line, render
from mlpl.cli.streams import is_terminal, wants_color, write_error

MOST_SHOWN = 100
"""Diagnostics that people are shown at once; lines of JSON are all written."""


class Reporter:
    """Writes diagnostics in one format.

    Attributes:
        as_json: whether each is a line of JSON.
    """

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json

    def report(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Writes diagnostics, an empty line after each; on terminals, where to learn more."""
        if self.as_json:
            for diagnostic in diagnostics:
                write_error(json_line(diagnostic))
            return
        for diagnostic in diagnostics[:MOST_SHOWN]:
            write_error(render(diagnostic, color=wants_color(sys.stderr)) + "\n")
        if len(diagnostics) > MOST_SHOWN:
            self.note(f"and {count(diagnostics[MOST_SHOWN:])} more")
        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        if errors and is_terminal(sys.stderr):
            self.note(f"{count(diagnostics)}; `mlpl explain {errors[0].rule}` says more")

    def warn(self, warnings: Sequence[Diagnostic], *, deny: bool, total: bool = False) -> bool:
        """Writes warnings, and their number if asked to; returns whether they are denied."""
        self.report(warnings)
        denied = deny and bool(warnings)
        if warnings and (denied or total):
            self.note(f"{count(warnings)}{', denied' if denied else ''}")
        return denied

    def error(self, rule: str, message: str, help: str = "") -> None:
        """Writes an error that no file is to blame for."""
        diagnostic = Diagnostic(rule, message, help=help, severity=Severity.ERROR)
        if self.as_json:
            write_error(json_line(diagnostic))
        else:
            write_error(render(diagnostic, color=wants_color(sys.stderr)))

    def note(self, text: str) -> None:
        """Writes a line that is no diagnostic; not among lines of JSON."""
        if not self.as_json:
            write_error(text)
