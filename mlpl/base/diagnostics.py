"""Diagnostics: an error is data made where its reason is known, and rendered elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mlpl.base.source import Span


class Severity(Enum):
    """How bad it is: an error rejects the program, a warning does not, a remark is no fault."""

    ERROR = "error"
    WARNING = "warning"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Mark:
    """A span with a few words about it.

    Attributes:
        span: what is underlined.
        text: what stands beside the underline; may be "".
    """

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong.

    Attributes:
        rule: the kebab-case name of the rule that is broken (`unknown-name`).
        message: lower case, no full stop, code in backticks.
        mark: where it is; None for whole files (missing, unreadable, too large).
        others: where the reason stands, if elsewhere.
        help: the remedy, or "".
        severity: error, warning or remark.
        path: the file, where there is no mark.
        notes: what else there is to say, a line each: the calls that led to a trap.
    """

    rule: str
    message: str
    mark: Mark | None = None
    others: tuple[Mark, ...] = ()
    help: str = ""
    severity: Severity = Severity.ERROR
    path: str = ""
    notes: tuple[str, ...] = ()


class CompileError(Exception):
    """A program, image or network was rejected; carries every error that was found.

    Attributes:
        diagnostics: at least one of them an error, in the order of the source.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(d.message for d in self.diagnostics))

    def __reduce__(self) -> tuple[type[CompileError], tuple[tuple[Diagnostic, ...]]]:
        return CompileError, (self.diagnostics,)

    def __str__(self) -> str:
        """The diagnostics as people read them."""
        from mlpl.base.render import render

        return "\n\n".join(map(render, self.diagnostics))


def nearest(name: str, candidates: Sequence[str]) -> str | None:
    """Returns the candidate that `name` was probably meant to be, or None.

    Similarity is that of `difflib`, at least 0.6; letters in another order and another case are
    no difference where nothing else fits.
    """
    from difflib import get_close_matches

    if len(name) > _LONGEST_NAME:
        return None
    candidates = candidates[:_MOST_CANDIDATES]
    found = get_close_matches(name, candidates, n=1, cutoff=0.6)
    if found:
        return found[0]
    sorted_letters = {"".join(sorted(c.lower())): c for c in reversed(candidates)}
    return sorted_letters.get("".join(sorted(name.lower())))


_LONGEST_NAME = 100
"""Characters of a name for which others are looked for: similarity takes quadratic time."""

_MOST_CANDIDATES = 2000
"""Names that are compared with an unknown one."""
