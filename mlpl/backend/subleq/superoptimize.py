"""Applies the table of proved rewrites to allocated code.

A row fits where its steps stand in order in straight-line code, its letters for distinct cells.
What stands between them must touch none of these cells: then it commutes with the row's steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum

from mlpl.backend.subleq.known_zero import CONVENTION, Zeros, is_private, known_zero
from mlpl.backend.subleq.rewrite_table import REWRITES, Rewrite, Step, terms
from mlpl.backend.subleq.selected import PORT, ZERO, Expression, Label, Operand, Pool, Sub
from mlpl.base.words import wrap

Code = tuple[Sub | Label, ...]

REACH = 16
"""A row's steps stand within so many instructions."""


def superoptimize(code: Code, entries: Set[str], private: str, word_bits: int) -> Code:
    """Returns the code with rows of the table applied wherever they fit: equal and no longer.

    Args:
        code: allocated code of one function.
        entries: labels where control comes in from other functions.
        private: the object whose cells no pointer ever reaches.
        word_bits: w.
    """
    zeros = known_zero(code, entries, private)
    place = _Place(code, private, word_bits)
    for start in range(len(code)):
        known = zeros[start]
        if known is None or start in place.changed:
            continue
        for row in _fitting(code, start):
            match = _Match(row, place, known)
            if match.found(start):
                match.apply()
                break
    result: list[Sub | Label] = []
    for index, each in enumerate(code):
        result += place.changed.get(index, (each,))
    return tuple(result)


def _fitting(code: Code, start: int) -> Sequence[Rewrite]:
    """Returns the rows whose first two steps may be the item at `start` and one behind it.

    The second step of a row is a branch or has a cell of the first. What stands between the two is
    and has neither.
    """
    first = code[start]
    if isinstance(first, Label) or first.b == ZERO:
        return ()
    shape = _shape(first)
    if shape not in _SHAPES:
        return ()
    for item in code[start + 1 : start + REACH]:
        if isinstance(item, Label):
            return ()
        b, a = _part(item.b, first), _part(item.a, first)
        if item.target is not None or b is not _Part.OTHER or a is not _Part.OTHER:
            return _ROWS.get((shape, _shape(item), b, a), ())
    return ()


def _shape(item: Sub | Step) -> tuple[bool, bool]:
    """Returns what tells steps apart at once: whether it is a clear, and a branch."""
    return item.a == item.b, item.target not in (None, "")


class _Part(Enum):
    """What an operand of a row's second step is in its first step."""

    WRITTEN = "b"
    READ = "a"
    OTHER = "neither"


_Key = tuple[tuple[bool, bool], tuple[bool, bool], _Part, _Part]


def _part(operand: Operand | str, first: Sub | Step) -> _Part:
    if operand == first.b:
        return _Part.WRITTEN
    return _Part.READ if operand == first.a else _Part.OTHER


def _by_start() -> Mapping[_Key, list[Rewrite]]:
    """Returns the rows by how their first two steps look, those that save most first."""
    found: dict[_Key, list[Rewrite]] = {}
    for row in sorted(REWRITES, key=lambda row: len(row.after) - len(row.before)):
        first, second = row.before[:2]
        key = _shape(first), _shape(second), _part(second.b, first), _part(second.a, first)
        found.setdefault(key, []).append(row)
        if second.a.startswith("#"):  # a constant that may be the first step's, too
            found.setdefault((*key[:3], _Part.READ), []).append(row)
    return found


_ROWS = _by_start()
_SHAPES = frozenset(key[0] for key in _ROWS)


@dataclass(slots=True)
class _Place:
    """Where rows are applied.

    Attributes:
        code: of the function.
        private: the object whose cells no pointer ever reaches.
        word_bits: w.
        changed: what stands in the place of items, by their index.
    """

    code: Code
    private: str
    word_bits: int
    changed: dict[int, tuple[Sub, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Match:
    """A row at a place.

    Attributes:
        row: of the table.
        place: the code.
        zeros: cells that hold 0 at the row's first step.
        cells: what the letters of cells stand for.
        constants: what the letters of constants stand for.
        targets: what the letters of places stand for.
        found_at: where the steps of `before` stand.
    """

    row: Rewrite
    place: _Place
    zeros: Zeros
    cells: dict[str, Operand] = field(default_factory=dict)
    constants: dict[str, Expression] = field(default_factory=dict)
    targets: dict[str, Expression] = field(default_factory=dict)
    found_at: list[int] = field(default_factory=list)

    def found(self, start: int) -> bool:
        """Whether the row fits from `start` on; then `apply` puts it in."""
        between: list[Sub] = []
        for index in range(start, min(start + REACH, len(self.place.code))):
            item = self.place.code[index]
            if index in self.place.changed or isinstance(item, Label):
                return False
            if self._fits(self.row.before[len(self.found_at)], item):
                self.found_at.append(index)
                if len(self.found_at) == len(self.row.before):
                    return all(map(self._apart, between)) and self._possible()
            elif not self.found_at or item.target is not None or not self._apart(item):
                return False
            else:
                between.append(item)
        return False

    def _fits(self, step: Step, item: Sub) -> bool:
        if item.label or _shape(item) != _shape(step):
            return False
        kept = dict(self.cells), dict(self.constants)
        if self._operand(step.b, item.b) and self._operand(step.a, item.a):
            if item.target is None:
                return True
            if self.targets.setdefault(step.target, item.target) == item.target:
                return True
        self.cells, self.constants = kept
        return False

    def _operand(self, name: str, operand: Operand) -> bool:
        """Takes an operand for a letter; False if it cannot be."""
        if name == "0" or operand == ZERO or operand is PORT:
            return name == "0" and operand == ZERO
        if name.startswith("#"):
            if not isinstance(operand, Pool):
                return False
            return self.constants.setdefault(name[1:], operand.value) == operand.value
        if name not in self.cells:
            if operand in self.cells.values():
                return False
            if isinstance(operand, Pool) and name in self.row.written:
                return False
            if name in self.row.zeros and operand not in self.zeros:
                return False
            self.cells[name] = operand
        return self.cells[name] == operand

    def _apart(self, item: Sub) -> bool:
        """Whether an instruction between the row's steps neither reads nor writes its cells."""
        cells = self.cells.values()
        if item.a in cells or item.b in cells:
            return False
        if not item.label:
            return True
        private = self.place.private
        return all(c in CONVENTION or is_private(c, private) for c in cells)

    def _possible(self) -> bool:
        """Whether the row's constants can be made: at most one of a sum is an address."""
        return all(
            sum(bool(self.constants[name].symbol) for name in terms(step.a)) <= 1
            for step in self.row.after
            if step.a.startswith("#")
        )

    def apply(self) -> None:
        """Puts `after` in, part by part: each ends with a branch or with the row."""
        done = 0
        for before, after in zip(_parts(self.row.before), _parts(self.row.after), strict=True):
            places = self.found_at[done : done + len(before)]
            done += len(before)
            last = self.place.code[places[-1]]
            assert isinstance(last, Sub)
            self.place.changed |= dict.fromkeys(places, ())
            self.place.changed[places[-1]] = tuple(self._made(step, last) for step in after)

    def _made(self, step: Step, like: Sub) -> Sub:
        target = self.targets[step.target] if step.target else None
        keeps = like.keeps if target is not None else ()
        return Sub(self._cell(step.a), self._cell(step.b), target, "", like.location, keeps)

    def _cell(self, name: str) -> Operand:
        if name == "0":
            return ZERO
        if not name.startswith("#"):
            return self.cells[name]
        constant, symbol, sign = 0, "", 1
        for letter, factor in terms(name).items():
            value = self.constants[letter] if factor > 0 else self.constants[letter].negated()
            constant += value.constant
            if value.symbol:
                symbol, sign = value.symbol, value.sign
        constant = wrap(constant, self.place.word_bits) if not symbol else constant
        return Pool(Expression(constant, symbol, sign)) if constant or symbol else ZERO


def _parts(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Yields steps up to each branch, and what comes behind the last."""
    begin = 0
    for end, step in enumerate(steps, 1):
        if step.target or end == len(steps):
            yield steps[begin:end]
            begin = end
