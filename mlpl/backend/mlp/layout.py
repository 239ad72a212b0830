"""Where the parts of the machine's state stand in the state vector."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.subleq.engine import REGISTERS, Change
from mlpl.backend.subleq.state import State, Words

Vector = NDArray[np.int64]
"""A state vector: integers that are not negative, shape (size,)."""

Constants = tuple[tuple[int, int], ...]
"""Cells that never change, and their unsigned words, by ascending cell."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the state: `rows` words of `bits` bits, word after word, low bit first."""

    name: str
    start: int
    rows: int
    bits: int

    @property
    def stop(self) -> int:
        """The index after its last entry."""
        return self.start + self.rows * self.bits

    @property
    def slice(self) -> slice:
        """Its place in the vector."""
        return slice(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class StateLayout:
    """The state vector of a machine with n cells of w bits (N1.2).

    Memory, cell after cell, then pc, input word, taken, output word, valid; bits from the lowest
    to the highest. Entries are 0 or 1; in the networks of other people, an entry above 0 is a 1.
    Cells that are constants have no entries: of the memory, row i is the cell `cells[i]`.

    Attributes:
        word_bits: w.
        memory: n.
        constants: the cells that are folded into the weights.
        cells: all others, ascending, shape (k,).
        rest: the memory with the words of the constants, and 0 in all other cells; shape (n,).
        parts: memory and then the registers, in the order of `REGISTERS`.
    """

    word_bits: int
    memory: int
    constants: Constants = ()
    cells: Words = field(init=False, repr=False, compare=False)
    rest: Words = field(init=False, repr=False, compare=False)
    parts: tuple[Part, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Checks the constants.

        Raises:
            ValueError: they are no cells in ascending order, or no words.
        """
        pairs = np.array(self.constants, dtype=np.int64).reshape(-1, 2)
        known, words = pairs.T
        if (np.diff(known) <= 0).any():
            raise ValueError("constant cells do not ascend")
        if len(pairs) and not 0 <= known[0] <= known[-1] < self.memory:
            raise ValueError(f"a constant cell is not one of {self.memory}")
        if len(pairs) and not 0 <= words.min() <= words.max() < 1 << self.word_bits:
            raise ValueError(f"a constant is no word of {self.word_bits} bits")
        rest = np.zeros(self.memory, dtype=np.int64)
        rest[known] = words
        object.__setattr__(self, "cells", np.delete(np.arange(self.memory), known))
        object.__setattr__(self, "rest", rest)
        object.__setattr__(self, "parts", self._parts())

    def _parts(self) -> tuple[Part, ...]:
        w = self.word_bits
        found = [Part("memory", 0, len(self.cells), w)]
        for name in REGISTERS:
            bits = 1 if name in ("taken", "valid") else w
            found.append(Part(name, found[-1].stop, 1, bits))
        return tuple(found)

    @property
    def varies(self) -> NDArray[np.bool_]:
        """Which cells are no constants, shape (n,)."""
        mask = np.zeros(self.memory, dtype=bool)
        mask[self.cells] = True
        return mask

    @property
    def size(self) -> int:
        """The number of entries: (k + 3) w + 2."""
        return (len(self.cells) + 3) * self.word_bits + 2

    def part(self, name: str) -> Part:
        """Returns a part by name."""
        return next(part for part in self.parts if part.name == name)

    @property
    def halt(self) -> int:
        """The entry that says the machine is halted: the sign bit of pc."""
        return self.part("pc").stop - 1

    def encode(self, state: State) -> Vector:
        """Returns a state as a vector of 0 and 1.

        Raises:
            ValueError: the state is not one of this machine, or has other words in the cells
                that are constants.
        """
        state.check(self.word_bits, self.memory)
        self._check_constants(state.memory)
        vector = np.empty(self.size, dtype=np.int64)
        memory, *registers = self.parts
        bits = state.memory[self.cells][:, None] >> np.arange(memory.bits) & 1
        vector[memory.slice] = bits.reshape(-1)
        for part, value in zip(registers, state.registers(), strict=True):
            word = int(value)
            vector[part.slice] = [word >> bit & 1 for bit in range(part.bits)]
        return vector

    def decode(self, vector: NDArray[np.integer]) -> State:
        """Returns the state that a vector stands for; an entry above 0 is a 1."""
        memory, *registers = self.parts
        whole = self.rest.copy()
        whole[self.cells] = self.words(vector, memory)
        pc, word, taken, output, valid = (_word(vector[part.slice]) for part in registers)
        return State(whole, pc, word, bool(taken), output, bool(valid))

    def words(self, vector: NDArray[np.integer], part: Part) -> Words:
        """Returns the words of one part of a vector, unsigned, shape (rows,)."""
        bits = vector[part.slice].reshape(part.rows, part.bits) > 0
        packed = np.packbits(bits, axis=1, bitorder="little")
        whole = np.zeros((part.rows, 8), dtype=np.uint8)
        whole[:, : packed.shape[1]] = packed
        return whole.view("<i8")[:, 0].astype(np.int64)

    def changes(
        self, entries: NDArray[np.integer], old: NDArray[np.integer], now: NDArray[np.integer]
    ) -> tuple[Change, ...]:
        """Returns the words that differ where some entries of `now` had the values `old`.

        Args:
            entries: indices of entries, each at most once, in any order.
            old: what they held.
            now: a whole vector.
        """
        found = []
        for part in self.parts:
            inside = (entries >= part.start) & (entries < part.stop)
            if not inside.any():
                continue
            flat = entries[inside] - part.start
            flips = (old[inside] > 0) != (now[entries[inside]] > 0)
            masks: dict[int, int] = {}
            for place, flip in zip(flat.tolist(), flips.tolist(), strict=True):
                row, bit = divmod(place, part.bits)
                masks[row] = masks.get(row, 0) ^ (int(flip) << bit)
            for row, mask in sorted(masks.items()):
                if mask:
                    start = part.start + row * part.bits
                    after = _word(now[start : start + part.bits])
                    index = int(self.cells[row]) if part.name == "memory" else row
                    found.append(Change(part.name, index, after ^ mask, after))
        return tuple(found)

    def _check_constants(self, memory: Words) -> None:
        other = memory != self.rest
        other[self.cells] = False
        if other.any():
            cell = int(np.argmax(other))
            raise ValueError(
                f"cell {cell} is {memory[cell]}, and the network has {self.rest[cell]} in it"
            )


def _word(bits: NDArray[np.integer]) -> int:
    """Returns the unsigned word of some entries, the lowest bit first."""
    return int.from_bytes(np.packbits(bits > 0, bitorder="little").tobytes(), "little")
