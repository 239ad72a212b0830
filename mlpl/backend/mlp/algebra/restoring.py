"""Restoring layers: two layers that bring bits with small errors back to 0 and 1.

For a bit b and a whole number k, b = ReLU((2k + 1) b - k) - ReLU((2k + 1) b - k - 1): the first
layer holds the two neurons of each bit, the second their difference. The difference is 0 up to
k / (2k + 1) and 1 from (k + 1) / (2k + 1) on, so an error of less than k / (2k + 1) is gone; what
the two layers themselves add is all that is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.layer import Group, Layer

SHARPNESS = 7
"""k: errors of less than 7/15 are removed, and no weight is larger than 15."""

_SIDES = ("lower", "upper")
"""The names of the two neurons of a bit, by the threshold at which they begin."""


def restored(layers: Iterable[Layer], blocks: Iterable[str]) -> tuple[Layer, ...]:
    """Returns the layers, each that computes one of the blocks with two restoring ones behind it.

    Args:
        layers: of a network.
        blocks: names of blocks, as in `read_{}.gate`; all neurons of their layers are bits.
    """
    wanted = set(blocks)
    made: list[Layer] = []
    for layer in layers:
        computed = {group.name for group in layer.groups if group.kind is not Kind.CARRY}
        made.append(_numbered(layer, len(made) + 1))
        if wanted & computed:
            made += _restoring(made[-1], len(made) + 1)
    return tuple(made)


def _restoring(layer: Layer, number: int) -> Iterator[Layer]:
    """Yields the two layers behind `layer`; the first of them is the layer of that number."""
    count, form = layer.size, layer.data.dtype
    bits = np.arange(count, dtype=np.int32)
    offset = np.repeat(np.array([SHARPNESS, SHARPNESS + 1]), count)
    yield Layer(
        _rows(2 * count, 1),
        np.tile(bits, 2),
        np.full(2 * count, 2 * SHARPNESS + 1, dtype=form),
        (-offset).astype(form),
        count,
        tuple(
            _group(group, f"{group.name}.{side}", number, group.start + start)
            for side, start in zip(_SIDES, (0, count), strict=True)
            for group in layer.groups
        ),
    )
    yield Layer(
        _rows(count, 2),
        np.stack([bits, bits + count], axis=1).reshape(-1),
        np.tile(np.array([1, -1], dtype=form), count),
        np.zeros(count, dtype=form),
        2 * count,
        tuple(_group(group, group.name, number + 1, group.start) for group in layer.groups),
    )


def _rows(count: int, length: int) -> NDArray[np.int32]:
    return np.arange(0, count * length + 1, length, dtype=np.int32)


def _group(group: Group, name: str, layer: int, start: int) -> Group:
    return replace(group, name=name, kind=Kind.CLEAN, layer=layer, start=start)


def _numbered(layer: Layer, number: int) -> Layer:
    """Returns a layer that stands in another place: the names of carries tell it."""
    return replace(layer, groups=tuple(replace(group, layer=number) for group in layer.groups))
