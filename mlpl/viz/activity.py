"""What changes in a network while it runs, layer by layer."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mlpl.backend.mlp.network import Network
from mlpl.viz.recording import Recording
from mlpl.viz.style import GREY, NORMAL, SMALL, counts_map, figure, main_block, plain, short, title

_ROW, _FRAME = 0.21, 1.45
"""Inches: of a layer, and around all of them."""


def plot_activity(recording: Recording) -> Figure:
    """Returns a figure of how many neurons of each layer changed from pass to pass.

    Layers are rows, the state first; steps go from left to right. On the right stands how many
    neurons changed on average, and how many there are.
    """
    network = recording.program.network
    counts = recording.changed.T
    found = figure(10.5, _ROW * len(counts) + _FRAME)
    axes = found.subplots()
    image = axes.imshow(
        np.ma.masked_equal(counts, 0),
        cmap=counts_map(),
        norm=LogNorm(vmin=0.6, vmax=max(2, int(counts.max(initial=0)))),
        aspect="auto",
        interpolation="nearest",
        extent=(*span(recording), len(counts) - 0.5, -0.5),
    )
    plain(axes)
    axes.set_yticks(range(len(counts)), _labels(network), fontsize=SMALL)
    axes.set_xlabel("step", fontsize=NORMAL)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _add_means(axes, recording, network)
    bar = found.colorbar(image, ax=axes, aspect=30, pad=0.01)
    bar.set_label("neurons that change", fontsize=NORMAL, color=GREY)
    bar.ax.tick_params(labelsize=SMALL)
    total = network.size + network.neurons
    mean = counts.sum(axis=0).mean() if counts.size else 0.0
    title(
        found,
        "Activity",
        f"from pass to pass {mean:,.0f} of {total:,} activations change ({mean / total:.2%}); "
        "right: changed on average, of all",
    )
    return found


def span(recording: Recording) -> tuple[float, float]:
    """Returns from which to which step a picture of the samples reaches."""
    steps = recording.steps
    if not len(steps):
        return 0.0, 1.0
    stride = int(steps[1] - steps[0]) if len(steps) > 1 else 1
    return float(steps[0]) - 1, float(steps[-1]) - 1 + stride


def _labels(network: Network) -> list[str]:
    blocks = [f"{i}  {short(main_block(layer))}" for i, layer in enumerate(network.layers, 1)]
    return ["0  the state", *blocks]


def _add_means(axes: Axes, recording: Recording, network: Network) -> None:
    sizes = [network.size, *(layer.size for layer in network.layers)]
    means = recording.changed.mean(axis=0) if len(recording.changed) else np.zeros(len(sizes))
    for row, (mean, size) in enumerate(zip(means, sizes, strict=True)):
        axes.annotate(
            f"{mean:,.1f} of {size:,}",
            (1.0, row),
            xytext=(5, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=GREY,
        )
