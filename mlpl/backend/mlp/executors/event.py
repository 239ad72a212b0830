"""The event-driven executor: its work follows what changes, not the size of the network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors import event_kernel as kernel
from mlpl.backend.mlp.executors.checks import checked_vector, machine_layout
from mlpl.backend.mlp.executors.ports import Ports
from mlpl.backend.mlp.executors.wiring import Wiring, wire
from mlpl.backend.mlp.forward import pre_activations
from mlpl.backend.mlp.layout import StateLayout, Vector
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.engine import Change, Stop
from mlpl.backend.subleq.state import State, Words

_STOPS = {
    kernel.HALTED: Stop.HALTED,
    kernel.STARVED: Stop.INPUT,
    kernel.FULL: Stop.OUTPUT,
    kernel.LIMIT: Stop.LIMIT,
}


class EventExecutor:
    """Keeps all pre-activations and propagates differences (an `Engine`).

    All arithmetic is that of integers, so its states are those of full passes, bit for bit.
    """

    def __init__(self, network: Network, wiring: Wiring | None = None) -> None:
        """Makes an executor that has all entries of the state at 0.

        Args:
            network: a machine or any other.
            wiring: what `wire` returns for it, where that has been made already: executors only
                read it, so that many of them, each in a thread of its own, can share it.
        """
        self.network = network
        layout = network.layout
        self._wiring = wiring = wiring or wire(network)
        self._edges = kernel.Edges(
            wiring.first, wiring.layer, wiring.starts, wiring.edges, wiring.fan_out
        )
        self._activity = _idle(network, len(wiring.layer), layout)
        self._places = _places(network, layout)
        self._ports = Ports(layout.word_bits if layout else 1)
        self._begin()

    def restore(self, state: State) -> None:
        """Makes `state` the current one; empties queue and output, and counts from 0."""
        self.restore_vector(machine_layout(self.network).encode(state))

    def restore_vector(self, vector: NDArray[np.integer]) -> None:
        """The same with a state vector: integers that are not negative, shape (size,)."""
        kernel.settle(self._edges, self._activity, checked_vector(self.network, vector))
        self._ports.clear()

    @property
    def steps(self) -> int:
        """Steps counted since `restore` (M2.10)."""
        return int(self._activity.counters[kernel.STEPS])

    @property
    def passes(self) -> int:
        """Passes since `restore`, without those that only found that input is taken."""
        return self.steps // self.network.steps_per_pass

    @property
    def updates(self) -> int:
        """Weight updates since `restore` (N1.6): those of each pass after the first.

        Passes that only found that input is taken count here.
        """
        return int(self._activity.counters[kernel.UPDATES])

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays: those of the wiring, which others may share, and its own."""
        wiring, ports = self._wiring, self._ports
        shared = (wiring.first, wiring.layer, wiring.starts, wiring.edges, wiring.fan_out)
        own: list[NDArray[np.generic]] = [*wiring.own, *self._activity, ports.output]
        return sum(array.nbytes for array in shared) + sum(array.nbytes for array in own)

    @property
    def pc(self) -> int:
        """The program counter, an unsigned word."""
        layout = machine_layout(self.network)
        return int(layout.words(self._activity.raw, layout.part("pc"))[0])

    def feed(self, words: Sequence[int] | Words, *, end: bool = False) -> None:
        """Appends input words (taken modulo 2^w); `end` says that no more will come."""
        self._ports.feed(words, end=end)

    def waiting_input(self) -> list[int]:
        """Returns the words that were fed and not taken, in order."""
        return self._ports.waiting()

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped."""
        ports = self._ports
        return _STOPS[
            kernel.run(
                self._edges,
                self._activity,
                self._places,
                ports.queue,
                ports.output,
                ports.counts,
                ports.ended,
                limit,
            )
        ]

    def drain(self) -> Words:
        """Returns the output words written since the last call, unsigned, in order."""
        return self._ports.drain()

    def state(self) -> State:
        """Returns a copy of the current state."""
        return machine_layout(self.network).decode(self._state())

    def vector(self) -> Vector:
        """Returns a copy of the current state vector, shape (size,)."""
        return self._state().copy()

    def activations(self) -> Vector:
        """Returns the activations of the last pass, by node (see `Wiring`)."""
        found = self._activity.sent.copy()
        last = int(self._wiring.first[-2])
        np.maximum(self._activity.raw[last:], 0, out=found[last:])
        return found

    def changes(self) -> tuple[Change, ...]:
        """What the last counted step altered, old and new; the undo log of one step."""
        logged = int(self._activity.counters[kernel.LOGGED])
        entries, old = self._activity.log[:logged].T
        entries, first = np.unique(entries, return_index=True)
        return machine_layout(self.network).changes(entries, old[first], self._state())

    def _state(self) -> Vector:
        return self._activity.raw[: self.network.size]

    def _begin(self) -> None:
        """Makes a full pass from the state that is all 0; it may differ from every entry."""
        activity, first = self._activity, self._wiring.first
        values = self._state()
        for number, layer in enumerate(self.network.layers, 1):
            raw = pre_activations(layer, values)
            activity.raw[first[number] : first[number + 1]] = raw[self._wiring.own[number]]
            values = np.maximum(raw, 0)
        np.maximum(activity.raw, 0, out=activity.sent)
        size, end = self.network.size, int(first[-2])
        activity.queue[end : end + size] = np.arange(end, end + size)
        activity.waiting[end : end + size] = 1
        activity.queued[-1] = size


def _idle(network: Network, nodes: int, layout: StateLayout | None) -> kernel.Activity:
    """Returns what the kernel works on, all 0."""
    entries = network.size + (layout.word_bits if layout else 0)
    return kernel.Activity(
        raw=np.zeros(nodes, dtype=np.int64),
        sent=np.zeros(nodes, dtype=np.int64),
        waiting=np.zeros(nodes, dtype=np.uint8),
        queue=np.zeros(nodes, dtype=np.int32),
        queued=np.zeros(network.depth + 1, dtype=np.int64),
        log=np.zeros((entries, 2), dtype=np.int64),
        counters=np.zeros(kernel.COUNTERS, dtype=np.int64),
    )


def _places(network: Network, layout: StateLayout | None) -> kernel.Places:
    if layout is None:
        return kernel.Places(-1, -1, -1, -1, -1, 1, network.steps_per_pass)
    return kernel.Places(
        halt=layout.halt,
        input=layout.part("input").start,
        taken=layout.part("taken").start,
        output=layout.part("output").start,
        valid=layout.part("valid").start,
        word_bits=layout.word_bits,
        steps_per_pass=network.steps_per_pass,
    )
