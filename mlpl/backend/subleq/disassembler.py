"""From an image to SUBLEQ assembly that people can read (M3.2)."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator

from mlpl.backend.subleq.assembler import PORTS
from mlpl.backend.subleq.image import Image
from mlpl.base.words import wrap

_ROW = 8
"""Words in a line of data."""

_LEAST_ZEROS = 4
_LEAST_TEXT = 3
"""So many zeros are written `[n]`; so many letters in a row are shown as text beside them."""

_COMMENT_COLUMN = 40


def disassemble(image: Image) -> str:
    """Returns a text that assembles to exactly the words of `image`.

    Instructions stand where the image's facts say; the rest is data. Cells that instructions
    name get labels: those of the facts' variables, else `c17` for a cell and `L12` for the target
    of a branch. Comments tell source lines, traps, and the text that data spells.
    """
    return "".join(line + "\n" for line in _Disassembler(image).lines())


class _Disassembler:
    """What is known before the first line is written.

    Attributes:
        code: addresses of the instructions that are shown as such; they do not overlap.
        names: the label of each address that has one.
        bases: for each cell of a variable, the variable's address.
        touched: the cells that instructions read or write.
    """

    def __init__(self, image: Image) -> None:
        self.image = image
        self.words = image.words
        self.code = _disjoint(image)
        self.touched = {cell for pc in self.code for cell in self.words[pc : pc + 2]}
        self.bases: dict[int, int] = {}
        self.names: dict[int, str] = {}
        self.taken = set(PORTS)
        self._name_variables()
        self._name_operands()
        self.breaks = sorted({*self.names, *self.code, len(self.words)})

    def _name(self, address: int, wanted: str) -> None:
        """Gives the address this name, or one like it that is free."""
        name, number = wanted, 2
        while name in self.taken:
            name, number = f"{wanted}_{number}", number + 1
        self.taken.add(name)
        self.names[address] = name

    def _name_variables(self) -> None:
        for variable in self.image.facts.variables:
            first = variable.address
            if first >= len(self.words) or first in self.names:
                continue
            plain = re.sub(r"[^A-Za-z0-9_@]", "_", variable.name)
            self._name(first, plain if re.match(r"[A-Za-z_@]", plain) else f"_{plain}")
            if variable.type != "code":
                for cell in range(first, first + variable.length):
                    self.bases.setdefault(cell, first)

    def _name_operands(self) -> None:
        """Names what instructions refer to and no variable covers."""
        for pc in sorted(self.code):
            for letter, cell in (("c", pc), ("c", pc + 1), ("L", pc + 2)):
                address = self.words[cell]
                if address in self.names or address in self.bases or address >= len(self.words):
                    continue
                if self._placeholder(cell) or (letter == "L" and address == pc + 3):
                    continue
                self._name(address, f"{'L' if address in self.code else letter}{address}")

    def lines(self) -> Iterator[str]:
        """Yields the text line by line."""
        image = self.image
        yield f"# {len(self.words)} words of {image.word_bits} bits, {image.memory} cells"
        address, place = 0, ""
        while address < len(self.words):
            if address in self.code:
                location = image.facts.lines.get(address)
                if location and place != (place := f"# {location.path}:{location.line}"):
                    yield place
                yield from self._instruction(address)
                address += 3
            else:
                end = self.breaks[bisect_right(self.breaks, address)]
                yield from self._data(address, end)
                address = end

    def _instruction(self, pc: int) -> Iterator[str]:
        a, b, c = (self._operand(cell) for cell in range(pc, pc + 3))
        onward = self.words[pc + 2] == pc + 3
        if pc in self.names:
            yield f"{self.names[pc]}:"
        if onward and pc + 2 not in self.names:
            clears = a == b and pc + 1 not in self.names
            yield f"    {a}" if clears else f"    {a} {self._label(pc + 1)}{b}"
        else:
            c = "?" if onward else c
            line = f"    {a} {self._label(pc + 1)}{b} {self._label(pc + 2)}{c}"
            site = self.image.facts.traps.get(self.words[pc + 2])
            yield f"{line:{_COMMENT_COLUMN}}# {site.kind.value}" if site else line

    def _label(self, address: int) -> str:
        return f"{self.names[address]}:" if address in self.names else ""

    def _placeholder(self, cell: int) -> bool:
        """Whether an operand is a 0 that waits to be patched, and not the address 0."""
        return self.words[cell] == 0 and cell in self.touched

    def _operand(self, cell: int) -> str:
        """Returns an operand as a label, a distance from one, or a number."""
        word = self.words[cell]
        if self._placeholder(cell):
            return "0"
        if word in self.names:
            return self.names[word]
        if word in self.bases:
            base = self.bases[word]
            return f"{self.names[base]}+{word - base}"
        return self._number(word)

    def _number(self, word: int) -> str:
        """Returns a signed number; in parentheses where a sign would make it a difference."""
        value = wrap(word, self.image.word_bits)
        return str(value) if value >= 0 else f"({value})"

    def _data(self, address: int, end: int) -> Iterator[str]:
        """Yields the lines of data from `address` up to `end`; only the first can have a label."""
        label = f"{self.names[address]}: " if address in self.names else ""
        while address < end:
            zeros = self._zeros(address, end)
            if zeros >= _LEAST_ZEROS:
                stop, text = address + zeros, f"[{zeros}]"
            else:
                stop = self._row_end(address, end)
                text = " ".join(self._number(word) for word in self.words[address:stop])
            line = f". {label}{text}"
            shown = _text(self.words[address:stop])
            yield f"{line:{_COMMENT_COLUMN}}# {shown}" if shown else line
            address, label = stop, ""

    def _zeros(self, address: int, end: int) -> int:
        """Returns how many zeros follow one another from `address`, before `end`."""
        stop = address
        while stop < end and self.words[stop] == 0:
            stop += 1
        return stop - address

    def _row_end(self, address: int, end: int) -> int:
        """Returns where a line of data ends: it is full, or many zeros follow."""
        for stop in range(address + 1, min(address + _ROW, end)):
            if self._zeros(stop, min(stop + _LEAST_ZEROS, end)) == _LEAST_ZEROS:
                return stop
        return min(address + _ROW, end)


def _disjoint(image: Image) -> set[int]:
    """Returns the addresses of instructions, without those that begin inside another."""
    found: set[int] = set()
    end = 0
    for pc in image.facts.code:
        if end <= pc <= len(image.words) - 3:
            found.add(pc)
            end = pc + 3
    return found


def _text(words: tuple[int, ...]) -> str:
    """Returns the words as a quoted text, or "" where they do not look like one."""
    plain = all(32 <= word < 127 or word == 10 for word in words)
    if len(words) < _LEAST_TEXT or not plain or not any(chr(word).isalpha() for word in words):
        return ""
    return json.dumps("".join(map(chr, words)))
