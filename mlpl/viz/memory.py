"""The memory of a run over time, with the names of the source's variables."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from mlpl.viz.activity import span
from mlpl.viz.lines import main_path, source_line
from mlpl.viz.recording import Recording
from mlpl.viz.style import GREY, LINE, NORMAL, SMALL, figure, plain, short, title
from mlpl.viz.variables import Row, rows

_MOST_ROWS = 72
_TALLEST = 24
"""Units of height of an array: of a longer one, cells share a unit."""
_UNIT, _FRAME, _LINES = 0.165, 1.3, 1.5
"""Inches: of a scalar, around the picture, and of the panel of the source's lines."""
_PIXELS = 12
"""Of a unit of height."""


def plot_memory(recording: Recording) -> Figure:
    """Returns a figure of variables over steps, and of the source lines that were executed.

    Of images without sources it shows cells, and addresses instead of lines.

    Each row is a variable, an array as many cells high as it is long (24 at most). Blue words are
    positive, red ones negative, white is 0. At most 72 variables are shown: those that change most.
    """
    shown, total = rows(recording, _MOST_ROWS)
    heights = [min(row.length, _TALLEST) for row in shown]
    tall = _UNIT * max(4, sum(heights))
    found = figure(10.5, tall + _LINES + _FRAME)
    words, lines = found.subplots(2, 1, sharex=True, height_ratios=[tall, _LINES])
    _draw_words(found, words, recording, shown, heights)
    _draw_lines(lines, recording)
    kind = "variables" if recording.program.image.facts.variables else "cells that change"
    limited = f"the {len(shown)} of {total} that change most" if total > len(shown) else kind
    stride = int(recording.steps[1] - recording.steps[0]) if len(recording.steps) > 1 else 1
    sampled = "after every step" if stride == 1 else f"once in {stride} steps"
    explanation = f"{limited}, {sampled}; white is 0" if shown else "no cell changes in this run"
    title(found, "Memory", explanation)
    return found


def _draw_words(
    found: Figure, axes: Axes, recording: Recording, shown: list[Row], heights: list[int]
) -> None:
    picture = _picture(recording, shown, heights)
    top = max(2, int(np.abs(picture).max(initial=0)))
    height = max(1, sum(heights))
    image = axes.imshow(
        picture,
        cmap="RdBu",
        norm=SymLogNorm(linthresh=1, vmin=-top, vmax=top),
        aspect="auto",
        interpolation="nearest",
        extent=(*span(recording), height, 0),
    )
    plain(axes)
    ends = np.cumsum([0, *heights])
    axes.set_yticks((ends[:-1] + ends[1:]) / 2, [short(row.label) for row in shown], fontsize=SMALL)
    for end in ends[1:-1]:
        axes.axhline(end, color=LINE, linewidth=0.5)
    if not shown:
        axes.set_yticks([])
        return
    bar = found.colorbar(image, ax=axes, aspect=30, pad=0.01, ticks=_ticks(top))
    bar.ax.minorticks_off()
    bar.ax.set_yticklabels([f"{tick:,}" for tick in _ticks(top)])
    bar.set_label("signed word", fontsize=NORMAL, color=GREY)
    bar.ax.tick_params(labelsize=SMALL)


def _picture(recording: Recording, shown: list[Row], heights: list[int]) -> NDArray[np.int32]:
    """Returns the words as lines of pixels, shape (height, T)."""
    cells: list[int] = []
    for row, height in zip(shown, heights, strict=True):
        pixels = height * _PIXELS
        cells += [row.address + pixel * row.length // pixels for pixel in range(pixels)]
    memory = recording.memory
    return memory[:, cells].T if cells and len(memory) else np.zeros((1, 1), dtype=np.int32)


def _ticks(top: int) -> list[int]:
    """Returns 0 and powers of ten, up to the largest word."""
    powers = [10**power for power in range(11) if 10**power <= top]
    powers = powers if len(powers) <= 3 else powers[::2]
    return [-power for power in reversed(powers)] + [0] + powers


def _draw_lines(axes: Axes, recording: Recording) -> None:
    places = _places(recording)
    axes.scatter(
        [x - 0.5 for x, _ in places],
        [y for _, y in places],
        s=5,
        marker="s",
        linewidths=0,
        color="#2b6ca3",
    )
    plain(axes)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    if places:
        axes.set_ylim(max(y for _, y in places) + 1, min(y for _, y in places) - 1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    known = recording.program.image.facts.lines
    axes.set_ylabel("source line" if known else "address", fontsize=NORMAL)
    axes.set_xlabel("step", fontsize=NORMAL)


def _places(recording: Recording) -> list[tuple[int, int]]:
    """Returns steps with the line of the source, or the address where no lines are known."""
    steps = recording.steps.tolist()
    if not recording.program.image.facts.lines:
        return list(zip(steps, recording.addresses.tolist(), strict=True))
    path = main_path(recording.program)
    found = [source_line(recording.program, int(address)) for address in recording.addresses]
    return [
        (step, place[1])
        for step, place in zip(steps, found, strict=True)
        if place is not None and place[0] == path
    ]
