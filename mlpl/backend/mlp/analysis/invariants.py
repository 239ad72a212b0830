"""Invariants of the constructions that do not follow from one layer's weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """Activations of a block are at most a number, for a reason.

    Attributes:
        block: the name of the block.
        at_most: the largest activation.
        reason: why.
    """

    block: str
    at_most: int
    reason: str


_STATE = (
    Invariant("memory.next", 1, "a cell keeps its word or gets the new one, of one sign"),
    Invariant("pc.next", 1, "a step jumps, goes on, stays halted or is a fault: one of them"),
)
_FETCH = (
    Invariant("fetch_{}.bit", 1, "pc names one cell at most"),
    Invariant("fetch.run", 1, "pc names one cell at most"),
)
_BRANCH = Invariant("branch.taken", 1, "a result is not both negative and zero")
_OUTPUT = Invariant("output.gate", 1, "memory[A] is not read where A is the port")

INVARIANTS: Mapping[str, tuple[Invariant, ...]] = {
    "lean": (
        *_STATE,
        *_FETCH,
        _BRANCH,
        _OUTPUT,
        Invariant(
            "subtract.parity_1", 1, "the input word is 0 unless A is the port; then the top is 0"
        ),
        Invariant(
            "subtract.positive", 7, "a limb has 3 bits; a word put in its place is added to 0"
        ),
        Invariant(
            "subtract.negative", 7, "a limb has 3 bits; a word put in its place is added to 0"
        ),
        Invariant("subtract.bit", 1, "the last limb is below the power of two of its size"),
    ),
    "paper": (
        *_STATE,
        *_FETCH,
        _BRANCH,
        _OUTPUT,
        Invariant("read_{}.bit", 1, "memory[A] is not read where A is the port"),
        Invariant("read_a.subtrahend", 1, "memory[A] is not read where A is the port"),
        Invariant("read_{}.valid", 1, "an operand names a cell or the port, not both"),
        Invariant("subtract.borrow", 1, "only the last limb that generates is followed by none"),
        Invariant("subtract.bit", 1, "the difference is 0 where the input word replaces it"),
        Invariant("next.above", 7, "a limb of pc + 3 is below 8 once its carry is taken away"),
        Invariant("next.pc_plus_3", 1, "the last limb is below the power of two of its size"),
        Invariant("write.bit", 1, "a cell keeps its word or gets the new one"),
    ),
    "shallow": (
        *_STATE,
        _OUTPUT,
        Invariant("fetch_{}.bit", 1, "pc names a cell or is out of range, not both"),
        Invariant("write.line", 1, "A is the port, beyond the memory or neither"),
        Invariant("read.valid", 1, "an operand is the port, beyond the memory or neither"),
    ),
}
"""By construction. Tests hold them against random states of the smallest machine."""
