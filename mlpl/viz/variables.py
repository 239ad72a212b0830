"""The cells of a run's memory as rows of a picture, with the names of the source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.subleq.image import Variable
from mlpl.variables import extents
from mlpl.viz.recording import Recording

_MOST_NAMES = 2
"""Of cells that several variables share, at different times."""


@dataclass(frozen=True, slots=True)
class Row:
    """A variable, several that share their cells, or a cell without a name.

    Attributes:
        label: what it is called.
        address: its first cell.
        length: how many cells.
    """

    label: str
    address: int
    length: int


def rows(recording: Recording, most: int) -> tuple[list[Row], int]:
    """Returns the rows of memory that a picture shows, by address, and how many there would be.

    Those are the variables with a cell that changed in the run, and the arguments. Of more than
    `most` they are the ones that changed most often. Images of other tools have no variables:
    theirs are the cells that changed. Of arrays the unused end is left out.
    """
    image = recording.program.image
    changes = _changes(recording)
    found = _named(image.facts.variables, image.memory)
    if not found:
        found = [Row(f"cell {cell}", cell, 1) for cell in np.flatnonzero(changes).tolist()]
    given = {variable.address for variable in image.facts.arguments}
    weights = {row: int(changes[row.address : row.address + row.length].sum()) for row in found}
    moving = [
        _used(row, changes, recording) for row in found if weights[row] or row.address in given
    ]
    weights = {row: int(changes[row.address : row.address + row.length].sum()) for row in moving}
    kept = sorted(moving, key=lambda row: (-weights[row], row.address))[:most]
    return sorted(kept, key=lambda row: row.address), len(moving)


def _used(row: Row, changes: NDArray[np.int64], recording: Recording) -> Row:
    """Returns an array's row without the cells at its end that are 0 in all of the run."""
    cells = slice(row.address, row.address + row.length)
    used = np.flatnonzero((changes[cells] > 0) | recording.memory[:, cells].any(axis=0))
    length = int(used[-1]) + 1 if len(used) else 1
    if length == row.length:
        return row
    return Row(f"{row.label}: first {length}", row.address, length)


def _changes(recording: Recording) -> NDArray[np.int64]:
    """Returns how often each cell was different from one sample to the next, shape (cells,)."""
    words = recording.memory
    moved: NDArray[np.int64] = np.count_nonzero(words[1:] != words[:-1], axis=0)
    if len(words):
        half = 1 << (recording.program.image.word_bits - 1)
        before = recording.program.image.start().memory
        moved = moved + ((before + half) % (2 * half) - half != words[0])
    return moved


def _named(variables: tuple[Variable, ...], memory: int) -> list[Row]:
    """Returns a row for each stretch of memory that variables stand in."""
    names: dict[tuple[int, int], list[str]] = {}
    covered = np.zeros(memory, dtype=bool)
    for variable in sorted(variables, key=lambda v: (-v.length, v.address)):
        place = (variable.address, variable.length)
        stretch = slice(variable.address, variable.address + variable.length)
        if place not in names and covered[stretch].any():
            continue
        covered[stretch] = True
        extent = "".join(f"[{length}]" for length in extents(variable))
        names.setdefault(place, []).append(variable.name + extent)
    return [Row(_joined(found), *place) for place, found in names.items()]


def _joined(names: list[str]) -> str:
    different = list(dict.fromkeys(names))
    shown = "/".join(different[:_MOST_NAMES])
    return shown + ("/…" if len(different) > _MOST_NAMES else "")
