"""Applies the table of proved rewrites to allocated code.

A row fits where its steps stand in order in straight-line code, its letters for distinct cells.
What stands between them must touch none of these cells: then it commutes with the row's steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from mlpl.backend.subleq.known_zero import CONVENTION, known_zero
from mlpl.backend.subleq.numbering import ZERO_NUMBER, Numbering, number_operands
from mlpl.backend.subleq.rewrite_meanings import Meanings
from mlpl.backend.subleq.rewrite_table import Step
from mlpl.backend.subleq.rewrite_tree import CONSTANT, ROOT, ZERO_OPERAND, Key, Node, Row
from mlpl.backend.subleq.selected import PORT, Label, Sub

Code = tuple[Sub | Label, ...]

REACH = 16
"""A row's steps stand within so many instructions."""


def superoptimize(code: Code, entries: Set[str], private: str, word_bits: int) -> Code:
    """Returns the code with rows of the table applied wherever they fit: equal and no longer.

    It is `code` itself where none fits.

    Args:
        code: allocated code of one function.
        entries: labels where control comes in from other functions.
        private: the object whose cells no pointer ever reaches.
        word_bits: w.
    """
    numbering = number_operands(code)
    zeros = known_zero(code, numbering, entries, private)
    place = _Place(code, numbering, private, word_bits)
    for start, known in enumerate(zeros):
        if known and start not in place.changed:
            for match in sorted(place.matches(start), key=lambda match: match.row.rank):
                meanings = place.meanings(match, known)
                if meanings is not None:
                    place.apply(match, meanings)
                    break
    if not place.changed:
        return code
    result: list[Sub | Label] = []
    for index, each in enumerate(code):
        result += place.changed.get(index, (each,))
    return tuple(result)


@dataclass(frozen=True, slots=True)
class _Match:
    """A row whose steps stand somewhere.

    Attributes:
        row: of the table.
        at: where its steps stand.
        between: what stands between them.
        cells: the numbers of the operands that its cells stand for.
    """

    row: Row
    at: tuple[int, ...]
    between: tuple[int, ...]
    cells: tuple[int, ...]


class _Place:
    """Code to which rows are applied.

    Attributes:
        changed: what stands in the place of items, by their index.
    """

    def __init__(self, code: Code, numbering: Numbering, private: str, word_bits: int) -> None:
        self.changed: dict[int, tuple[Sub, ...]] = {}
        self._code = code
        self._numbering = numbering
        self._constants = numbering.constants()
        self._port = numbering.mask((PORT,))
        self._safe = numbering.mask(CONVENTION) | numbering.mask_of(private)
        self._word_bits = word_bits

    def matches(self, start: int) -> Iterator[_Match]:
        """Yields the rows whose steps begin at `start`, as far as cells tell."""
        return self._down(ROOT, start, min(start + REACH, len(self._code)), (), (), ())

    def _down(
        self,
        node: Node,
        start: int,
        end: int,
        at: tuple[int, ...],
        between: tuple[int, ...],
        cells: tuple[int, ...],
    ) -> Iterator[_Match]:
        """Yields the rows below a node whose next step is one of the items before `end`."""
        a, b = self._numbering.a, self._numbering.b
        for index in range(start, end):
            item = self._code[index]
            if index in self.changed or isinstance(item, Label):
                return
            fits = False
            for key, bound in self._keys(index, item, cells):
                below = node.following.get(key)
                if below is not None:
                    fits = True
                    here = (*at, index)
                    for row in below.rows:
                        yield _Match(row, here, between, bound)
                    if below.following:
                        yield from self._down(below, index + 1, end, here, between, bound)
            if fits or not at or item.target is not None:
                return
            if a[index] in cells or b[index] in cells:
                return
            between = (*between, index)

    def _keys(
        self, index: int, item: Sub, cells: tuple[int, ...]
    ) -> Iterator[tuple[Key, tuple[int, ...]]]:
        """Yields how an instruction can be read as a step, with the cells that are known then."""
        a, b = self._numbering.a[index], self._numbering.b[index]
        if item.label or (1 << a | 1 << b) & self._port:
            return
        branch = item.target is not None
        if b == ZERO_NUMBER:
            b_key = ZERO_OPERAND
        else:
            if b not in cells:
                cells = (*cells, b)
            b_key = cells.index(b)
        if a == ZERO_NUMBER:
            yield (branch, b_key, ZERO_OPERAND), cells
            return
        if self._constants >> a & 1:
            yield (branch, b_key, CONSTANT), cells
        if a not in cells:
            cells = (*cells, a)
        yield (branch, b_key, cells.index(a)), cells

    def meanings(self, match: _Match, zeros: int) -> Meanings | None:
        """Returns what the row's letters stand for; None if it asks for more than there is.

        Args:
            match: the row, and where its steps stand.
            zeros: the cells that hold 0 before it.
        """
        if not all(zeros >> match.cells[cell] & 1 for cell in match.row.zeros):
            return None
        if not all(self._apart(index, match.cells) for index in match.between):
            return None
        operands = (self._numbering.operands[cell] for cell in match.cells)
        found = Meanings(dict(zip(match.row.cells, operands, strict=True)), self._word_bits)
        steps = zip(match.row.rewrite.before, match.at, strict=True)
        fits = all(found.take(step, self._sub(index)) for step, index in steps)
        return found if fits and all(map(found.can_make, match.row.rewrite.after)) else None

    def _apart(self, index: int, cells: tuple[int, ...]) -> bool:
        """Whether an instruction between the row's steps neither reads nor writes its cells."""
        if self._numbering.a[index] in cells or self._numbering.b[index] in cells:
            return False
        return not self._sub(index).label or all(self._safe >> cell & 1 for cell in cells)

    def _sub(self, index: int) -> Sub:
        item = self._code[index]
        assert isinstance(item, Sub), "no label stands among a row's steps"
        return item

    def apply(self, match: _Match, meanings: Meanings) -> None:
        """Puts `after` in, part by part: each ends with a branch or with the row."""
        done = 0
        rewrite = match.row.rewrite
        for before, after in zip(_parts(rewrite.before), _parts(rewrite.after), strict=True):
            places = match.at[done : done + len(before)]
            done += len(before)
            self.changed |= dict.fromkeys(places, ())
            last = self._sub(places[-1])
            self.changed[places[-1]] = tuple(meanings.make(step, last) for step in after)


def _parts(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Yields steps up to each branch, and what comes behind the last."""
    begin = 0
    for end, step in enumerate(steps, 1):
        if step.target or end == len(steps):
            yield steps[begin:end]
            begin = end
