"""Baking: the cells that a program never writes become constants of its machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mlpl.backend.subleq.image import Image


class UnknownWritesError(Exception):
    """Nothing is known of the cells that an image writes."""


def baked(image: Image, written: Iterable[int] | None = None) -> Image:
    """Returns the image with every cell fixed that no run writes.

    Args:
        image: with its facts.
        written: the cells that a run may write, where the facts are not to be asked; the entry's
            arguments count in any case.

    Raises:
        UnknownWritesError: the facts do not tell.
        ValueError: a cell of `written` is not in the memory.
    """
    known = image.facts.written if written is None else written
    if known is None:
        raise UnknownWritesError
    varying: set[int] = set()
    for cell in known:
        if not 0 <= cell < image.memory:
            raise ValueError(f"there is no cell {cell}: the memory has {image.memory:,}")
        varying.add(cell)
    for variable in image.facts.arguments:
        varying.update(range(variable.address, variable.address + variable.length))
    return replace(image, fixed=tuple(x for x in range(image.memory) if x not in varying))
