"""Traps as diagnostics and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlpl.base.diagnostics import Diagnostic
from mlpl.base.source import Location, Source
from mlpl.base.traps import Call, Trap
from mlpl.marks import mark_at

_FIRST, _LAST = 6, 3
"""Calls that are shown of a longer chain: the innermost, and the outermost."""


def trap_diagnostic(trap: Trap, sources: Mapping[str, Source]) -> Diagnostic:
    """Returns the diagnostic of a trap: what was wrong, where, and the calls that led there."""
    mark = mark_at(trap.location, sources)
    path = next(iter(sources)) if mark is None else ""
    return Diagnostic(
        trap.kind.value, trap.reason, mark, path=path, notes=tuple(_notes(trap.calls))
    )


def _notes(calls: Sequence[Call]) -> Iterator[str]:
    hidden = len(calls) - _FIRST - _LAST
    if hidden <= 1:
        yield from map(_note, calls)
        return
    yield from map(_note, calls[:_FIRST])
    yield f"… {hidden} more calls …"
    yield from map(_note, calls[-_LAST:])


def _note(call: Call) -> str:
    return f"called from {call.location or '?'} in `{call.function}`"


def trap_json(trap: Trap) -> dict[str, object]:
    """Returns the trap as a JSON-able dictionary, with all its calls."""
    return {
        "kind": trap.kind.value,
        "message": trap.reason,
        "values": list(trap.values),
        "function": trap.function or None,
        **_place(trap.location),
        "calls": [{"function": c.function, **_place(c.location)} for c in trap.calls],
    }


def _place(location: Location | None) -> dict[str, object]:
    return {
        "file": location.path if location else None,
        "line": location.line if location else None,
        "column": location.column if location else None,
    }
