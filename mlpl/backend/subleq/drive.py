"""Drives an engine to its halt: bytes in when they are needed, bytes out as they come."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from mlpl.backend.subleq.engine import Engine, Stop
from mlpl.backend.subleq.interrupts import Interrupts
from mlpl.backend.subleq.state import Words

Reader = Callable[[], bytes]
"""Returns the next bytes of the input, at least one, or b"" at its end. May block."""

Writer = Callable[[bytes], object]
"""Takes output bytes, in order."""

_FIRST_CHUNK = 64
_LARGEST_CHUNK = 1 << 30
_SHORT, _LONG = 0.02, 0.08
"""Seconds between which a chunk of steps should take: Ctrl-C waits for the chunk to end."""


@dataclass(frozen=True, slots=True)
class Drive:
    """How a drive ended.

    Attributes:
        stop: `Stop.HALTED`, or `Stop.LIMIT` where `max_steps` came first.
        steps: counted since the engine was restored (M2.10).
    """

    stop: Stop
    steps: int


class Pace:
    """How many steps an engine makes at a time: about as many as it makes in 50 ms.

    Attributes:
        steps: that it makes next.
    """

    def __init__(self) -> None:
        self.steps = _FIRST_CHUNK

    def took(self, seconds: float) -> None:
        """Learns how long so many steps took."""
        if seconds < _SHORT:
            self.steps = min(2 * self.steps, _LARGEST_CHUNK)
        elif seconds > _LONG:
            self.steps = max(self.steps // 2, 1)


def once(data: bytes) -> Reader:
    """Returns a reader that has `data` and then ends."""
    chunks = iter((data,) if data else ())
    return lambda: next(chunks, b"")


def drive(
    engine: Engine,
    reader: Reader,
    writer: Writer,
    *,
    max_steps: int | None = None,
    between: Callable[[], object] = lambda: None,
    pace: Pace | None = None,
) -> Drive:
    """Runs `engine` from where it stands until it halts or has made `max_steps` steps in all.

    The reader is asked only when a step takes input and none is left, and everything that was
    put out before has gone to the writer by then: a prompt appears before its answer is awaited.
    An output word becomes the byte that is equal to it modulo 256; an input byte, the word.
    The steps are made in chunks of about 50 ms; `between` is called between them, and Ctrl-C is
    raised there, or while the reader waits. `pace` is what earlier drives of the engine have
    learned of it. When an exception ends the drive, be it
    KeyboardInterrupt, or one of the reader or of `between`, output that the engine still holds
    goes to the writer first, and the engine can be driven on; after one of the writer, the writer
    is left alone.
    """
    pace = pace or Pace()
    most = sys.maxsize if max_steps is None else max_steps
    with Interrupts() as interrupts:
        try:
            while True:
                before, begin, chunk = engine.steps, perf_counter(), pace.steps
                stop = engine.run(max(0, min(chunk, most - before)))
                if engine.steps - before == chunk:
                    pace.took(perf_counter() - begin)
                _flush(engine, writer)
                interrupts.check()
                between()
                if stop is Stop.INPUT:
                    with interrupts.at_once():
                        data = reader()
                    engine.feed(_words(data), end=not data)
                elif stop is Stop.HALTED or (stop is Stop.LIMIT and engine.steps >= most):
                    return Drive(stop, engine.steps)
        finally:
            _flush(engine, writer)


def _flush(engine: Engine, writer: Writer) -> None:
    words = engine.drain()
    if len(words):
        writer((words & 255).astype(np.uint8).tobytes())


def _words(data: bytes) -> Words:
    return np.frombuffer(data, dtype=np.uint8).astype(np.int64)
