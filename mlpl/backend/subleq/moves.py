"""Parallel copies in sequence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)


def sequence(
    pairs: Iterable[tuple[Place, Place]], scratch: Callable[[], Place]
) -> list[tuple[Place, Place]]:
    """Returns moves (target, source) that, one after another, do all of `pairs` at once.

    Targets are distinct. A move is made once nobody still needs its target; what remains then
    are cycles, each broken by one move into a place from `scratch`. (Leroy, Rideau and Serpette,
    "Tilting at windmills with Coq", 2008.)
    """
    waiting = {target: source for target, source in pairs if target != source}
    readers: dict[Place, int] = {}
    for source in waiting.values():
        readers[source] = readers.get(source, 0) + 1
    ready = [t for t in waiting if not readers.get(t)]
    moves: list[tuple[Place, Place]] = []
    while waiting:
        if not ready:
            target = next(iter(waiting))
            spare = scratch()
            moves.append((spare, target))
            for other, source in waiting.items():
                if source == target:
                    waiting[other] = spare
            readers[target] = 0
            ready.append(target)
        target = ready.pop()
        source = waiting.pop(target)
        moves.append((target, source))
        readers[source] = readers.get(source, 1) - 1
        if not readers[source] and source in waiting:
            ready.append(source)
    return moves
