"""Many runs of one program on a Ray cluster: rows go out in blocks, results come back in order."""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from mlpl.base.diagnostics import CompileError
from mlpl.batch import Drawn, Given, run_given
from mlpl.errors import UsageError
from mlpl.extras import optional
from mlpl.result import Result

if TYPE_CHECKING:
    import pyarrow as pa

    from mlpl.program import Program

LOCAL = "local"
"""The address of a cluster of this machine's processors, for one batch."""

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""What Ray reads from the environment: it reports to nobody, and warns of nothing."""
_PATIENCE = 10.0
"""Seconds in which a cluster answers."""
_BLOCK = 256
"""Rows that a process takes at once."""
_WINDOW = 256 * _BLOCK
"""Rows that are on the cluster at the same time; of the others none is drawn."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every process of the cluster has to know.

    Attributes:
        program: what runs.
        engine: as in `Program.run`, but for the interpreter.
        max_steps: steps after which a run is stopped.
        states: whether results keep the last state.
    """

    program: Program
    engine: str
    max_steps: int | None
    states: bool


class Worker:
    """A process of the cluster: makes the machine once and runs block after block."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, block: pa.Table) -> pa.Table:
        """Returns the results of a block of rows, in their order, or what keeps it from running.

        They are bytes, for `_window` to read.
        """
        import pyarrow as pa

        found: Iterable[Result | CompileError]
        try:
            found = self._results(block)
        except CompileError as error:
            found = [error]
        return pa.table({"result": pa.array(map(pickle.dumps, found), pa.large_binary())})

    def _results(self, block: pa.Table) -> list[Result]:
        columns, job = block.to_pydict(), self.job
        results = run_given(
            job.program,
            map(Given, columns["words"], columns["input"]),
            engine=job.engine,
            threads=1,
            max_steps=job.max_steps,
            states=job.states,
        )
        return list(results)


def run_on_ray(job: Job, rows: Iterable[Given], address: str) -> Generator[Result]:
    """Yields the result of each row, in order, from the processes of a Ray cluster.

    Args:
        job: what runs; mlpl must be installed on the cluster.
        rows: what each run is given; at most 65,536 of them are on the cluster at a time. An
            exception that drawing one raises comes after the results of the rows before it.
        address: `local`, or what `ray.init` takes: `auto`, `host:port`, `ray://host:port`. Where
            this process is connected already, that cluster is used.

    Raises:
        UsageError: Ray is not installed, or no cluster answers.
        CompileError: the machine or its network does not fit the memory of this computer.
    """
    drawn = Drawn(rows)
    with _connected(address):
        while window := list(islice(drawn, _WINDOW)):
            yield from _window(job, window)
    drawn.close()


def _window(job: Job, rows: list[Given]) -> Iterator[Result]:
    """Yields the results of rows that are on the cluster together."""
    import ray

    blocks = [ray.put(_table(rows[i : i + _BLOCK])) for i in range(0, len(rows), _BLOCK)]
    processes = max(1, min(int(ray.cluster_resources().get("CPU", 1)), len(blocks)))
    results = ray.data.from_arrow_refs(blocks).map_batches(
        Worker,
        fn_constructor_args=(job,),
        batch_size=None,
        batch_format="pyarrow",
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=processes),
    )
    for table in results.iter_batches(batch_size=None, batch_format="pyarrow"):
        for data in table["result"].to_pylist():
            found = pickle.loads(data)
            if isinstance(found, CompileError):
                raise found
            yield found


def _table(rows: list[Given]) -> pa.Table:
    """Returns rows as columns."""
    import pyarrow as pa

    words = [[list(map(int, argument)) for argument in row.words] for row in rows]
    return pa.table(
        {
            "words": pa.array(words, pa.list_(pa.list_(pa.int64()))),
            "input": pa.array([row.input for row in rows], pa.large_binary()),
        }
    )


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """Gives a connection to a cluster, which is closed afterwards if it was opened here.

    Raises:
        UsageError: Ray is not installed, or no cluster answers.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    with optional("ray"):
        import ray
        import ray.data
    if ray.is_initialized():
        with _quiet_and_ordered():
            yield
        return
    options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address == LOCAL:
        options["include_dashboard"] = False
    try:
        _knock(address)
        ray.init(address=address, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UsageError(
            f"no Ray cluster answers at `{address}`: {reason}",
            "`local` starts one on this machine, `ray start --head` one for others to join",
        ) from error
    try:
        with _quiet_and_ordered():
            yield
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raises OSError where nothing listens at `host:port`, for which Ray would wait for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


@contextmanager
def _quiet_and_ordered() -> Iterator[None]:
    """Lets datasets keep the order of their rows, and say nothing but errors."""
    import ray.data

    context = ray.data.DataContext.get_current()
    before = (context.execution_options.preserve_order, context.enable_progress_bars)
    context.execution_options.preserve_order, context.enable_progress_bars = True, False
    logger = logging.getLogger("ray.data")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
        context.execution_options.preserve_order, context.enable_progress_bars = before
