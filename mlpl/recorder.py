"""The states of a run, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlpl.backend.subleq.drive import Reader, once
from mlpl.backend.subleq.engine import Engine, Stop
from mlpl.backend.subleq.state import State
from mlpl.engines import MACHINE
from mlpl.errors import UsageError
from mlpl.observed import Observed

if TYPE_CHECKING:
    from mlpl.inspectable import Inspectable


class Recorder(Observed):
    """Makes steps singly and keeps the states after them (an `Engine`).

    Attributes:
        states: the one after `start` steps, and those that followed.
    """

    def __init__(self, engine: Engine, start: int) -> None:
        super().__init__(engine)
        self.states: list[State] = []
        self._start = start

    def restore(self, state: State) -> None:
        """Makes `state` the current one."""
        super().restore(state)
        self.states = [self.engine.state()] if self._start == 0 else []

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps, keeps the states, and says why it stopped."""
        engine = self.engine
        last = engine.steps + limit
        stop = engine.run(max(0, min(self._start, last) - engine.steps))
        self._keep()
        while stop is Stop.LIMIT and engine.steps < last:
            stop = engine.run(1)
            self._keep()
        return stop

    def _keep(self) -> None:
        """Keeps the current state if it is the next one."""
        if self.engine.steps == self._start + len(self.states):
            self.states.append(self.engine.state())


def recorded_states(
    program: Inspectable,
    words: Sequence[Sequence[int]],
    input: bytes | Reader,
    start: int,
    steps: int,
) -> list[State]:
    """Returns the state after `start` steps of a run and those after up to `steps` more.

    Empty where the run ends before.

    Raises:
        UsageError: `start` or `steps` is negative.
    """
    if start < 0 or steps < 0:
        raise UsageError("a trace has at least 0 steps")
    recorder: list[Recorder] = []

    def observe(engine: Engine) -> Engine:
        recorder.append(Recorder(engine, start))
        return recorder[0]

    session = program.session(words, MACHINE, observe)
    reader = input if callable(input) else once(input)
    session.run(reader, _ignore, start + steps)
    return recorder[0].states


def _ignore(data: bytes) -> None:
    """Takes output and does nothing with it."""
