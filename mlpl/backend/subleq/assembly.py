"""A program with labels for addresses: the last form before the words, and its text.

The text is assembly in the dialect of `.asq` files, so it can be read, changed and assembled again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlpl.backend.subleq.selected import Expression
from mlpl.base.source import Location


@dataclass(frozen=True, slots=True)
class Line:
    """One instruction: b -= a, then to c if b <= 0; c is None for the next instruction."""

    labels: tuple[str, ...]
    a: Expression
    b: Expression
    c: Expression | None
    location: Location | None


@dataclass(frozen=True, slots=True)
class Data:
    """Words under a label.

    Attributes:
        label: the symbol of the first word.
        words: their values.
        note: what they are, for people.
    """

    label: str
    words: tuple[Expression, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assembly:
    """Instructions from address 0, data behind them.

    Attributes:
        code: the instructions, three words each.
        data: in order of address.
        word_bits: w.
    """

    code: tuple[Line, ...]
    data: tuple[Data, ...]
    word_bits: int

    def addresses(self) -> dict[str, int]:
        """Returns the address of every label."""
        found: dict[str, int] = {}
        for index, line in enumerate(self.code):
            found |= dict.fromkeys(line.labels, 3 * index)
        address = 3 * len(self.code)
        for data in self.data:
            found[data.label] = address
            address += len(data.words)
        return found

    def words(self) -> tuple[int, ...]:
        """Returns the unsigned words of the whole program."""
        where = self.addresses()
        mask = (1 << self.word_bits) - 1

        def value(expression: Expression) -> int:
            base = where[expression.symbol] if expression.symbol else 0
            return (expression.constant + expression.sign * base) & mask

        words: list[int] = []
        for index, line in enumerate(self.code):
            c = 3 * index + 3 if line.c is None else value(line.c)
            words += (value(line.a), value(line.b), c)
        for data in self.data:
            words += map(value, data.words)
        return tuple(words)

    def text(self) -> str:
        """Returns the program as `.asq` text that assembles to the same words."""
        names = _identifiers([*self.addresses()])
        lines = [*self._code_lines(names), "", *self._data_lines(names)]
        return "\n".join(lines) + "\n"

    def _code_lines(self, names: dict[str, str]) -> Iterator[str]:
        shown = None
        for line in self.code:
            for label in line.labels:
                yield f"{names[label]}:"
            operands = " ".join(_spell(e, names) for e in (line.a, line.b))
            c = "?" if line.c is None else _spell(line.c, names)
            note = f"# {line.location}" if line.location and line.location != shown else ""
            shown = line.location or shown
            yield f"  {operands} {c:<12} {note}".rstrip()

    def _data_lines(self, names: dict[str, str]) -> Iterator[str]:
        for data in self.data:
            words = [_spell(e, names) for e in data.words]
            note = f" # {data.note}" if data.note else ""
            yield f". {names[data.label]}: {' '.join(words[:16])}{note}"
            for start in range(16, len(words), 16):
                yield f". {' '.join(words[start : start + 16])}"


def _spell(expression: Expression, names: dict[str, str]) -> str:
    if not expression.symbol:
        # behind another operand a bare minus sign would subtract
        return str(expression.constant) if expression.constant >= 0 else f"({expression.constant})"
    name = names[expression.symbol]
    constant = expression.constant
    if expression.sign > 0:
        return name if not constant else f"{name}{constant:+d}"
    return f"({constant}-{name})" if constant else f"(0-{name})"


def _identifiers(labels: list[str]) -> dict[str, str]:
    """Returns a distinct identifier for each label, close to it."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        base = re.sub(r"\W", "_", label.replace("@", "g_").replace("-", "minus_"))
        name = base = base if not base[:1].isdigit() else f"_{base}"
        number = 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        names[label] = name
    return names
