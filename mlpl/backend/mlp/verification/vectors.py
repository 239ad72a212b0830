"""Many states as vectors and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.layout import StateLayout
from mlpl.backend.subleq.batch import States
from mlpl.backend.subleq.state import Words


def encode_all(layout: StateLayout, states: States) -> NDArray[np.uint8]:
    """Returns states as vectors of 0 and 1, one a column, shape (size, batch).

    Cells that are constants of the layout are taken to hold their words.
    """
    memory = states.memory[:, layout.cells] if layout.constants else states.memory
    words = [memory, states.pc, states.input, states.taken, states.output, states.valid]
    found = np.empty((layout.size, len(states)), dtype=np.uint8)
    for part, values in zip(layout.parts, words, strict=True):
        rows = np.array(values.reshape(len(states), part.rows).T, dtype=np.int64, order="C")
        bits = found[part.slice].reshape(part.rows, part.bits, len(states))
        for bit in range(part.bits):
            bits[:, bit] = rows >> bit & 1
    return found


def decode_all(layout: StateLayout, vectors: NDArray[np.integer]) -> States:
    """Returns the states that vectors of 0 and 1 stand for; one a column, shape (size, batch)."""
    found: list[Words] = []
    for part in layout.parts:
        bits = vectors[part.slice].reshape(part.rows, part.bits, -1).astype(np.int64)
        found.append((bits << np.arange(part.bits)[:, None]).sum(1).T)
    cells, pc, word, taken, output, valid = found
    memory = np.tile(layout.rest, (len(pc), 1))
    memory[:, layout.cells] = cells
    return States(memory, pc[:, 0], word[:, 0], taken[:, 0] > 0, output[:, 0], valid[:, 0] > 0)
