"""Which functions syntax errors have damaged, so that the rest of a program can be checked (L8)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from mlpl.base.diagnostics import Diagnostic, Severity
from mlpl.base.source import Span
from mlpl.lang import syntax

_REACHING = frozenset(["missing-brace", "unclosed-comment", "unopened-comment"])
"""Rules whose breach may have moved the end of a function."""


def damaged_bodies(
    trees: Iterable[syntax.Module], errors: Sequence[Diagnostic]
) -> tuple[Span, ...] | None:
    """Returns the bodies of functions in which the errors are, none twice.

    None where something else may be damaged, too: a declaration is missing, or an error is outside
    of all bodies, or of a kind that reaches further.

    Args:
        trees: what could be read of each file.
        errors: all that were met on the way, of imports, too.
    """
    if not errors:
        return ()
    bodies = {id(tree.source): _bodies(tree) for tree in trees if tree.whole}
    found: dict[tuple[int, int], Span] = {}
    for error in errors:
        place = error.mark.span if error.mark else None
        if place is None or error.rule in _REACHING or id(place.source) not in bodies:
            return None
        body = _around(bodies[id(place.source)], place)
        if body is None:
            return None
        found[id(body.source), body.start] = body
    return tuple(found.values())


def outside(bodies: Sequence[Span], findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yields the errors that have nothing to do with damaged bodies; no warnings.

    What a damaged function uses is not known, and so is not what nothing uses.
    """
    for finding in findings:
        marks = [finding.mark, *finding.others]
        touched = any(_holds(body, m.span) for m in marks if m for body in bodies)
        if finding.severity is Severity.ERROR and not touched:
            yield finding


def _bodies(tree: syntax.Module) -> list[Span]:
    return [item.body.span for item in tree.items if isinstance(item, syntax.Function)]


def _around(bodies: Sequence[Span], place: Span) -> Span | None:
    """Returns the body, of some in their order, that holds a place and ends with its brace."""
    before = bisect_right(bodies, place.start, key=lambda body: body.start) - 1
    body = bodies[before] if before >= 0 else None
    if body is None or not _holds(body, place) or not body.source.text.endswith("}", 0, body.end):
        return None
    return body


def _holds(body: Span, place: Span) -> bool:
    return body.source is place.source and body.start <= place.start < body.end
