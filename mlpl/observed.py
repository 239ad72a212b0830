"""An engine inside another: the base of those that watch a run."""

from __future__ import annotations

from collections.abc import Sequence

from mlpl.backend.subleq.engine import Change, Engine, Stop
from mlpl.backend.subleq.state import State, Words


class Observed:
    """Does what the engine inside does (an `Engine`); `run` is there to be extended."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def steps(self) -> int:
        """Steps counted since `restore` (M2.10)."""
        return self.engine.steps

    @property
    def passes(self) -> int:
        """Passes of the network since `restore`."""
        return self.engine.passes

    @property
    def pc(self) -> int:
        """The program counter, an unsigned word."""
        return self.engine.pc

    def restore(self, state: State) -> None:
        """Makes `state` the current one."""
        self.engine.restore(state)

    def feed(self, words: Sequence[int] | Words, *, end: bool = False) -> None:
        """Appends input words."""
        self.engine.feed(words, end=end)

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped."""
        return self.engine.run(limit)

    def drain(self) -> Words:
        """Returns the output words written since the last call."""
        return self.engine.drain()

    def state(self) -> State:
        """Returns a copy of the current state."""
        return self.engine.state()

    def changes(self) -> tuple[Change, ...]:
        """What the last counted step altered, old and new."""
        return self.engine.changes()
