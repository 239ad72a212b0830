"""A table whose entries are taken back in reverse order, for walks of the dominator tree."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ScopedTable(Generic[K, V]):
    """A dictionary that remembers what its entries were before."""

    def __init__(self) -> None:
        self._entries: dict[K, V] = {}
        self._before: list[tuple[K, V | None]] = []

    def get(self, key: K) -> V | None:
        """Returns the current entry, or None."""
        return self._entries.get(key)

    def set(self, key: K, entry: V) -> None:
        """Replaces the entry until `leave`."""
        self._before.append((key, self._entries.get(key)))
        self._entries[key] = entry

    def enter(self) -> int:
        """Returns the mark to give to `leave`."""
        return len(self._before)

    def leave(self, mark: int) -> None:
        """Makes all entries what they were at the mark."""
        while len(self._before) > mark:
            key, entry = self._before.pop()
            if entry is None:
                del self._entries[key]
            else:
                self._entries[key] = entry
