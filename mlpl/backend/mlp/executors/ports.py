"""The queue of input words and the buffer of output words of an executor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlpl.backend.subleq.engine import OUTPUT_WORDS
from mlpl.backend.subleq.state import Words


class Ports:
    """Input words that wait and output words that were not drained.

    The arrays are worked on in place, so that an exception on the way back from a compiled loop
    loses nothing.

    Attributes:
        queue: input words; those before `counts[0]` are taken.
        output: output words; `counts[1]` of them are in use.
        counts: words taken, words put out; shape (2,).
        ended: whether the input ends after the queue.
    """

    TAKEN, USED = range(2)

    def __init__(self, word_bits: int) -> None:
        self._mask = (1 << word_bits) - 1
        self.output: Words = np.zeros(OUTPUT_WORDS, dtype=np.int64)
        self.clear()

    def clear(self) -> None:
        """Forgets all words and that the input ended."""
        self.queue: Words = np.zeros(0, dtype=np.int64)
        self.counts: Words = np.zeros(2, dtype=np.int64)
        self.ended = False

    def feed(self, words: Sequence[int] | Words, *, end: bool = False) -> None:
        """Appends input words, modulo 2^w."""
        more = np.asarray(words, dtype=np.int64) & self._mask
        self.queue = np.concatenate((self.queue[self.counts[self.TAKEN] :], more))
        self.counts[self.TAKEN] = 0
        self.ended = self.ended or end

    def waiting(self) -> list[int]:
        """Returns the words that are not taken."""
        words: list[int] = self.queue[self.counts[self.TAKEN] :].tolist()
        return words

    def take(self) -> int | None:
        """Returns the next input word, -1 after the end, or None if there is none yet."""
        head = int(self.counts[self.TAKEN])
        if head < len(self.queue):
            self.counts[self.TAKEN] += 1
            return int(self.queue[head])
        return self._mask if self.ended else None

    def put(self, word: int) -> None:
        """Appends an output word; `full` must not hold."""
        self.output[self.counts[self.USED]] = word
        self.counts[self.USED] += 1

    @property
    def full(self) -> bool:
        """Whether no further output word fits."""
        return int(self.counts[self.USED]) == len(self.output)

    def drain(self) -> Words:
        """Returns and forgets the output words."""
        words = self.output[: self.counts[self.USED]].copy()
        self.counts[self.USED] = 0
        return words
