"""Images and their facts as arrays and JSON, and back.

Tables that grow with the program are arrays; what has names or holes is JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.subleq.call_sites import CallSite
from mlpl.backend.subleq.image import Facts, Image, Variable
from mlpl.backend.subleq.location_table import LocationTable, read_locations
from mlpl.backend.subleq.modes import check_machine
from mlpl.base.checked import Checked, DamagedError
from mlpl.base.source import Location
from mlpl.base.traps import Held, TrapKind, TrapSite

T = TypeVar("T")

_WORDS = ("words", "fixed", "code", "leaders", "written", "lines", "locations")
_HEAD = ("word_bits", "memory", "mode")
_LISTS = ("patched", "variables", "arguments", "traps", "returns", "calls", "paths", "functions")
_SINGLE = ("written", "result", "returned", "stack", "room", "start")
_MOST = (1 << 32) - 1
_KINDS = tuple(kind.value for kind in TrapKind)


def write_image(image: Image) -> tuple[dict[str, NDArray[np.integer]], dict[str, Any]]:
    """Returns the arrays and the JSON of an image.

    Arrays are of int64: `words`; `fixed`, `code`, `leaders` and `written`, addresses; `lines`,
    pairs of an address and a row of `locations`; `locations`, see `LocationTable`.
    """
    facts, table = image.facts, LocationTable()
    lines = [(address, table.row(place)) for address, place in sorted(facts.lines.items())]
    record = {
        "word_bits": image.word_bits,
        "memory": image.memory,
        "mode": image.mode,
        "written": facts.written is not None,
        "patched": sorted([cell, known and list(known)] for cell, known in facts.patched.items()),
        "variables": [list(astuple(variable)) for variable in facts.variables],
        "arguments": [list(astuple(variable)) for variable in facts.arguments],
        "result": facts.result and list(astuple(facts.result)),
        "returned": facts.returned,
        "traps": [_trap(code, site, table) for code, site in sorted(facts.traps.items())],
        "stack": facts.stack and list(facts.stack),
        "room": facts.room,
        "start": facts.start,
        "returns": [_return(name, facts) for name in sorted(facts.returns)],
        "calls": [_call(back, site, table) for back, site in sorted(facts.calls.items())],
        "paths": table.paths,
        "functions": table.functions,
    }
    arrays = {
        "words": _words(image.words),
        "fixed": _words(image.fixed),
        "code": _words(facts.code),
        "leaders": _words(facts.leaders),
        "written": _words(facts.written or ()),
        "lines": _words(lines).reshape(-1, 2),
        "locations": _words(table.rows).reshape(-1, 5),
    }
    return {f"image.{name}": array for name, array in arrays.items()}, record


def _words(values: Iterable[Any]) -> NDArray[np.integer]:
    return np.array(list(values), dtype=np.int64)


def _value(value: int | Held) -> int | list[int]:
    return [value.cell, value.scale, value.offset] if isinstance(value, Held) else value


def _trap(code: int, site: TrapSite, table: LocationTable) -> list[object]:
    values = [_value(value) for value in site.values]
    return [code, site.kind.value, table.row(site.location), site.message, values, site.function]


def _return(name: str, facts: Facts) -> list[object]:
    return [name, _value(facts.returns[name]), *facts.depths.get(name, ())]


def _call(back: int, site: CallSite, table: LocationTable) -> list[object]:
    return [back, site.function, table.row(site.location), site.pushed, site.kept]


def read_image(arrays: Mapping[str, NDArray[np.integer]], record: Checked) -> Image:
    """Returns the image of `write_image`.

    Args:
        arrays: those of the image and no others.
        record: the JSON.

    Raises:
        DamagedError: they are those of no image.
    """
    return _Reader(arrays, record).image()


class _Reader:
    """Reads an image, whose addresses must all lie in its memory."""

    def __init__(self, arrays: Mapping[str, NDArray[np.integer]], record: Checked) -> None:
        names = (*_HEAD, *_LISTS, *_SINGLE)
        self.fields = dict(zip(names, record.members(*names), strict=True))
        self.arrays = dict(zip(_WORDS, _known(arrays), strict=True))
        self.word_bits = self.fields["word_bits"].integer(4, 32)
        self.memory = self.fields["memory"].integer(4, 1 << self.word_bits)
        self.mode = self.fields["mode"].text()
        self.locations = read_locations(
            self.arrays["locations"],
            [path.text() for path in self.fields["paths"].items()],
            [name.text() for name in self.fields["functions"].items()],
        )

    def image(self) -> Image:
        try:
            check_machine(self.word_bits, self.memory, self.mode)
        except ValueError as error:
            raise DamagedError(str(error)) from None
        words = self.numbers("words", 1 << self.word_bits)
        if not 1 <= len(words) <= self.memory:
            raise DamagedError(f"an image of {len(words):,} words for {self.memory:,} cells")
        return Image(
            words, self.word_bits, self.memory, self.mode, self.facts(), self.ascending("fixed")
        )

    def facts(self) -> Facts:
        known = self.fields["written"].value
        if not isinstance(known, bool):
            self.fields["written"].refuse("is not a bool")
        written = self.ascending("written")
        return Facts(
            code=self.ascending("code"),
            leaders=self.ascending("leaders"),
            written=written if known else None,
            patched=self.table("patched", 2, self.patch),
            variables=tuple(self.variable(x) for x in self.fields["variables"].items()),
            arguments=tuple(self.variable(x) for x in self.fields["arguments"].items()),
            result=self.optional("result", self.variable),
            returned=self.optional("returned", self.cell),
            traps=self.table("traps", 6, self.trap),
            lines=self.lines(),
            stack=self.optional("stack", self.region),
            room=self.optional("room", self.cell),
            start=self.fields["start"].text(),
            returns={name.text(): self.value(known, 0) for name, known, *_ in self.returns()},
            depths={
                name.text(): (self.cell(depth[0]), self.cell(depth[1]))
                for name, _, *depth in self.returns()
                if depth
            },
            calls=self.table("calls", 5, self.call),
        )

    def returns(self) -> list[list[Checked]]:
        """Returns the rows of `returns`: a name, a value, and a cell and an address or neither."""
        rows = self.fields["returns"].items()
        return [row.items(2 if len(row.items()) == 2 else 4) for row in rows]

    def numbers(self, name: str, end: int) -> tuple[int, ...]:
        """Returns a list of numbers from 0 to below `end`."""
        array = self.arrays[name]
        if array.ndim != 1 or (array.size and not 0 <= array.min() <= array.max() < end):
            raise DamagedError(f"`image.{name}` is not a list of numbers from 0 to {end - 1:,}")
        return tuple(array.tolist())

    def ascending(self, name: str) -> tuple[int, ...]:
        """Returns cells in ascending order."""
        cells = self.numbers(name, self.memory)
        if (self.arrays[name][1:] <= self.arrays[name][:-1]).any():
            raise DamagedError(f"`image.{name}` does not ascend")
        return cells

    def lines(self) -> dict[int, Location]:
        """Returns the location of each instruction."""
        array = self.arrays["lines"]
        if array.ndim != 2 or array.shape[1] != 2:
            raise DamagedError("`image.lines` does not have two columns")
        ends = np.array([self.memory, len(self.locations)])
        if array.size and not ((array >= 0) & (array < ends)).all():
            raise DamagedError("`image.lines` has an address or a location out of range")
        return {address: self.locations[row] for address, row in array.tolist()}

    def table(self, name: str, width: int, read: Callable[[list[Checked]], T]) -> dict[int, T]:
        """Returns what `read` makes of each row behind its first item, an unsigned word."""
        most = (1 << self.word_bits) - 1
        rows = [row.items(width) for row in self.fields[name].items()]
        return {first.integer(0, most): read(others) for first, *others in rows}

    def optional(self, name: str, read: Callable[[Checked], T]) -> T | None:
        present = self.fields[name].present
        return None if present is None else read(present)

    def cell(self, field: Checked) -> int:
        return field.integer(0, self.memory - 1)

    def region(self, field: Checked) -> tuple[int, int]:
        first, length = field.items(2)
        return first.integer(0, self.memory), length.integer(0, self.memory - first.value)

    def variable(self, field: Checked) -> Variable:
        name, address, length, type_ = field.items(4)
        start = self.cell(address)
        return Variable(name.text(), start, length.integer(0, self.memory - start), type_.text())

    def patch(self, row: list[Checked]) -> tuple[int, ...] | None:
        known = row[0].present
        most = (1 << self.word_bits) - 1
        return None if known is None else tuple(x.integer(0, most) for x in known.items())

    def location(self, field: Checked) -> Location | None:
        row = field.integer(-1, len(self.locations) - 1)
        return None if row < 0 else self.locations[row]

    def value(self, field: Checked, low: int = -_MOST) -> int | Held:
        """Returns a number, or the cell that holds it."""
        if not isinstance(field.value, list):
            return field.integer(low, _MOST)
        cell, scale, offset = field.items(3)
        return Held(self.cell(cell), scale.integer(-_MOST, _MOST), offset.integer(-_MOST, _MOST))

    def trap(self, row: list[Checked]) -> TrapSite:
        kind, location, message, values, function = row
        return TrapSite(
            TrapKind(kind.choice(_KINDS)),
            self.location(location),
            message.text(),
            tuple(self.value(x) for x in values.items()),
            function.text(),
        )

    def call(self, row: list[Checked]) -> CallSite:
        function, location, pushed, kept = row
        number = pushed.integer(0, self.memory)
        place = None if kept.value is None else kept.integer(0, self.memory)
        return CallSite(function.text(), self.location(location), number, place)


def _known(arrays: Mapping[str, NDArray[np.integer]]) -> list[NDArray[np.integer]]:
    """Returns the arrays of an image in the order of `_WORDS`."""
    names = [f"image.{name}" for name in _WORDS]
    for name in (*names, *arrays):
        if name not in arrays:
            raise DamagedError(f"`{name}` is missing")
        if name not in names:
            raise DamagedError(f"`{name[:80]}` belongs to nothing")
        if arrays[name].dtype != np.int64:
            raise DamagedError(f"`{name}` does not have the type I64")
    return [arrays[name] for name in names]
