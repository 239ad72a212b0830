"""Neurons that stand in a regular pattern, as slices and shapes in place of indices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.formats.onnx_graph import Graph

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """Places base + s_1 i_1 + ... + s_q i_q in a layer, for all i_a below the extent of axis a.

    Attributes:
        base: the place of the first.
        extents: of the axes.
        strides: s, none of them negative; 0 along an axis where all are the same.
    """

    base: int
    extents: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents, 1 for axes along which all are the same."""
        return tuple(e if s else 1 for e, s in zip(self.extents, self.strides, strict=True))


def regular(places: Longs) -> View | None:
    """Returns the view that an array of places is, or None if it is none."""
    strides = []
    for axis in range(places.ndim):
        first = np.moveaxis(places, axis, 0).reshape(places.shape[axis], -1)[:, 0]
        strides.append(int(first[1] - first[0]) if len(first) > 1 else 0)
    base = int(places.reshape(-1)[0])
    if min(strides, default=0) < 0:
        return None
    want = np.array(base)
    for stride, extent in zip(strides, places.shape, strict=True):
        want = want[..., None] + stride * np.arange(extent)
    if not (want == places).all():
        return None
    return View(base, places.shape, tuple(strides))


def fits(view: View, size: int) -> bool:
    """Whether a view is a slice with a shape of a layer of `size` neurons.

    Its axes must lie inside one another, from the widest stride to the narrowest.
    """
    axes = _nested(view)
    room = size - view.base
    for axis in axes:
        stride, extent = view.strides[axis], view.extents[axis]
        needed = stride * (extent - 1) + 1 if axis == axes[-1] else stride * extent
        if needed > room:
            return False
        room = stride
    return True


def add_view(graph: Graph, values: str, view: View) -> str:
    """Returns the activations at a view that fits, shape (batch, *view.shape).

    Axis by axis, a slice is divided into rows as long as the stride, in which the next axis lies.

    Args:
        graph: takes the operators.
        values: the layer, shape (batch, size).
        view: places in it.
    """
    axes = _nested(view)
    found, start, shape = values, view.base, [0]
    for axis in axes[:-1]:
        stride, extent = view.strides[axis], view.extents[axis]
        found = graph.part(found, start, start + stride * extent, len(shape))
        shape.append(extent)
        found = graph.add("Reshape", found, graph.integers(*shape, stride))
        start = 0
    stride, extent = (view.strides[axes[-1]], view.extents[axes[-1]]) if axes else (1, 1)
    stop = start + stride * (extent - 1) + 1
    bounds = [graph.integers(x) for x in (start, stop, len(shape), stride)]
    found = graph.add("Slice", found, *bounds)
    if axes != sorted(axes):
        order = [0, *(1 + axes.index(a) for a in sorted(axes))]
        found = graph.add("Transpose", found, perm=order)
    if not axes or len(axes) != len(view.extents):
        found = graph.add("Reshape", found, graph.integers(0, *view.shape))
    return found


def _nested(view: View) -> list[int]:
    """Returns the axes along which the places differ, those with wide strides first."""
    axes = [axis for axis, stride in enumerate(view.strides) if stride]
    return sorted(axes, key=lambda axis: -view.strides[axis])
