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
) -> Drive:
    """Runs `engine` from where it stands until it halts or has made `max_steps` steps in all.

    The reader is asked only when a step takes input and none is left, and everything that was
    put out before has gone to the writer by then: a prompt appears before its answer is awaited.
    An output word becomes the byte that is equal to it modulo 256; an input byte, the word.
    The steps are made in chunks of about 50 ms; `between` is called between them, and Ctrl-C is
    raised there, or while the reader waits. When an exception ends the drive, be it
    KeyboardInterrupt, or one of the reader or of `between`, output that the engine still holds
    goes to the writer first, and the engine can be driven on; after one of the writer, the writer
    is left alone.
    """
    chunk = _FIRST_CHUNK
    most = sys.maxsize if max_steps is None else max_steps
    with Interrupts() as interrupts:
        try:
            while True:
                before, begin = engine.steps, perf_counter()
                stop = engine.run(max(0, min(chunk, most - before)))
                if engine.steps - before == chunk:
                    chunk = _resized(chunk, perf_counter() - begin)
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


def _resized(chunk: int, seconds: float) -> int:
    """Returns a chunk that is nearer to the wanted time than the one that took `seconds`."""
    if seconds < _SHORT:
        return min(2 * chunk, _LARGEST_CHUNK)
    if seconds > _LONG:
        return max(chunk // 2, 1)
    return chunk


def _flush(engine: Engine, writer: Writer) -> None:
    words = engine.drain()
    if len(words):
        writer((words & 255).astype(np.uint8).tobytes())


def _words(data: bytes) -> Words:
    return np.frombuffer(data, dtype=np.uint8).astype(np.int64)
