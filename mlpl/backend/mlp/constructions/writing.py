"""Gadget: a word into one cell of memory, through a tree of groups of cells."""

from __future__ import annotations

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind, Wires, relu
from mlpl.backend.mlp.constructions.decoding import digit_widths
from mlpl.backend.mlp.constructions.subtraction import Difference


def write(memory: Wires, line: Wires, word: Difference) -> Wires:
    """Returns the memory after the cell whose line is 1 got the word; unchanged without a line.

    The bits of the word go down a tree: at each level they are 0 everywhere but in the group of
    cells that holds the line. The sign goes ahead and splits the line into one for words that
    are not negative and one for negative words, whose bits are inverted at the cell.

    Args:
        memory: the bits, shape (n, w).
        line: one-hot or all 0, for the first `count` cells, shape (count,).
        word: what to write.
    """
    count, bits = line.shape[0], memory.shape[1]
    widths = digit_widths(count, wide_first=True)
    sign, magnitude = word.sign[None], word.magnitude[None]
    parent = np.zeros(1, dtype=np.int32)
    below = sum(widths)
    for level, width in enumerate(widths[:-1], 1):
        below -= width
        groups = np.arange(-(-count >> below))
        parent = groups >> width if level > 1 else np.zeros_like(groups)
        chosen = _any_of(line, below, f"write.group_{level}")
        sign = relu(sign[parent] + chosen - 1, f"write.sign_{level}", ("group",))
        magnitude = relu(
            magnitude[parent] + chosen[:, None] - 1, f"write.word_{level}", ("group", "bit")
        )
    group = np.arange(count) >> below
    plus = relu(line - sign[group], "write.line_positive", ("cell",))
    minus = relu(line + sign[group] - 1, "write.line_negative", ("cell",))
    ones = relu(plus[:, None] + magnitude[group] - 1, "write.positive", ("cell", "bit"))
    # The highest bit equals the sign, so the tree does not carry it.
    place = np.minimum(np.arange(bits), bits - 2)
    lower = (np.arange(bits) < bits - 1).astype(np.int32)
    inverted = relu(
        minus[:, None] - magnitude[group][:, place] * lower, "write.negative", ("cell", "bit")
    )
    cells = np.minimum(np.arange(memory.shape[0]), count - 1)
    known = (np.arange(memory.shape[0]) < count).astype(np.int32)
    chosen = (plus + minus)[cells] * known
    kept = relu(memory - chosen[:, None], "write.kept", ("cell", "bit"))
    new = inverted + ones[:, place] * lower
    return relu(kept + new[cells] * known[:, None], "memory.next", ("cell", "bit"), kind=Kind.SUM)


def _any_of(line: Wires, below: int, name: str) -> Wires:
    """Returns whether a group of 2^below cells holds the line."""
    count = line.shape[0]
    cells = np.arange(-(-count >> below) << below)
    inside = line[np.minimum(cells, count - 1)]
    if len(cells) > count:
        inside = inside * (cells < count).astype(np.int32)
    grouped = inside[cells.reshape(-1, 1 << below)]
    return relu(grouped.sum(1), name, ("group",), kind=Kind.SUM)
