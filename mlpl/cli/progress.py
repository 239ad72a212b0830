"""A line about long work, on terminals only."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from time import monotonic

from mlpl.backend.subleq.engine import Engine, Stop
from mlpl.cli.streams import is_terminal
from mlpl.observed import Observed
from mlpl.result import Result

_PATIENCE = 0.5
"""Seconds for which nothing is said."""
_CLEAR = "\r\x1b[K"

_STAGES = {
    "typed": "reading and checking",
    "ir": "compiling",
    "network": "building the network",
    "certificate": "bounding every neuron",
}


class Progress:
    """A line on the standard error that is replaced by the next one, and cleared at last.

    Attributes:
        running: whether steps are shown: not where the program writes to the same terminal.
    """

    def __init__(self) -> None:
        self._shown = is_terminal(sys.stderr)
        self.running = self._shown and not is_terminal(sys.stdout)
        self._since = monotonic()
        self._dirty = False

    def stage(self, name: str) -> None:
        """Says which stage is being made."""
        if name in _STAGES:
            self._show(_STAGES[name])

    def steps(self, number: int) -> None:
        """Says how many steps were made, now and then."""
        if monotonic() - self._since >= _PATIENCE:
            self._since = monotonic()
            self._show(f"{number:,} steps")

    def check(self, name: str, done: int) -> None:
        """Says which check of a network is made and how far it is, now and then."""
        if monotonic() - self._since >= _PATIENCE:
            self._since = monotonic()
            self._show(f"{name}: {done:,}" if done else f"checking the {name}")

    def rows(self, done: int, total: int | None) -> None:
        """Says how many rows of a batch are done, now and then."""
        if monotonic() - self._since >= _PATIENCE:
            self._since = monotonic()
            known = done if total is None else total
            of = "" if total is None else f" of {total:,}"
            self._show(f"{done:,}{of} {'row' if known == 1 else 'rows'}")

    def clear(self) -> None:
        """Removes the line, and says nothing for a while."""
        self._since = monotonic()
        if self._dirty:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
            self._dirty = False

    def _show(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"{_CLEAR}{text} …")
            sys.stderr.flush()
            self._dirty = True


def rows_shown(results: Iterable[Result], total: int | None) -> Generator[Result]:
    """Yields the results of the rows of a batch and shows how many there were."""
    progress = Progress()
    try:
        for done, result in enumerate(results, 1):
            progress.rows(done, total)
            yield result
    finally:
        progress.clear()


class Meter(Observed):
    """Shows how many steps were made (an `Engine`)."""

    def __init__(self, engine: Engine, progress: Progress) -> None:
        super().__init__(engine)
        self._progress = progress

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped."""
        stop = super().run(limit)
        if limit:
            self._progress.steps(self.steps)
        return stop
