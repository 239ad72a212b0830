"""An explanation of a syntax error, and a repair."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Span


@dataclass(frozen=True, slots=True)
class Slip:
    """An explanation, and a repair.

    Attributes:
        diagnostic: what to report.
        insert: kinds of tokens to read first, instead of giving up the statement.
        skip: how many tokens to leave out after that.
        retract: whether what was read last, a name or a value, is taken back before.
        once: whether it is said only once within a pair of brackets.
        habit: what is said only once in a file, because whoever writes so does it everywhere.
    """

    diagnostic: Diagnostic
    insert: tuple[str, ...] = ()
    skip: int = 0
    retract: bool = False
    once: bool = False
    habit: str = ""

    @property
    def repairs(self) -> bool:
        """Whether parsing goes on in the same statement."""
        return bool(self.insert or self.skip or self.retract)


def error(
    rule: str, message: str, span: Span, text: str = "", help_: str = "", *others: Mark
) -> Diagnostic:
    """Returns a diagnostic."""
    return Diagnostic(rule, message, Mark(span, text), others, help_)
