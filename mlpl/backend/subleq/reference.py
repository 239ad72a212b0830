"""The reference machine: the rules M1 and M2 in Numba, tens of millions of steps a second."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from mlpl.backend.subleq.engine import OUTPUT_WORDS, REGISTERS, Change, Stop
from mlpl.backend.subleq.state import ACCUMULATE, STANDARD, State, Words, check_machine

_CELL, _OLD = 5, 6
"""Behind the five registers before the last step: the cell it wrote (or -1), what that held."""

_STEPS, _TAKEN, _USED = range(3)
"""Where the counts stand: steps, words taken from the queue, words put into the output."""

_HALTED, _STARVED, _FULL, _LIMIT = range(4)
Mask = NDArray[np.bool_]

_STOPS = (Stop.HALTED, Stop.INPUT, Stop.OUTPUT, Stop.LIMIT)


@njit(cache=True)
def _takes_input(memory: Words, fixed: Mask, pc: int, w: int) -> bool:
    """Whether the step at `pc`, not halted, takes an input word (M2.4); a fault does not."""
    port = (1 << w) - 1
    if pc + 2 >= len(memory) or memory[pc] != port:
        return False
    b = memory[pc + 1]
    return bool(b == port or (b < len(memory) and not fixed[b]))


@njit(cache=True)
def _step(
    memory: Words, fixed: Mask, pc: int, word: int, w: int, accumulate: bool
) -> tuple[int, int, int, bool, int]:
    """Makes one step in `memory`, with `word` as the input word; to write a fixed cell is a fault.

    Returns the next pc, the cell that was written (or -1), what it held, whether the input word
    was taken, and the output word (or -1).
    """
    n = len(memory)
    half = 1 << (w - 1)
    port = (1 << w) - 1
    if pc >= half:
        return pc, -1, 0, False, -1
    if pc + 2 >= n:
        return half, -1, 0, False, -1
    a, b, c = memory[pc], memory[pc + 1], memory[pc + 2]
    if (n <= a < port) or (n <= b < port):
        return half, -1, 0, False, -1
    taken = a == port
    v = word if taken else memory[a]
    if b == port:
        return pc + 3, -1, 0, taken, v
    if fixed[b]:
        return half, -1, 0, False, -1
    old = memory[b]
    if taken and not accumulate:
        memory[b] = v
        return pc + 3, b, old, taken, -1
    r = (old + v if taken else old - v) & port
    memory[b] = r
    return (c if r == 0 or r >= half else pc + 3), b, old, taken, -1


@njit(cache=True, nogil=True)
def _run(
    memory: Words,
    fixed: Mask,
    now: Words,
    last: Words,
    counts: Words,
    queue: Words,
    output: Words,
    ended: bool,
    w: int,
    accumulate: bool,
    limit: int,
) -> int:
    """Makes at most `limit` steps in `memory` and on the registers `now`; says why it stopped.

    `last` becomes the registers before the last step, the cell that it wrote (or -1) and what
    the cell held; it is left alone where no step was made. `counts` holds the steps made, the
    words taken from `queue` and those put into `output`: all is brought up to date in place, so
    that an exception raised on the way back to the caller (Ctrl-C) loses nothing.
    """
    half = 1 << (w - 1)
    pc, word, taken, out, valid = now[0], now[1], now[2] != 0, now[3], now[4] != 0
    pc0, word0, taken0, out0, valid0 = pc, word, taken, out, valid
    cell, old = -1, 0
    made, head, used = 0, counts[_TAKEN], counts[_USED]
    while pc < half and made < limit and used < len(output):
        next_word = word
        if _takes_input(memory, fixed, pc, w):
            if head < len(queue):
                next_word = queue[head]
                head += 1
            elif ended:
                next_word = (1 << w) - 1
            else:
                break
        pc0, word0, taken0, out0, valid0 = pc, word, taken, out, valid
        word = next_word
        pc, cell, old, taken, put = _step(memory, fixed, pc, word, w, accumulate)
        valid = put >= 0
        out = max(put, 0)
        made += 1
        if valid:
            output[used] = put
            used += 1
    if made:
        _note(last, pc0, word0, taken0, out0, valid0)
        last[_CELL], last[_OLD] = cell, old
        _note(now, pc, word, taken, out, valid)
        counts[_STEPS] += made
        counts[_TAKEN] = head
        counts[_USED] = used
    if pc >= half:
        return _HALTED
    if made >= limit:
        return _LIMIT
    return _FULL if used == len(output) else _STARVED


@njit(cache=True)
def _note(registers: Words, pc: int, word: int, taken: bool, out: int, valid: bool) -> None:
    """Sets the registers, in the order of `State.registers`."""
    registers[0] = pc
    registers[1] = word
    registers[2] = taken
    registers[3] = out
    registers[4] = valid


def step(state: State, word_bits: int, mode: str = STANDARD, fixed: Collection[int] = ()) -> State:
    """Returns the state after one step, halted or not, with `state.input` as the input word."""
    memory = state.memory.copy()
    pc, _, _, taken, put = _step(
        memory, _mask(fixed, len(memory)), state.pc, state.input, word_bits, mode == ACCUMULATE
    )
    return State(memory, int(pc), state.input, bool(taken), max(0, int(put)), bool(put >= 0))


def _mask(cells: Collection[int], memory: int) -> Mask:
    mask = np.zeros(memory, dtype=np.bool_)
    mask[list(cells)] = True
    return mask


class ReferenceMachine:
    """Runs images by the rules of the machine (an `Engine`); the yardstick of all others.

    To write one of the cells `fixed` is a fault (M2.7).
    """

    def __init__(
        self, word_bits: int, memory: int, mode: str = STANDARD, fixed: Collection[int] = ()
    ) -> None:
        check_machine(word_bits, memory, mode)
        self._fixed = _mask(fixed, memory)
        self.word_bits = word_bits
        self.memory = memory
        self.mode = mode
        self._output: Words = np.zeros(OUTPUT_WORDS, dtype=np.int64)
        self.restore(State(np.zeros(memory, dtype=np.int64)))

    def restore(self, state: State) -> None:
        """Makes `state` the current one; empties queue and output, and counts from 0."""
        state.check(self.word_bits, self.memory)
        self._memory: Words = np.array(state.memory, dtype=np.int64)
        self._registers: Words = np.array(state.registers(), dtype=np.int64)
        self._last: NDArray[np.int64] = np.array([*self._registers, -1, 0], dtype=np.int64)
        self._counts: Words = np.zeros(3, dtype=np.int64)
        self._queue: Words = np.zeros(0, dtype=np.int64)
        self._ended = False

    @property
    def steps(self) -> int:
        """Steps counted since `restore` (M2.10)."""
        return int(self._counts[_STEPS])

    @property
    def passes(self) -> int:
        """The same as `steps`."""
        return int(self._counts[_STEPS])

    @property
    def pc(self) -> int:
        """The program counter, an unsigned word."""
        return int(self._registers[0])

    def feed(self, words: Sequence[int] | Words, *, end: bool = False) -> None:
        """Appends input words (taken modulo 2^w); `end` says that no more will come."""
        more = np.asarray(words, dtype=np.int64) & ((1 << self.word_bits) - 1)
        self._queue = np.concatenate((self._queue[self._counts[_TAKEN] :], more))
        self._counts[_TAKEN] = 0
        self._ended = self._ended or end

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped."""
        stop = _run(
            self._memory,
            self._fixed,
            self._registers,
            self._last,
            self._counts,
            self._queue,
            self._output,
            self._ended,
            self.word_bits,
            self.mode == ACCUMULATE,
            limit,
        )
        return _STOPS[stop]

    def drain(self) -> Words:
        """Returns the output words written since the last call, unsigned, in order."""
        words = self._output[: self._counts[_USED]].copy()
        self._counts[_USED] = 0
        return words

    def state(self) -> State:
        """Returns a copy of the current state."""
        pc, word, taken, output, valid = self._registers.tolist()
        return State(self._memory.copy(), pc, word, bool(taken), output, bool(valid))

    def changes(self) -> tuple[Change, ...]:
        """What the last counted step altered, old and new; the undo log of one step."""
        *before, cell, old = self._last.tolist()
        found = [Change("memory", cell, old, int(self._memory[cell]))] if cell >= 0 else []
        after = self._registers.tolist()
        found += [Change(*x) for x in zip(REGISTERS, (0,) * 5, before, after, strict=True)]
        return tuple(x for x in found if x.before != x.after)
