"""Many runs of a program, as its method."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, cast, overload

from mlpl.engines import DEFAULT
from mlpl.result import Result

if TYPE_CHECKING:
    from mlpl.batch import Told
    from mlpl.program import Program


class Batched:
    """The part of a `Program` that runs it many times."""

    @overload
    def run_batch(  # type: ignore[overload-overlap]  # a sequence is an iterable, too
        self,
        rows: Sequence[object],
        *,
        engine: str = DEFAULT,
        threads: int | None = None,
        cluster: str | None = None,
        max_steps: int | None = None,
        progress: bool | Told = False,
        states: bool = False,
    ) -> list[Result]: ...

    @overload
    def run_batch(
        self,
        rows: Iterable[object],
        *,
        engine: str = DEFAULT,
        threads: int | None = None,
        cluster: str | None = None,
        max_steps: int | None = None,
        progress: bool | Told = False,
        states: bool = False,
    ) -> Generator[Result]: ...

    def run_batch(
        self,
        rows: Iterable[object],
        *,
        engine: str = DEFAULT,
        threads: int | None = None,
        cluster: str | None = None,
        max_steps: int | None = None,
        progress: bool | Told = False,
        states: bool = False,
    ) -> list[Result] | Generator[Result]:
        """Runs the program once for each row and returns the results, in the order of the rows.

        The runs are independent: a trap ends its own only. They share the network, and each
        thread has activations of its own.

        Args:
            rows: what each run is given: a tuple or list of arguments, as `run` takes them; bytes
                of input; or a mapping with `args` and `input`. A lone int or bool is one argument.
            engine: as in `run`. "torch" runs rows side by side as one batch, on a GPU where PyTorch
                has one; neither it nor the interpreter uses threads.
            threads: how many runs are made at the same time; None for one on each processor.
            cluster: where a Ray cluster (the extra `ray`) is to run them instead: `local` starts
                one here, and `auto`, `host:port` or `ray://host:port` is one that mlpl is
                installed on. Rows go there in windows of 65,536.
            max_steps: steps after which a run is stopped; the others are not concerned.
            progress: True for a line on the standard error, where that is a terminal; or a
                function that is told how many rows are done, and of how many (None if unknown).
            states: whether results keep the last state and the memory of the machine.

        Returns:
            A list for a sequence of rows; all of them are checked before any runs. For any other
            iterable an iterator, which draws rows a few ahead of the results that are taken from
            it, so that there may be any number of them.

        Raises:
            UsageError: there is no such engine or cluster, or a row is not what the entry takes;
                from the iterator it comes after the results of the rows before.
            CompileError: the network would not fit the memory of this computer.
        """
        from mlpl import batch

        given = batch.read_rows(self._program, rows)
        total = len(rows) if isinstance(rows, Sequence) else None
        runs = batch.run_given(
            self._program,
            given if total is None else list(given),
            engine=engine,
            threads=threads,
            cluster=cluster,
            max_steps=max_steps,
            states=states,
        )
        if callable(progress):
            runs = batch.delivered(runs, progress, total)
        elif progress:
            from mlpl.cli.progress import rows_shown

            runs = rows_shown(runs, total)
        return runs if total is None else list(runs)

    @property
    def _program(self) -> Program:
        return cast("Program", self)
