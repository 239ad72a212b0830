"""Libraries that not everyone has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlpl.errors import UsageError


@contextmanager
def optional(extra: str) -> Iterator[None]:
    """Gives a context for imports of what only the extra `extra` installs.

    Raises:
        UsageError: something that is imported there is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(
            f"`{error.name}` is not installed",
            f"`pip install 'mlpl-compiler[{extra}]'` installs it",
        ) from error
