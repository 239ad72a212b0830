"""`mlpl run --batch`: a run for each line of a file, a line of JSON for each run."""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO, Protocol

from mlpl.batch import Given, run_given
from mlpl.cli.batch_file import BatchFile
from mlpl.cli.batch_rows import BatchRow, read_lines
from mlpl.cli.exits import Exit
from mlpl.cli.progress import Progress
from mlpl.cli.report import Reporter
from mlpl.cli.result_json import json_line, result_data
from mlpl.cli.streams import input_lines, write_error, write_text
from mlpl.errors import UsageError
from mlpl.program import Program

_MOST_REPORTED = 20
"""Malformed rows that are reported on the standard error; all are among the results."""


class _Tally:
    """How the rows of a batch have ended, those of an earlier run among them."""

    def __init__(self) -> None:
        self.rows = self.malformed = self.trapped = self.stopped = self.steps = 0

    def add(self, line: Mapping[str, Any]) -> None:
        """Counts a row by the line of its result."""
        self.rows += 1
        if "error" in line:
            self.malformed += 1
            return
        self.trapped += line["trap"] is not None
        self.stopped += not line["finished"]
        self.steps += line["steps"]

    @property
    def worst(self) -> Exit:
        """The exit code of the worst end."""
        if self.malformed:
            return Exit.USAGE
        if self.trapped:
            return Exit.TRAP
        return Exit.STEP_LIMIT if self.stopped else Exit.SUCCESS


class _Sink(Protocol):
    """Where results go."""

    def write(self, data: Mapping[str, object]) -> None:
        """Appends a line."""


class _Output:
    """The standard output."""

    def write(self, data: Mapping[str, object]) -> None:
        """Appends a line."""
        write_text(json_line(data))


class Batch:
    """All runs of a batch."""

    def __init__(self, arguments: argparse.Namespace, program: Program, reporter: Reporter) -> None:
        self.arguments = arguments
        self.program = program
        self.reporter = reporter
        self.progress = Progress()
        self.tally = _Tally()
        self.shown = self.progress.running or arguments.output not in (None, "-")

    def run(self) -> Exit:
        """Runs every row that has no result yet; returns what the worst of all was."""
        with ExitStack() as stack:
            rows = read_lines(stack.enter_context(self._lines()), self.program)
            sink = self._sink(stack, rows)
            before, begin = self.tally.rows, perf_counter()
            code: Exit | None = None
            try:
                self._run(rows, sink)
            except KeyboardInterrupt:
                self.progress.clear()
                self.reporter.error("interrupted", f"interrupted after {_rows(self.tally.rows)}")
                code = Exit.INTERRUPTED
            finally:
                self.progress.clear()
            if self.arguments.stats:
                write_error(self._statistics(before, perf_counter() - begin))
        return self.tally.worst if code is None else code

    def _lines(self) -> BinaryIO:
        """Opens the file of the rows."""
        path = self.arguments.batch
        if path == "-":
            return input_lines()
        try:
            return Path(path).open("rb")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UsageError(f"`{path}` cannot be read: {reason}") from error

    def _sink(self, stack: ExitStack, rows: Iterator[BatchRow]) -> _Sink:
        """Opens the file of the results and takes the rows that it has already."""
        path = self.arguments.output
        if path in (None, "-"):
            return _Output()
        both = (Path(path), Path(self.arguments.batch))
        if all(map(Path.exists, both)) and both[0].samefile(both[1]):
            raise UsageError(f"`{path}` has the rows: the results need a file of their own")
        file = stack.enter_context(closing(BatchFile(path)))
        for line in file.skip(rows):
            self.tally.add(line)
        return file

    def _run(self, rows: Iterable[BatchRow], sink: _Sink) -> None:
        """Writes the result of each row, malformed ones in their places."""
        drawn: deque[BatchRow] = deque()

        def well_formed() -> Iterator[Given]:
            for row in rows:
                drawn.append(row)
                if row.given is not None:
                    yield row.given

        arguments = self.arguments
        if self.program.compilation is not None:
            self.program.compilation.on_stage = self.progress.stage
        results = run_given(
            self.program,
            well_formed(),
            engine=arguments.engine,
            threads=arguments.threads,
            cluster=arguments.cluster,
            max_steps=arguments.max_steps,
        )
        with closing(results):
            for result in results:
                self._write_malformed(drawn, sink)
                self._write({**drawn.popleft().head, **result_data(result)}, sink)
            self._write_malformed(drawn, sink)

    def _write_malformed(self, drawn: deque[BatchRow], sink: _Sink) -> None:
        """Writes the malformed rows in front."""
        while drawn and drawn[0].given is None:
            row = drawn.popleft()
            if self.tally.malformed < _MOST_REPORTED:
                message = f"{self.arguments.batch}:{row.line}: {row.head['error']}"
                self.reporter.error("usage", message)
            self._write(row.head, sink)

    def _write(self, line: Mapping[str, object], sink: _Sink) -> None:
        sink.write(line)
        self.tally.add(line)
        if self.shown:
            self.progress.rows(self.tally.rows, None)

    def _statistics(self, before: int, seconds: float) -> str:
        tally = self.tally
        parts = [_rows(tally.rows)]
        if before:
            parts.append(f"{before:,} of them there already")
        parts.append(f"{tally.steps:,} steps")
        return " · ".join([*parts, f"{(tally.rows - before) / seconds:,.0f} rows/s"])


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
