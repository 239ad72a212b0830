"""The state of the machine: memory, program counter and the two ports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.int64]
"""Words of w bits, unsigned, each in 0 to 2^w - 1."""

STANDARD = "standard"
ACCUMULATE = "accumulate"
MODES = (STANDARD, ACCUMULATE)
"""What reading the port into a cell does: replace the cell (M2.5), or add and branch (M2.8)."""


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
