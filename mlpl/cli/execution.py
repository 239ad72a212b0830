"""A run from the command line: its output, its end, and what is said about them."""

from __future__ import annotations

import argparse
from time import perf_counter
from typing import TYPE_CHECKING

from mlpl.backend.subleq.engine import Engine
from mlpl.base.diagnostics import Diagnostic
from mlpl.cli.exits import Exit
from mlpl.cli.progress import Meter, Progress
from mlpl.cli.report import Reporter
from mlpl.cli.result_json import result_json
from mlpl.cli.streams import read_input, write_error, write_output, write_text
from mlpl.cli.trap_report import trap_diagnostic
from mlpl.engines import INTERPRETER, MACHINE
from mlpl.errors import UndefinedError
from mlpl.marks import mark_at
from mlpl.program import Program
from mlpl.result import Result
from mlpl.session import Session
from mlpl.values import spell

if TYPE_CHECKING:
    from mlpl.viz.recording import Sampler

_Stopped = KeyboardInterrupt | UndefinedError


class Execution:
    """One run."""

    def __init__(self, arguments: argparse.Namespace, program: Program, reporter: Reporter) -> None:
        self.arguments = arguments
        self.program = program
        self.reporter = reporter
        self.progress = Progress()
        self.waited = 0.0
        self.taken = bytearray()
        self.written = bytearray()
        self.sampler: Sampler | None = None

    def run(self) -> Exit:
        """Runs the program and returns how it ended."""
        session = self._session()
        begin = perf_counter()
        stopped: _Stopped | None = None
        try:
            session.run(self._read, self._write, self.arguments.max_steps)
        except (KeyboardInterrupt, UndefinedError) as error:
            stopped = error
        seconds = perf_counter() - begin - self.waited
        self.progress.clear()
        result = session.result(bytes(self.written))
        return self._end(result, seconds, stopped)

    def _session(self) -> Session:
        """Returns the run, with everything made that takes time."""
        arguments, program = self.arguments, self.program
        words = program.parse_words(arguments.arguments)
        if program.compilation is not None:
            program.compilation.on_stage = self.progress.stage
        elif arguments.engine != MACHINE:
            self.progress.stage("network")
        session = program.session(words, arguments.engine, self._observe)
        session.warm_up()
        self.progress.clear()
        return session

    def _observe(self, engine: Engine) -> Engine:
        if self.arguments.report is not None:
            from mlpl.viz.recording import Sampler

            self.sampler = Sampler(engine)
            return self.sampler
        if self.arguments.trace:
            from mlpl.trace import HEADER, Tracer

            write_error(HEADER)
            program = self.program
            return Tracer(engine, program.image, program.sources, write_error)
        return Meter(engine, self.progress) if self.progress.running else engine

    def _read(self) -> bytes:
        self.progress.clear()
        begin = perf_counter()
        try:
            data = read_input()
            self.taken += data
            return data
        finally:
            self.waited += perf_counter() - begin

    def _write(self, data: bytes) -> None:
        if self.arguments.json or self.sampler is not None:
            self.written += data
        if not self.arguments.json:
            write_output(data)

    def _end(self, result: Result, seconds: float, stopped: _Stopped | None) -> Exit:
        """Says how the run ended."""
        if self.arguments.json:
            write_text(result_json(result))
        elif result.value is not None:
            write_text(f"{spell(result.value)}\n")
        if self.sampler is not None:
            self._write_page(self.sampler, result)
        code = self._report(result, stopped)
        if self.arguments.stats:
            write_error(self._statistics(result, seconds))
        return code

    def _report(self, result: Result, stopped: _Stopped | None) -> Exit:
        if isinstance(stopped, UndefinedError):
            mark = mark_at(stopped.location, self.program.sources)
            self.reporter.report([Diagnostic("undefined", stopped.message, mark)])
            return Exit.TRAP
        if stopped is not None:
            after = f" after {_steps(result)}" if result.steps else ""
            self.reporter.error("interrupted", f"interrupted{after}")
            return Exit.INTERRUPTED
        if result.trap is not None:
            self.reporter.report([trap_diagnostic(result.trap, self.program.sources)])
            return Exit.TRAP
        if not result.finished:
            message = f"not at its end after {_steps(result)}"
            self.reporter.error("step-limit", message, "`--max-steps` allows more")
            return Exit.STEP_LIMIT
        return Exit.SUCCESS

    def _write_page(self, sampler: Sampler, result: Result) -> None:
        from mlpl.cli.loading import write_file
        from mlpl.viz.page import report

        words = self.program.parse_words(self.arguments.arguments)
        recording = sampler.recording(self.program, words, bytes(self.taken), result)
        write_file(self.arguments.report, report(recording))

    def _statistics(self, result: Result, seconds: float) -> str:
        parts = [f"{result.steps:,} steps"]
        if self.arguments.engine not in (INTERPRETER, MACHINE):
            from mlpl.networks import counts

            parts.append(counts(self.program.network))
        rate = result.steps / seconds if seconds > 0 else 0.0
        return " · ".join([*parts, f"{rate:,.0f} steps/s"])


def _steps(result: Result) -> str:
    return "1 step" if result.steps == 1 else f"{result.steps:,} steps"
