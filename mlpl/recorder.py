"""The states of a run, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mlpl.backend.subleq.drive import Reader, once
from mlpl.backend.subleq.engine import Engine, Stop
from mlpl.backend.subleq.state import State
from mlpl.engines import MACHINE
from mlpl.errors import UsageError
from mlpl.observed import Observed

if TYPE_CHECKING:
    from mlpl.inspectable import Inspectable

Take = Callable[[Sequence[State]], object]
"""Is given states that follow each other; the first one is the last of the call before."""

_AT_ONCE = 64
"""Steps between two such calls."""


class Recorder(Observed):
    """Makes steps singly and hands the states on (an `Engine`)."""

    def __init__(self, engine: Engine, start: int, take: Take) -> None:
        """Takes the number of steps before the first state that counts, and who is given them."""
        super().__init__(engine)
        self._start = start
        self._take = take
        self._kept = 0
        self._states: list[State] = []

    def restore(self, state: State) -> None:
        """Makes `state` the current one."""
        super().restore(state)
        self._kept, self._states = 0, []
        self._keep()

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

    def flush(self) -> None:
        """Hands on the states that were kept back."""
        if len(self._states) > 1:
            self._take(self._states)
            self._states = self._states[-1:]

    def _keep(self) -> None:
        """Keeps the current state if it is the next one."""
        if self.engine.steps == self._start + self._kept:
            self._kept += 1
            self._states.append(self.engine.state())
            if len(self._states) > _AT_ONCE:
                self.flush()


def record_states(
    program: Inspectable,
    words: Sequence[Sequence[int]],
    input: bytes | Reader,
    span: tuple[int, int],
    take: Take,
) -> None:
    """Runs a program and hands on the states around some steps.

    Args:
        program: what runs.
        words: of each argument of the entry.
        input: what it reads.
        span: how many steps are made before, and how many are recorded at most.
        take: is given the state before the first of these, those between and that after the last;
            never called where there are none.

    Raises:
        UsageError: a number of `span` is negative.
    """
    start, steps = span
    if start < 0 or steps < 0:
        raise UsageError("a trace has at least 0 steps, and at least 0 before it")
    recorder: list[Recorder] = []

    def observe(engine: Engine) -> Engine:
        recorder.append(Recorder(engine, start, take))
        return recorder[0]

    session = program.session(words, MACHINE, observe)
    reader = input if callable(input) else once(input)
    session.run(reader, _ignore, start + steps)
    recorder[0].flush()


def _ignore(data: bytes) -> None:
    """Takes output and does nothing with it."""
