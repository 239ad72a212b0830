"""Fault injection: single activations are flipped, and what becomes of the run is observed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from mlpl.backend.mlp.executors.checks import machine_layout
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.forward import activations
from mlpl.backend.mlp.layout import Vector
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.engine import Stop
from mlpl.backend.subleq.state import State

_LONGER = 2
"""A run that takes so many times the steps of the undisturbed one, and then some, hangs."""
_SOME = 1_000


class Outcome(Enum):
    """What a flipped activation leads to; the first that holds."""

    MASKED = "masked"
    """The run ends as the undisturbed one: in the same state, with the same output."""
    HANG = "hang"
    """It does not end within twice the steps, and a thousand more."""
    FAULT = "fault"
    """It ends at another halt code: an invalid address, or a trap of the program."""
    OUTPUT = "changed output"
    """It ends as it should, but has put out other words."""
    STATE = "wrong state"
    """Its output is right, and the last state is not."""


@dataclass(frozen=True, slots=True)
class Flip:
    """An activation that is flipped: 0 becomes 1, everything else 0.

    Attributes:
        step: in which step, from 0; less than the steps of the run.
        layer: 1 to L, or 0 for an entry of the state before the step.
        index: of the neuron in the layer.
    """

    step: int
    layer: int
    index: int


@dataclass(frozen=True, slots=True)
class Injected:
    """A run with a flipped activation.

    Attributes:
        flip: which.
        neuron: its name.
        outcome: what became of it.
        steps: of the run.
    """

    flip: Flip
    neuron: str
    outcome: Outcome
    steps: int


@dataclass(frozen=True, slots=True)
class _End:
    """How a run ended."""

    halted: bool
    steps: int
    output: tuple[int, ...]
    state: State


class FaultInjector:
    """Runs a program in a network, with and without flipped activations.

    Attributes:
        network: of the machine.
        steps: of the undisturbed run.
    """

    def __init__(
        self, network: Network, start: State, words: Sequence[int] = (), max_steps: int = 10**6
    ) -> None:
        """Makes the undisturbed run.

        Args:
            network: of a machine.
            start: where runs begin.
            words: the input; after it, words are -1.
            max_steps: of the undisturbed run.

        Raises:
            ValueError: the network is no machine, or the run does not halt.
        """
        self._layout = machine_layout(network)
        self.network = network
        self._start, self._words = start, list(words)
        self._executor = EventExecutor(network)
        self._executor.restore(start)
        self._executor.feed(self._words, end=True)
        self._end = self._finish([], 0, max_steps)
        if not self._end.halted:
            raise ValueError(f"the run is not at its end after {max_steps:,} steps")
        self.steps = self._end.steps

    def inject(self, flips: Iterable[Flip]) -> Iterator[Injected]:
        """Yields what becomes of each flip, in a run of its own.

        Raises:
            IndexError: there is no such neuron.
        """
        for flip in flips:
            name = self.network.name(flip.layer, flip.index)
            end = self._disturbed(flip)
            yield Injected(flip, name, self._outcome(end), end.steps)

    def _disturbed(self, flip: Flip) -> _End:
        """Returns how the run with a flip ends."""
        executor = self._executor
        executor.restore(self._start)
        executor.feed(self._words, end=True)
        output: list[int] = []
        while executor.steps < flip.step:
            executor.run(flip.step - executor.steps)
            output += executor.drain().tolist()
        vector, left = self._pass(executor.vector(), flip, executor.waiting_input())
        if vector[self._layout.part("valid").start] > 0:
            output.append(int(self._layout.words(vector, self._layout.part("output"))[0]))
        executor.restore_vector(vector)
        executor.feed(left, end=True)
        done = flip.step + 1
        return self._finish(output, done, max(0, _LONGER * self.steps + _SOME - done))

    def _pass(self, before: Vector, flip: Flip, left: list[int]) -> tuple[Vector, list[int]]:
        """Returns the state after the disturbed pass, and the input that is left then."""
        after = self._flipped(before, flip)
        if after[self._layout.part("taken").start] > 0:
            word, left = (left[0], left[1:]) if left else (-1, left)
            placed = before.copy()
            part = self._layout.part("input")
            placed[part.slice] = word >> np.arange(part.bits) & 1
            after = self._flipped(placed, flip)
        return after, left

    def _flipped(self, before: Vector, flip: Flip) -> Vector:
        values = before.copy()
        for number in range(self.network.depth + 1):
            if number:
                values = activations(self.network.layers[number - 1], values)
            if number == flip.layer:
                values[flip.index] = values[flip.index] == 0
        return values

    def _finish(self, output: list[int], done: int, most: int) -> _End:
        """Runs to the halt, or for `most` steps; `done` were made before."""
        executor = self._executor
        while True:
            stop = executor.run(most - executor.steps)
            output += executor.drain().tolist()
            if stop is not Stop.OUTPUT:
                steps = done + executor.steps
                return _End(stop is Stop.HALTED, steps, tuple(output), executor.state())

    def _outcome(self, end: _End) -> Outcome:
        right = self._end
        if not end.halted:
            return Outcome.HANG
        if end.state.pc != right.state.pc:
            return Outcome.FAULT
        if end.output != right.output:
            return Outcome.OUTPUT
        return Outcome.MASKED if end.state == right.state else Outcome.STATE
