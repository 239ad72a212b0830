"""Requests that cannot be met as they were asked."""

from __future__ import annotations

from collections.abc import Iterable

from mlpl.base.diagnostics import nearest
from mlpl.base.source import Location


class UsageError(ValueError):
    """An option or argument is wrong, whatever the program says: an unknown engine, a bad size.

    Attributes:
        message: lower case, no full stop.
        help: the remedy, or "".
    """

    def __init__(self, message: str, help: str = "") -> None:
        self.message = message
        self.help = help
        super().__init__(f"{message}; {help}" if help else message)

    def __reduce__(self) -> tuple[type[UsageError], tuple[str, str]]:
        return UsageError, (self.message, self.help)


class UndefinedError(Exception):
    """An unchecked program did in the interpreter what only a check would have trapped.

    Attributes:
        message: what it did.
        location: where.
    """

    def __init__(self, message: str, location: Location) -> None:
        self.message = message
        self.location = location
        super().__init__(f"{location}: {message}")


def unknown(what: str, name: object, known: Iterable[str]) -> UsageError:
    """Returns the error for a name that is none of `known`, with the one that was meant."""
    names = list(known)
    near = nearest(name, names) if isinstance(name, str) else None
    listed = ", ".join(f"`{x}`" for x in names)
    return UsageError(
        f"unknown {what} `{name}`", f"did you mean `{near}`?" if near else f"one of {listed}"
    )
