"""Rewrites of straight-line SUBLEQ that are proved equal for every width and every content.

A row reads `given y = 0: before => after`. Letters are cells, all distinct, or where
a row only reads them, constants; `0` is the cell that is always 0; `#c` is a constant and `#-c` one
that is made of it. `-> L` is a branch where
the result is <= 0, to any place; a halt address is one too. What is given must hold before.

Code without branches is a linear map of the cells over the integers modulo 2^w, and a branch tests
one linear form. Rows are equal if the maps at every branch and at the end are the same, with the
same tested forms, as integers: that proves them for every w. `python -m
tests.extended.prove_rewrites` does it, tries every content of narrow words, asks a solver at 8, 16
and 32 bits, and searches again for shorter code; `tests/test_rewrites.py` repeats the first two.

Between the steps of a row may stand others, as long as they touch none of its cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

TEXT = """
a test of what was just written belongs to the instruction that wrote it
  y -= x; y -= 0 -> L => y -= x -> L
  y -= y; y -= 0 -> L => y -= y -> L
a clear in front of a jump is the jump
  x -= x; 0 -= 0 -> L => x -= x -> L
two values that are added one after the other
  y -= x; x -= x; x -= z; y -= x; x -= x => x -= z; y -= x; x -= x
  y -= x; x -= x; x -= z; y -= x; x -= x -> L => x -= z; y -= x; x -= x -> L
  y -= x; x -= x; x -= z; x -= u; y -= x; x -= x => x -= z; x -= u; y -= x; x -= x
a value that goes through a scratch cell back to its own place
  given y = 0: y -= x; x -= x; x -= y => y -= x
  given y = 0: y -= x; x -= x; x -= y -> L => y -= x; x -= 0 -> L
  given y = 0: y -= x; x -= x; y -= #c; x -= y => x -= #-c; y -= x
a negative that is still at hand
  x -= x; x -= y; y -= y; y -= x => x -= x; x -= y
  x -= x; x -= y; y -= y; y -= x -> L => x -= x; x -= y; y -= 0 -> L
  given y = 0: y -= x; z -= y; y -= y; y -= x => y -= x; z -= y
  given y = 0: y -= x; z -= y; y -= y; y -= x -> L => y -= x; z -= y; y -= 0 -> L
  given y = 0: y -= x; z -= y; u -= y; y -= y; y -= x => y -= x; z -= y; u -= y
  given y = 0: y -= x; z -= y; u -= y; v -= y; y -= y; y -= x => y -= x; z -= y; u -= y; v -= y
  given y = 0, z = 0: y -= x; z -= y; y -= y; y -= z => y -= x; z -= y
a negative that differs by a constant
  given y = 0: y -= x; y -= #c -> L; y -= y; y -= x => y -= x; y -= #c -> L; y -= #-c
  given y = 0, z = 0: y -= x; z -= y; y -= y; z -= #c; y -= z => y -= x; y -= #-c; z -= y
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a row: b -= a, then to `target` if b <= 0, where there is one.

    Attributes:
        a: a letter, "0", or "#" with letters of constants and signs.
        b: a letter, or "0".
        target: the letter of a place, or "".
    """

    a: str
    b: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A row.

    Attributes:
        title: what it does.
        zeros: letters of cells that hold 0 before.
        before: what it takes the place of.
        after: the same in effect, and shorter.
    """

    title: str
    zeros: frozenset[str]
    before: tuple[Step, ...]
    after: tuple[Step, ...]

    @property
    def written(self) -> frozenset[str]:
        """The letters of cells that it writes."""
        return frozenset(step.b for step in self.before)

    def __str__(self) -> str:
        given = ", ".join(f"{z} = 0" for z in sorted(self.zeros))
        code = f"{spell(self.before)} => {spell(self.after)}"
        return f"given {given}: {code}" if given else code


_ROW = re.compile(r"(?:given (?P<given>[^:]*):)?(?P<before>.*)=>(?P<after>.*)")
_STEP = re.compile(r"(?P<b>\w) -= (?P<a>[^\s;]+)(?: -> (?P<target>\w))?")


def spell(steps: tuple[Step, ...]) -> str:
    """Returns steps as in the table."""
    return "; ".join(f"{s.b} -= {s.a}{' -> ' + s.target if s.target else ''}" for s in steps)


def parse(text: str) -> tuple[Rewrite, ...]:
    """Returns the rows of a table: indented, under lines that say what they do."""
    rows, title = [], ""
    for line in filter(None, text.splitlines()):
        match = _ROW.match(line.strip())
        if match is None:
            title = line
            continue
        zeros = frozenset(re.findall(r"(\w) = 0", match["given"] or ""))
        rows.append(Rewrite(title, zeros, _steps(match["before"]), _steps(match["after"])))
    return tuple(rows)


def _steps(text: str) -> tuple[Step, ...]:
    return tuple(Step(m["a"], m["b"], m["target"] or "") for m in _STEP.finditer(text))


def terms(operand: str) -> Mapping[str, int]:
    """Returns the letters of constants in an operand `#...`, with their signs."""
    return {name: -1 if sign == "-" else 1 for sign, name in re.findall(r"([+-]?)(\w)", operand)}


REWRITES = parse(TEXT)
"""The rows of the table."""
