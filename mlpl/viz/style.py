"""What the pictures have in common: colours, sizes of text, names of layers."""

from __future__ import annotations

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.layer import Layer

SMALL, NORMAL, TITLE = 7.5, 8.5, 11
"""Points."""

GREY, LINE = "#5f6773", "#d5dae1"
"""Of text that explains, and of frames."""

_LONGEST = 40
"""Characters of a label."""


def figure(width: float, height: float) -> Figure:
    """Returns an empty figure; width and height in inches."""
    return Figure(figsize=(width, height), dpi=110, facecolor="white", layout="constrained")


def counts_map() -> Colormap:
    """Returns colours for how many: white for none, from light to dark."""
    return colormaps["GnBu"].with_extremes(bad="white", under="white")


def plain(axes: Axes) -> None:
    """Makes frame and ticks of axes quiet."""
    for spine in axes.spines.values():
        spine.set_color(LINE)
    axes.tick_params(labelsize=SMALL, color=LINE, length=3)


def title(figure: Figure, text: str, explanation: str) -> None:
    """Puts a title over a figure, and what it shows below that."""
    figure.suptitle(f"{text}\n", x=0.01, ha="left", fontsize=TITLE, fontweight="bold")
    height = figure.get_figheight()
    figure.text(
        0.01, 1 - 0.36 / height, explanation, ha="left", va="center", fontsize=NORMAL, color=GREY
    )


def short(text: str, longest: int = _LONGEST) -> str:
    """Returns a label without what would be too long in its middle: names differ at both ends."""
    if len(text) <= longest:
        return text
    end = longest // 2
    return f"{text[: longest - end - 1]}…{text[-end:]}"


def main_block(layer: Layer) -> str:
    """Returns the name of the largest block of a layer that is not carried; "" without names."""
    groups = [group for group in layer.groups if group.kind is not Kind.CARRY] or layer.groups
    if not groups:
        return ""
    return str(max(groups, key=lambda group: group.size).name.replace("{}", "*"))
