"""Allocated code with numbers for its operands: they compare faster, and sets are bit masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mlpl.backend.subleq.selected import ZERO, At, Label, Operand, Pool, Sub

Code = tuple[Sub | Label, ...]

NOTHING = -1
"""Stands for the operands of a label."""
ZERO_NUMBER = 0
"""The number of the cell that is always 0."""


@dataclass(slots=True)
class Numbering:
    """The operands of some code by number.

    Attributes:
        operands: by number.
        a: for each item the number of its operand a; `NOTHING` for a label.
        b: likewise.
    """

    operands: list[Operand] = field(default_factory=lambda: [ZERO])
    a: list[int] = field(default_factory=list)
    b: list[int] = field(default_factory=list)

    def mask(self, cells: Iterable[Operand]) -> int:
        """Returns the set of the cells, as far as they occur."""
        wanted = set(cells)
        return sum(1 << n for n, operand in enumerate(self.operands) if operand in wanted)

    def mask_of(self, object_: str) -> int:
        """Returns the set of the cells of an object."""
        return sum(
            1 << n
            for n, operand in enumerate(self.operands)
            if isinstance(operand, At) and operand.object == object_
        )

    def constants(self) -> int:
        """Returns the set of the cells of the constant pool."""
        return sum(1 << n for n, operand in enumerate(self.operands) if isinstance(operand, Pool))


def number_operands(code: Code) -> Numbering:
    """Returns numbers for the operands, in the order in which they appear."""
    numbering = Numbering()
    numbers: dict[Operand, int] = {ZERO: ZERO_NUMBER}
    for item in code:
        if isinstance(item, Label):
            numbering.a.append(NOTHING)
            numbering.b.append(NOTHING)
            continue
        for operand, into in ((item.a, numbering.a), (item.b, numbering.b)):
            number = numbers.setdefault(operand, len(numbers))
            if number == len(numbering.operands):
                numbering.operands.append(operand)
            into.append(number)
    return numbering
