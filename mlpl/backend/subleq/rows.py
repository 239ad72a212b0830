"""Many machines in a few threads, each run to its end; what they have done, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from threading import Event

from mlpl.backend.subleq.drive import Pace, drive, once
from mlpl.backend.subleq.engine import Change, Engine
from mlpl.backend.subleq.state import State

_AHEAD = 8
"""Rows for each thread that are in work: they run, wait for it, or wait for those before them."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A machine that is to run.

    Attributes:
        state: where it starts.
        input: the bytes that it can read; after the last, input is -1 for ever.
    """

    state: State
    input: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A machine that has run.

    Attributes:
        state: the last one; it is not halted where the limit of steps came first.
        changes: what the last step altered, where that was asked for.
        output: the bytes that were put out.
        steps: counted (M2.10).
        passes: of the network; for the machine the same as `steps`.
    """

    state: State
    changes: tuple[Change, ...]
    output: bytes
    steps: int
    passes: int


class _Cancelled(Exception):  # noqa: N818 - no error
    """Nobody waits for the rows any more."""


def run_rows(
    make: Callable[[], Engine],
    rows: Iterable[Row],
    *,
    threads: int = 1,
    max_steps: int | None = None,
    asks: Callable[[State], bool] = lambda state: True,
) -> Generator[Finished]:
    """Yields what each machine has done, in the order of the rows.

    Rows are drawn a few ahead of what is yielded, so that memory does not grow with their number.
    Where drawing one raises an exception, it comes after what the rows before it have done. If
    the iterator is closed, or Ctrl-C comes while it waits, the machines stop within 0.1 s.

    Args:
        make: returns a new engine, which only one thread uses at a time; called for each thread,
            in the thread of the caller.
        rows: the machines.
        threads: how many run at the same time, at least 1. The engines must let go of the
            interpreter's lock while they run.
        max_steps: steps after which a machine is stopped.
        asks: of which last states the changes are wanted; finding them takes a while.
    """
    engines: SimpleQueue[tuple[Engine, Pace]] = SimpleQueue()
    for _ in range(threads):
        engines.put((make(), Pace()))
    stop = Event()

    def check() -> None:
        if stop.is_set():
            raise _Cancelled

    def work(row: Row) -> Finished:
        engine, pace = engines.get()
        try:
            return _run(engine, pace, row, max_steps, check, asks)
        finally:
            engines.put((engine, pace))

    with ThreadPoolExecutor(threads) as pool:
        try:
            yield from _in_order(lambda row: pool.submit(work, row), rows, _AHEAD * threads)
        finally:
            stop.set()


def _in_order(
    submit: Callable[[Row], Future[Finished]], rows: Iterable[Row], most: int
) -> Iterator[Finished]:
    """Yields the results of what is submitted for each row, with at most `most` in work."""
    source = iter(rows)
    waiting: deque[Future[Finished]] = deque()
    failure: Exception | None = None
    try:
        while True:
            try:
                waiting.extend(map(submit, islice(source, most - len(waiting))))
            except Exception as error:  # of the source: first come the rows before it
                source, failure = iter(()), error
            if not waiting:
                break
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
    if failure is not None:
        raise failure


def _run(
    engine: Engine,
    pace: Pace,
    row: Row,
    max_steps: int | None,
    check: Callable[[], object],
    asks: Callable[[State], bool],
) -> Finished:
    """Runs a machine to its end, in an engine that may have run others."""
    output = bytearray()
    engine.restore(row.state)
    drive(engine, once(row.input), output.extend, max_steps=max_steps, between=check, pace=pace)
    state = engine.state()
    changes = engine.changes() if asks(state) else ()
    return Finished(state, changes, bytes(output), engine.steps, engine.passes)
