"""The loop around the network (N1.1), a full pass a step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.checks import checked_vector, machine_layout
from mlpl.backend.mlp.executors.ports import Ports
from mlpl.backend.mlp.layout import Vector
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.engine import Change, Stop
from mlpl.backend.subleq.state import State, Words


class FullPassExecutor(ABC):
    """Makes passes one after the other (an `Engine`); says nothing of how one is computed.

    A network that is no machine is looped just as well: it has vectors only, no ports, and no
    halt.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._layout = network.layout
        self._ports = Ports(self._layout.word_bits if self._layout else 1)
        self.restore_vector(np.zeros(network.size, dtype=np.int64))

    @abstractmethod
    def advance(self, vector: Vector) -> Vector:
        """Returns the state vector after one pass."""

    def restore(self, state: State) -> None:
        """Makes `state` the current one; empties queue and output, and counts from 0."""
        self.restore_vector(machine_layout(self.network).encode(state))

    def restore_vector(self, vector: NDArray[np.integer]) -> None:
        """The same with a state vector: integers that are not negative, shape (size,)."""
        self._vector = checked_vector(self.network, vector)
        self._before = self._vector
        self._ports.clear()
        self._steps = 0

    @property
    def steps(self) -> int:
        """Steps counted since `restore` (M2.10)."""
        return self._steps

    @property
    def passes(self) -> int:
        """Passes since `restore`, without those that only found that input is taken."""
        return self._steps // self.network.steps_per_pass

    @property
    def pc(self) -> int:
        """The program counter, an unsigned word."""
        layout = machine_layout(self.network)
        return int(layout.words(self._vector, layout.part("pc"))[0])

    def feed(self, words: Sequence[int] | Words, *, end: bool = False) -> None:
        """Appends input words (taken modulo 2^w); `end` says that no more will come."""
        self._ports.feed(words, end=end)

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped."""
        last = self._steps + limit
        while not self._halted():
            if self._steps >= last:
                return Stop.LIMIT
            if self._ports.full:
                return Stop.OUTPUT
            start = self._vector
            after = self.advance(start)
            if self._takes(after):
                word = self._ports.take()
                if word is None:
                    return Stop.INPUT
                after = self.advance(self._with_input(start, word))
            self._before, self._vector = start, after
            self._steps += self.network.steps_per_pass
            self._collect(after)
        return Stop.HALTED

    def drain(self) -> Words:
        """Returns the output words written since the last call, unsigned, in order."""
        return self._ports.drain()

    def state(self) -> State:
        """Returns a copy of the current state."""
        return machine_layout(self.network).decode(self._vector)

    def vector(self) -> Vector:
        """Returns a copy of the current state vector, shape (size,)."""
        return self._vector.copy()

    def changes(self) -> tuple[Change, ...]:
        """What the last counted step altered, old and new; the undo log of one step."""
        entries = np.flatnonzero(self._before != self._vector)
        return machine_layout(self.network).changes(entries, self._before[entries], self._vector)

    def _halted(self) -> bool:
        return self._layout is not None and bool(self._vector[self._layout.halt] > 0)

    def _takes(self, vector: Vector) -> bool:
        return self._layout is not None and bool(vector[self._layout.part("taken").start] > 0)

    def _with_input(self, vector: Vector, word: int) -> Vector:
        part = machine_layout(self.network).part("input")
        placed = vector.copy()
        placed[part.slice] = word >> np.arange(part.bits) & 1
        return placed

    def _collect(self, vector: Vector) -> None:
        layout = self._layout
        if layout is not None and vector[layout.part("valid").start] > 0:
            self._ports.put(int(layout.words(vector, layout.part("output"))[0]))
