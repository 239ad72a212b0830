"""Where the generator's decisions come from: hypothesis, which shrinks them, or a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Source(Protocol):
    """A source of ints."""

    def between(self, low: int, high: int) -> int:
        """Returns an int in low..high, both included; `low` is the simplest."""
        ...


class Seeded:
    """Ints from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def between(self, low: int, high: int) -> int:
        """Returns an int in low..high, both included."""
        return self._random.randint(low, high)


class Drawn:
    """Ints that hypothesis draws; `draw_between(low, high)` draws one."""

    def __init__(self, draw_between: Callable[[int, int], int]) -> None:
        self.between = draw_between


class Choices:
    """Decisions made of a source's ints; the first alternative is always the simplest."""

    def __init__(self, source: Source) -> None:
        self.between = source.between

    def chance(self, percent: int) -> bool:
        """Returns True in so many of a hundred cases; False is the simpler answer."""
        return self.between(0, 99) >= 100 - percent

    def one(self, options: Sequence[T]) -> T:
        """Returns one of the options, each as likely as the others."""
        return options[self.between(0, len(options) - 1)]

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        """Returns one of the options with its weight as likelihood."""
        at = self.between(0, sum(weight for weight, _ in options) - 1)
        for weight, option in options:
            if at < weight:
                return option
            at -= weight
        raise AssertionError("the weights are positive")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Returns the items in some order."""
        return sorted(items, key=lambda _: self.between(0, 99))
