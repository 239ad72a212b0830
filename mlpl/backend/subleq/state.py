"""The state of the machine: memory, program counter and the two ports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.subleq.modes import ACCUMULATE, MODES, STANDARD, check_machine

__all__ = ["ACCUMULATE", "MODES", "STANDARD", "State", "Words", "check_machine"]

Words = NDArray[np.int64]
"""Words of w bits, unsigned, each in 0 to 2^w - 1."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Everything that one step reads and writes (M1.3).

    Attributes:
        memory: the n cells, unsigned words, shape (n,).
        pc: the program counter, an unsigned word; halted if its sign bit is set.
        input: the input word, unsigned.
        taken: whether the last step took the input word.
        output: the output word, unsigned; 0 where `valid` is False.
        valid: whether the last step wrote the output word.
    """

    memory: Words
    pc: int = 0
    input: int = 0
    taken: bool = False
    output: int = 0
    valid: bool = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return self.registers() == other.registers() and np.array_equal(self.memory, other.memory)

    def registers(self) -> tuple[int, int, bool, int, bool]:
        """All but the memory: pc, input, taken, output, valid."""
        return self.pc, self.input, self.taken, self.output, self.valid

    def check(self, word_bits: int, memory: int) -> None:
        """Raises ValueError unless this is a state of a machine with `memory` cells of w bits."""
        if self.memory.shape != (memory,):
            raise ValueError(f"a state of {self.memory.shape} for a memory of {memory} cells")
        words = (int(self.memory.min()), int(self.memory.max()), self.pc, self.input, self.output)
        if min(words) < 0 or max(words) >> word_bits:
            raise ValueError(f"a state with words outside 0..{(1 << word_bits) - 1}")
