"""Results of analyses, kept as long as what they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import ref

T = TypeVar("T")
R = TypeVar("R")


def remembered(analysis: Callable[[T], R]) -> Callable[[T], R]:
    """Returns an analysis that is made once for each object, told apart by identity.

    The objects are frozen, so what was found about one stays right. Its result must not refer to
    it, or it would be kept for ever. To compare objects by their contents would take longer than
    most analyses.
    """
    found: dict[int, tuple[ref[T], R]] = {}

    def look_up(about: T) -> R:
        key = id(about)
        known = found.get(key)
        if known is not None and known[0]() is about:
            return known[1]

        def forget(gone: ref[T]) -> None:
            if found[key][0] is gone:  # another object may have its address by now
                del found[key]

        result = analysis(about)
        found[key] = ref(about, forget), result
        return result

    return look_up
