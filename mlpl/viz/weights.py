"""Where the weights of a network are: a density plot of each layer's matrix."""

from __future__ import annotations

from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network
from mlpl.viz.style import GREY, NORMAL, SMALL, counts_map, figure, main_block, plain, short, title

_BINS = 96
"""Of rows and of columns at most: a field stays a few points wide, however large the layer is."""

_ACROSS = 5
_SHARES = LogNorm(vmin=1e-5, vmax=1.0, clip=True)


def plot_weights(network: Network) -> Figure:
    """Returns a figure with a field of the weights of each layer, from first to last.

    Rows are the layer's neurons from top to bottom, columns those of the layer before from left to
    right. Large layers are binned: the darker a field, the larger the share of its weights that
    are not 0. White has none.
    """
    across = min(_ACROSS, network.depth)
    down = ceil(network.depth / across)
    found = figure(2.15 * across + 0.9, 2.25 * down + 0.75)
    grid = found.subplots(down, across, squeeze=False)
    image = None
    for number, axes in enumerate(grid.flat, 1):
        if number > network.depth:
            axes.set_axis_off()
            continue
        image = _draw(axes, number, network.layers[number - 1])
    assert image is not None
    bar = found.colorbar(image, ax=grid, shrink=min(1.0, 2.2 / down), aspect=30, pad=0.015)
    bar.set_label("share of weights that are not 0", fontsize=NORMAL, color=GREY)
    bar.ax.tick_params(labelsize=SMALL)
    explanation = (
        f"{network.depth:,} layers, {network.neurons:,} neurons, {network.nonzeros:,} non-zeros; "
        "rows: neurons, columns: the layer before"
    )
    title(found, "Weights", explanation)
    return found


def density(layer: Layer, bins: int = _BINS) -> NDArray[np.float64]:
    """Returns the share of weights that are not 0 in each field of a layer's matrix.

    Args:
        layer: of shape (m, k).
        bins: fields in a row or column at most.

    Returns:
        Numbers from 0 to 1, shape (min(m, bins), min(k, bins)).
    """
    rows, columns = min(layer.size, bins), min(layer.inputs, bins)
    row = np.repeat(np.arange(layer.size, dtype=np.int64), np.diff(layer.indptr))
    place = row * rows // layer.size * columns
    place += layer.indices.astype(np.int64) * columns // layer.inputs
    count = np.bincount(place, minlength=rows * columns).reshape(rows, columns)
    return count / np.outer(_extents(layer.size, rows), _extents(layer.inputs, columns))


def _extents(size: int, bins: int) -> NDArray[np.int64]:
    """Returns how many of `size` rows or columns each bin has."""
    return np.bincount(np.arange(size, dtype=np.int64) * bins // size, minlength=bins)


def _draw(axes: Axes, number: int, layer: Layer) -> AxesImage:
    shares = density(layer)
    image = axes.imshow(
        np.ma.masked_equal(shares, 0),
        cmap=counts_map(),
        norm=_SHARES,
        aspect="auto",
        interpolation="nearest",
    )
    plain(axes)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(f"{number}  {short(main_block(layer), 24)}", fontsize=NORMAL, loc="left", pad=3)
    axes.set_xlabel(f"{layer.inputs:,}", fontsize=SMALL, color=GREY, labelpad=2)
    axes.set_ylabel(f"{layer.size:,}", fontsize=SMALL, color=GREY, labelpad=2)
    return image
