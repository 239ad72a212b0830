"""The state of the machine as wires, before and after a step."""

from __future__ import annotations

from dataclasses import dataclass

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
