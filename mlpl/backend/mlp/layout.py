"""Where the parts of the machine's state stand in the state vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.subleq.engine import REGISTERS, Change
from mlpl.backend.subleq.state import State, Words

Vector = NDArray[np.int64]
"""A state vector: integers that are not negative, shape (size,)."""


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

    Attributes:
        word_bits: w.
        memory: n.
    """

    word_bits: int
    memory: int

    @property
    def parts(self) -> tuple[Part, ...]:
        """Memory and then the registers, in the order of `REGISTERS`."""
        w = self.word_bits
        found = [Part("memory", 0, self.memory, w)]
        for name in REGISTERS:
            bits = 1 if name in ("taken", "valid") else w
            found.append(Part(name, found[-1].stop, 1, bits))
        return tuple(found)

    @property
    def size(self) -> int:
        """The number of entries: (n + 3) w + 2."""
        return (self.memory + 3) * self.word_bits + 2

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
            ValueError: the state is not one of this machine.
        """
        state.check(self.word_bits, self.memory)
        vector = np.zeros(self.size, dtype=np.int64)
        words: list[Words] = [state.memory]
        words += [np.array([int(value)], dtype=np.int64) for value in state.registers()]
        for part, values in zip(self.parts, words, strict=True):
            bits = values[:, None] >> np.arange(part.bits) & 1
            vector[part.slice] = bits.reshape(-1)
        return vector

    def decode(self, vector: NDArray[np.integer]) -> State:
        """Returns the state that a vector stands for; an entry above 0 is a 1."""
        memory, pc, word, taken, output, valid = (self.words(vector, x) for x in self.parts)
        return State(
            memory, int(pc[0]), int(word[0]), bool(taken[0]), int(output[0]), bool(valid[0])
        )

    def words(self, vector: NDArray[np.integer], part: Part) -> Words:
        """Returns the words of one part of a vector, unsigned, shape (rows,)."""
        bits = vector[part.slice].reshape(part.rows, part.bits) > 0
        return bits @ (np.int64(1) << np.arange(part.bits, dtype=np.int64))

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
            flat = entries[inside] - part.start
            flips = (old[inside] > 0) != (now[entries[inside]] > 0)
            masks: dict[int, int] = {}
            for place, flip in zip(flat.tolist(), flips.tolist(), strict=True):
                row, bit = divmod(place, part.bits)
                masks[row] = masks.get(row, 0) ^ (int(flip) << bit)
            for row, mask in sorted(masks.items()):
                if mask:
                    word = Part(part.name, part.start + row * part.bits, 1, part.bits)
                    after = int(self.words(now, word)[0])
                    found.append(Change(part.name, row, after ^ mask, after))
        return tuple(found)
