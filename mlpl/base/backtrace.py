"""Where a program is: a place in a function, and the calls that led there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mlpl.base.source import Location
from mlpl.base.traps import Call, Trap


def written(function: str, location: Location | None) -> Iterator[Call]:
    """Yields function and place of the source that a location in a function's code stands for.

    Code that was inlined stands for more than one: where it was written comes first, then the
    calls whose place it took.
    """
    while location is not None and location.inlined is not None:
        yield Call(location.inlined.function, location.plain)
        location = location.inlined.call
    yield Call(function, location)


def with_backtrace(trap: Trap, frames: Iterable[Call], start: str) -> Trap:
    """Returns the trap with the calls that led to it.

    Args:
        trap: its kind, message and values.
        frames: for each active function of the compiled program, innermost first, its name and
            where it was; for the first that is the trap, for the others a call.
        start: the compiled program's own first function, which is not of the source.
    """
    calls = [c for f in frames for c in written(f.function, f.location) if c.function != start]
    if not calls:
        return trap
    inner, *outer = calls
    return replace(trap, location=inner.location, function=inner.function, calls=tuple(outer))
