"""Names that are not taken yet."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"\.\d+$")


class Names:
    """The names of blocks or objects of a function, and new ones beside them."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._numbers: dict[str, int] = {}

    def fresh(self, name: str) -> str:
        """Returns `name`, or `name.1` and so on if that is taken, and takes it."""
        stem = _NUMBERED.sub("", name)
        number = self._numbers.get(stem, 0)
        fresh = stem if not number else f"{stem}.{number}"
        while fresh in self._taken:
            number += 1
            fresh = f"{stem}.{number}"
        self._numbers[stem] = number
        self._taken.add(fresh)
        return fresh
