"""The machine in plain Python: the rules of one step, to be read, and an oracle for the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from mlpl.backend.subleq.engine import OUTPUT_WORDS, REGISTERS, Change, Stop
from mlpl.backend.subleq.state import ACCUMULATE, STANDARD, State, Words, check_machine


@dataclass(frozen=True, slots=True)
class Effect:
    """What one step does to a state; all words unsigned.

    Attributes:
        pc: the program counter after the step.
        cell: the address that is written, or None.
        value: the word that is written there.
        taken: whether the input word was taken.
        output: the word that was put out, or None.
    """

    pc: int
    cell: int | None = None
    value: int = 0
    taken: bool = False
    output: int | None = None


def effect(
    memory: Sequence[int] | Words,
    pc: int,
    word: int,
    w: int,
    mode: str,
    fixed: Collection[int] = (),
) -> Effect:
    """Returns what one step does from `memory` and `pc` with the input word `word`.

    Everything that the effect does not name is carried unchanged, but for the flags and the
    output word, which are 0 (M2.9). To write a cell of `fixed` is a fault.
    """
    n = len(memory)
    half = 1 << (w - 1)
    port = (1 << w) - 1  # M1.2
    if pc >= half:
        return Effect(pc)  # M2.1: halted
    if pc + 2 >= n:
        return Effect(half)  # M2.2
    a, b, c = (int(x) for x in memory[pc : pc + 3])  # M2.3
    if any(n <= x != port for x in (a, b)) or (b in fixed and b != port):
        return Effect(half)  # M2.7: the fault takes no input
    onward = pc + 3  # below 2^w, since pc is below 2^(w-1) and w is at least 4
    taken = a == port
    v = word if taken else int(memory[a])  # M2.4
    if b == port:
        return Effect(onward, taken=taken, output=v)  # M2.5
    if taken and mode != ACCUMULATE:
        return Effect(onward, b, v, taken)  # M2.5
    r = (int(memory[b]) + (v if taken else -v)) & port  # M2.8, M2.6
    return Effect(c if r == 0 or r >= half else onward, b, r, taken)


def step(state: State, word_bits: int, mode: str = STANDARD, fixed: Collection[int] = ()) -> State:
    """Returns the state after one step, halted or not, with `state.input` as the input word."""
    did = effect(state.memory, state.pc, state.input, word_bits, mode, fixed)
    memory = state.memory.copy()
    if did.cell is not None:
        memory[did.cell] = did.value
    valid = did.output is not None
    return State(memory, did.pc, state.input, did.taken, did.output or 0, valid)


class PlainMachine:
    """The reference machine's twin in plain Python (an `Engine`), slow and without Numba."""

    def __init__(
        self, word_bits: int, memory: int, mode: str = STANDARD, fixed: Collection[int] = ()
    ) -> None:
        check_machine(word_bits, memory, mode)
        self.fixed = frozenset(fixed)
        self.word_bits = word_bits
        self.memory = memory
        self.mode = mode
        self.restore(State(np.zeros(memory, dtype=np.int64)))

    def restore(self, state: State) -> None:
        """Makes `state` the current one; empties queue and output, and counts from 0."""
        state.check(self.word_bits, self.memory)
        self._cells: list[int] = state.memory.tolist()
        self._registers = state.registers()
        self._queue: deque[int] = deque()
        self._ended = False
        self._output: list[int] = []
        self._changes: tuple[Change, ...] = ()
        self._steps = 0

    @property
    def steps(self) -> int:
        """Steps counted since `restore` (M2.10)."""
        return self._steps

    @property
    def passes(self) -> int:
        """The same as `steps`."""
        return self._steps

    @property
    def pc(self) -> int:
        """The program counter, an unsigned word."""
        return self._registers[0]

    def feed(self, words: Sequence[int] | Words, *, end: bool = False) -> None:
        """Appends input words (taken modulo 2^w); `end` says that no more will come."""
        mask = (1 << self.word_bits) - 1
        self._queue.extend(int(x) & mask for x in words)
        self._ended = self._ended or end

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped."""
        last = self._steps + limit
        while self.pc < 1 << (self.word_bits - 1):
            if self._steps >= last:
                return Stop.LIMIT
            if len(self._output) >= OUTPUT_WORDS:
                return Stop.OUTPUT
            word = self._registers[1]
            probe = self._effect(word)
            if not probe.taken:
                self._apply(probe, word)
                continue
            if not self._queue and not self._ended:
                return Stop.INPUT
            word = self._queue.popleft() if self._queue else (1 << self.word_bits) - 1
            self._apply(self._effect(word), word)
        return Stop.HALTED

    def _effect(self, word: int) -> Effect:
        """Returns what the next step does with an input word."""
        return effect(self._cells, self.pc, word, self.word_bits, self.mode, self.fixed)

    def _apply(self, did: Effect, word: int) -> None:
        """Applies a step's effect, notes what it changed and counts it."""
        changes = []
        if did.cell is not None:
            changes.append(Change("memory", did.cell, self._cells[did.cell], did.value))
            self._cells[did.cell] = did.value
        valid = did.output is not None
        after = (did.pc, word, did.taken, did.output or 0, valid)
        for name, old, new in zip(REGISTERS, self._registers, after, strict=True):
            changes.append(Change(name, 0, int(old), int(new)))
        self._registers = after
        self._changes = tuple(x for x in changes if x.before != x.after)
        self._steps += 1
        if did.output is not None:
            self._output.append(did.output)

    def drain(self) -> Words:
        """Returns the output words written since the last call, unsigned, in order."""
        words = np.array(self._output, dtype=np.int64)
        self._output = []
        return words

    def state(self) -> State:
        """Returns a copy of the current state."""
        return State(np.array(self._cells, dtype=np.int64), *self._registers)

    def changes(self) -> tuple[Change, ...]:
        """What the last counted step altered, old and new; the undo log of one step."""
        return self._changes
