"""The rules of one step (M2) for many states at once, with NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.subleq.state import ACCUMULATE, STANDARD, State, Words

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Many states of one machine, the batch first.

    Attributes:
        memory: unsigned words, shape (batch, n).
        pc: unsigned words, shape (batch,), and so are all below.
        input: unsigned words.
        taken: flags.
        output: unsigned words.
        valid: flags.
    """

    memory: Words
    pc: Words
    input: Words
    taken: Flags
    output: Words
    valid: Flags

    def __len__(self) -> int:
        return len(self.pc)

    def __getitem__(self, index: int) -> State:
        """Returns one of the states."""
        return State(
            self.memory[index].copy(),
            int(self.pc[index]),
            int(self.input[index]),
            bool(self.taken[index]),
            int(self.output[index]),
            bool(self.valid[index]),
        )

    def put(self, mask: Flags, other: States) -> None:
        """Replaces, in place, the states where `mask` is True by those of `other`, in order."""
        for name in ("memory", "pc", "input", "taken", "output", "valid"):
            getattr(self, name)[mask] = getattr(other, name)


def step_all(
    states: States, word_bits: int, mode: str = STANDARD, writable: Flags | None = None
) -> States:
    """Returns the states after one step each, halted or not, with their own input words.

    Args:
        states: before.
        word_bits: w.
        mode: "standard" or "accumulate".
        writable: the cells that may be written, shape (n,): to write another is a fault, as in the
            networks of programs; None for all.
    """
    n = states.memory.shape[1]
    half, port = 1 << word_bits - 1, (1 << word_bits) - 1
    lane = np.arange(len(states))
    halted = states.pc >= half  # M2.1
    inside = states.pc + 2 < n  # M2.2
    at = np.where(inside, states.pc, 0)
    a, b, c = (states.memory[lane, at + offset] for offset in range(3))  # M2.3
    from_port, to_port = a == port, b == port
    cell_a, cell_b = np.minimum(a, n - 1), np.minimum(b, n - 1)
    known = (from_port | (a < n)) & (to_port | (b < n))  # M2.7
    if writable is not None:
        known &= to_port | writable[cell_b]
    runs = ~halted & inside & known
    taken, valid = runs & from_port, runs & to_port
    v = np.where(from_port, states.input, states.memory[lane, cell_a])  # M2.4
    old = states.memory[lane, cell_b]
    subtracts = ~from_port | (mode == ACCUMULATE)
    result = np.where(subtracts, old + np.where(from_port, v, -v), v) & port  # M2.5, M2.6, M2.8
    writes = runs & ~to_port
    memory = states.memory.copy()
    memory[lane[writes], cell_b[writes]] = result[writes]
    jumps = writes & subtracts & ((result == 0) | (result >= half))
    onward = np.where(jumps, c, states.pc + 3)
    pc = np.where(halted, states.pc, np.where(runs, onward, half))
    return States(memory, pc, states.input, taken, np.where(valid, v, 0), valid)
