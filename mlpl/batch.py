"""Many runs of one program, in threads: rows of arguments and input, results in their order."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mlpl.backend.subleq.drive import once
from mlpl.backend.subleq.halting import is_trap
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.rows import Finished, Row, run_rows
from mlpl.engines import INTERPRETER, TORCH, check_engine, engine_maker
from mlpl.errors import UsageError
from mlpl.extras import optional
from mlpl.result import Result
from mlpl.run_input import RunInput, check_count, check_steps
from mlpl.session import MachineRun, machine_result, start_state

if TYPE_CHECKING:
    from mlpl.inspectable import Inspectable
    from mlpl.program import Program, Words

Told = Callable[[int, int | None], object]
"""Is told how many rows are done, and of how many, where that is known."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one run is given.

    Attributes:
        words: of each argument of the entry.
        input: the bytes that it can read.
    """

    words: Words
    input: bytes = b""


class Drawn:
    """Rows up to the first that cannot be drawn; what was raised there is raised at the end."""

    def __init__(self, rows: Iterable[Given]) -> None:
        self._rows = iter(rows)
        self._error: UsageError | None = None

    def __iter__(self) -> Iterator[Given]:
        return self

    def __next__(self) -> Given:
        try:
            return next(self._rows)
        except UsageError as error:
            self._error, self._rows = error, iter(())
            raise StopIteration from None

    def close(self) -> None:
        """Raises the error of the row that could not be drawn, where there was one."""
        if self._error is not None:
            raise self._error


def run_given(
    program: Program,
    rows: Iterable[Given],
    *,
    engine: str,
    threads: int | None = None,
    cluster: str | None = None,
    max_steps: int | None = None,
    states: bool = False,
) -> Generator[Result]:
    """Yields the result of each row, in order; rows are drawn a few ahead.

    Args:
        program: what runs.
        rows: what each run is given. An exception that drawing one raises comes after the
            results of the rows before it.
        engine: as in `Program.run`. The interpreter runs row after row, and PyTorch many of them
            side by side, on a GPU where it has one.
        threads: how many rows run at the same time; None for one on each processor.
        cluster: the address of a Ray cluster that runs them instead, see `mlpl.ray_batch`.
        max_steps: steps after which a run is stopped.
        states: whether results keep the last state of the machine.

    Raises:
        UsageError: there is no such engine for this program, a number is out of range, or no
            cluster answers.
        CompileError: the machine or its network does not fit the memory of this computer.
    """
    check_limits(engine, threads, max_steps)
    if cluster is not None:
        if threads is not None:
            raise UsageError("a cluster has processes of its own, and no threads to choose")
        if engine == INTERPRETER:
            raise UsageError("a cluster runs images, which the interpreter does not")
        from mlpl.ray_batch import Job, run_on_ray

        return run_on_ray(Job(program, engine, max_steps, states), rows, cluster)
    if engine == INTERPRETER:
        return (_interpreted(program, row, max_steps) for row in rows)
    if engine == TORCH:
        with optional("torch"):
            from mlpl.torch_batch import run_side_by_side
        return run_side_by_side(program, rows, max_steps, states=states)
    image = program.image
    begin = image.start()
    machines = (Row(start_state(image, row.words, begin), row.input) for row in rows)
    make = engine_maker(engine, image, lambda: program.network)
    finished = run_rows(
        make,
        machines,
        threads=threads or processors(),
        max_steps=max_steps,
        asks=partial(is_trap, image),
    )
    return _results(image, finished, states)


def check_limits(engine: str, threads: int | None, max_steps: int | None) -> None:
    """Raises UsageError where a batch cannot be run so."""
    check_engine(engine)
    check_count(threads, 1, "a batch runs in at least 1 thread", "one on each processor")
    check_steps(max_steps)


def read_rows(program: Inspectable, rows: Iterable[object]) -> Iterator[Given]:
    """Returns what each run is given, read one by one; see `RunInput.of` for the forms of a row.

    Raises:
        UsageError: `rows` is not several; from the iterator, a row has none of the forms, or not
            the arguments that the entry takes.
    """
    if isinstance(rows, str | bytes | Mapping | RunInput) or not isinstance(rows, Iterable):
        kind = type(rows).__name__
        raise UsageError(f"rows come in a list, not as `{kind}`", "`[row]` is a list of one")
    return (_read_row(program, number, row) for number, row in enumerate(rows))


def _read_row(program: Inspectable, number: int, row: object) -> Given:
    try:
        given = RunInput.of(row)
        return Given(program.words(given.arguments), given.input)
    except UsageError as error:
        raise UsageError(f"row {number}: {error.message}", error.help) from error


def delivered(results: Generator[Result], told: Told, total: int | None) -> Generator[Result]:
    """Yields the results, and tells how many there are now."""
    with closing(results):
        for done, result in enumerate(results, 1):
            told(done, total)
            yield result


def processors() -> int:
    """Returns on how many processors this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _results(image: Image, machines: Generator[Finished], states: bool) -> Generator[Result]:
    with closing(machines):
        for done in machines:
            run = MachineRun(done.state, done.changes, done.steps, done.passes)
            yield machine_result(image, run, done.output, keeps_state=states)


def _interpreted(program: Program, row: Given, max_steps: int | None) -> Result:
    session = program.session(row.words, INTERPRETER)
    output = bytearray()
    session.run(once(row.input), output.extend, max_steps)
    return session.result(bytes(output))
