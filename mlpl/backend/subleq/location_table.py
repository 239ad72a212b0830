"""Locations as rows of numbers: those of inlined code share the calls that they replaced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlpl.base.checked import DamagedError
from mlpl.base.source import Inlined, Location

_NONE = -1
_MOST = (1 << 31) - 1

Row = tuple[int, int, int, int, int]
"""Number of the path, line, column, number of the function that the code was written in, and row
of the call whose place it took; -1 where there is no such thing."""


class LocationTable:
    """Numbers locations.

    Attributes:
        rows: those of the locations; a row is behind that of its call.
        paths: the files that are named.
        functions: the functions that are named.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.paths: list[str] = []
        self.functions: list[str] = []
        self._numbers: dict[Row, int] = {}
        self._known: dict[tuple[str, str], int] = {}

    def row(self, location: Location | None) -> int:
        """Returns the row of a location, or -1 for None."""
        chain = []
        while location is not None:
            chain.append(location)
            location = location.inlined.call if location.inlined is not None else None
        number = _NONE
        for place in reversed(chain):
            function = _NONE
            if place.inlined is not None:
                function = self._text(self.functions, "function", place.inlined.function)
            path = self._text(self.paths, "path", place.path)
            row = (path, place.line, place.column, function, number)
            if row not in self._numbers:
                self._numbers[row] = len(self.rows)
                self.rows.append(row)
            number = self._numbers[row]
        return number

    def _text(self, texts: list[str], kind: str, text: str) -> int:
        if (kind, text) not in self._known:
            self._known[kind, text] = len(texts)
            texts.append(text)
        return self._known[kind, text]


def read_locations(
    array: NDArray[np.integer], paths: Sequence[str], functions: Sequence[str]
) -> list[Location]:
    """Returns the location of each row.

    Raises:
        DamagedError: the rows are those of no table.
    """
    if array.ndim != 2 or array.shape[1] != 5:
        raise DamagedError("`image.locations` does not have five columns")
    count = len(array)
    low = np.array([0, 1, 1, _NONE, _NONE])
    high = np.array([len(paths) - 1, _MOST, _MOST, len(functions) - 1, count])
    inside = (array >= low).all() and (array <= high).all()
    if not inside or (array[:, 4] >= np.arange(count)).any():
        raise DamagedError("`image.locations` has a number that is out of range")
    found: list[Location] = []
    for path, line, column, function, call in array.tolist():
        inlined = None
        if function != _NONE:
            inlined = Inlined(functions[function], None if call == _NONE else found[call])
        found.append(Location(paths[path], line, column, inlined))
    return found
