"""The protocol that the reference machine and every executor serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from mlpl.backend.subleq.state import State, Words

OUTPUT_WORDS = 65_536
"""How many output words an engine holds before it stops with `Stop.OUTPUT`."""

REGISTERS = ("pc", "input", "taken", "output", "valid")
"""The parts of a state other than memory, in the order of `State.registers` and of `changes`."""


class Stop(Enum):
    """Why `Engine.run` came back."""

    HALTED = "halted"
    """pc is negative: every further step is a fixed point."""
    INPUT = "input"
    """The next step takes an input word, and none has been fed; the state is as before it."""
    OUTPUT = "output"
    """The output buffer is full: drain it and go on."""
    LIMIT = "limit"
    """As many steps as allowed were made."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the state that the last step altered.

    Attributes:
        part: "memory", "pc", "input", "taken", "output" or "valid".
        index: the cell for "memory", else 0.
        before: the unsigned word before the step.
        after: the unsigned word after it.
    """

    part: str
    index: int
    before: int
    after: int


class Engine(Protocol):
    """Runs a machine step by step; the same states from every engine, bit for bit.

    Input words wait in a queue. A step that reads the port takes the next word of the queue into
    the state's input word; if the queue is empty, `run` stops with `Stop.INPUT` before that step
    (after `feed(..., end=True)` and an empty queue, the word is -1 for ever). Output words are
    collected until `drain`.
    """

    @property
    def steps(self) -> int:
        """Steps counted since `restore` (M2.10)."""

    @property
    def passes(self) -> int:
        """Passes of the network since `restore`; for the machine the same as `steps`."""

    @property
    def pc(self) -> int:
        """The program counter, an unsigned word."""

    def restore(self, state: State) -> None:
        """Makes `state` the current one; empties queue and output, and counts from 0."""

    def feed(self, words: Sequence[int] | Words, *, end: bool = False) -> None:
        """Appends input words (taken modulo 2^w); `end` says that no more will come."""

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped.

        A halt is told before the limit, and the limit before a want of input.
        """

    def drain(self) -> Words:
        """Returns the output words written since the last call, unsigned, in order."""

    def state(self) -> State:
        """Returns a copy of the current state."""

    def changes(self) -> tuple[Change, ...]:
        """What the last counted step altered, old and new; the undo log of one step.

        Memory first, then registers in the order of `REGISTERS`; only what is different.
        """
