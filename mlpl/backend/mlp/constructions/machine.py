"""The state of the machine as wires, before and after a step, and what a step may do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.algebra.wires import Wires, state_wires


@dataclass(frozen=True, slots=True, eq=False)
class MachineWires:
    """The parts of the state, in the order of `StateLayout`; bits from the lowest.

    Attributes:
        memory: shape (n, w).
        pc: shape (w,).
        input: shape (w,).
        taken: shape ().
        output: shape (w,).
        valid: shape ().
    """

    memory: Wires
    pc: Wires
    input: Wires
    taken: Wires
    output: Wires
    valid: Wires

    def parts(self) -> tuple[Wires, ...]:
        """Returns the parts in order."""
        return self.memory, self.pc, self.input, self.taken, self.output, self.valid


@dataclass(frozen=True, slots=True, eq=False)
class Semantics:
    """What a step does where machines differ.

    Attributes:
        accumulate: whether input is added to a cell (M2.8) instead of replacing it (M2.5).
        writable: the cells that may be written, shape (n,): to write another is a fault (M2.7).
    """

    accumulate: bool
    writable: NDArray[np.bool_]

    def reached(self, lines: Wires) -> Wires:
        """Returns what belongs to A's and B's cells, without cells of B that are not writable.

        Args:
            lines: one-hot lines, or gates behind them, shape (2, count, ...).
        """
        writable = self.writable[: lines.shape[1]]
        if writable.all():
            return lines
        mask = np.stack([np.ones_like(writable), writable]).astype(np.int32)
        return lines * mask.reshape(mask.shape + (1,) * (len(lines.shape) - 2))


def machine_inputs(word_bits: int, memory: int) -> MachineWires:
    """Returns the state before a step of a machine with n cells of w bits."""
    return MachineWires(
        state_wires("memory", (memory, word_bits), ("cell", "bit")),
        state_wires("pc", (word_bits,), ("bit",)),
        state_wires("input", (word_bits,), ("bit",)),
        state_wires("taken", ()),
        state_wires("output", (word_bits,), ("bit",)),
        state_wires("valid", ()),
    )
