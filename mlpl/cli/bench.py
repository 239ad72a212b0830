"""`mlpl bench`: what a program costs at each level of optimisation."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from mlpl.cli.exits import Exit
from mlpl.cli.parser import (
    Parser,
    add_bake_options,
    add_construction_option,
    add_entry_arguments,
    add_error_format,
    add_machine_options,
    add_source_options,
    number,
)
from mlpl.engines import DEFAULT, ENGINES, INTERPRETER, MACHINE, check_engine
from mlpl.errors import UsageError
from mlpl.options import LEVELS

if TYPE_CHECKING:
    from mlpl.driver import Compilation
    from mlpl.program import Program
    from mlpl.result import Result

_HEADER = ("level", "steps", "cells", "compiled in", "ran in", "steps/s", "ended by")


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured at one level.

    Attributes:
        level: of optimisation.
        steps: that the run takes.
        cells: words of the image.
        compile_seconds: from the source to the image.
        run_seconds: of the run, the median.
        end: how the run ended: "return", "limit" or the name of a trap.
    """

    level: str
    steps: int
    cells: int
    compile_seconds: float
    run_seconds: float
    end: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The entries of the table, in the order of its header."""
        rate = self.steps / self.run_seconds if self.run_seconds > 0 else 0.0
        return (
            self.level,
            f"{self.steps:,}",
            f"{self.cells:,}",
            f"{self.compile_seconds:.3f} s",
            f"{self.run_seconds:.3f} s",
            f"{rate:,.0f}",
            self.end,
        )


def _parser() -> Parser:
    parser = Parser("bench", "Measures steps, cells and time of a program at each level.")
    parser.add_argument("file", help="a source")
    add_entry_arguments(parser)
    engines = [name for name in ENGINES if name != INTERPRETER]
    parser.add_argument(
        "--engine",
        metavar="ENGINE",
        default=DEFAULT,
        help=f"what runs it: {', '.join(engines)} ({DEFAULT})",
    )
    parser.add_argument("--max-steps", metavar="N", type=number, help="stop after so many steps")
    parser.add_argument(
        "--repeat", metavar="N", type=number, default=5, help="a time is the median of N runs (5)"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object for each level")
    add_source_options(parser)
    add_machine_options(parser)
    add_construction_option(parser)
    add_bake_options(parser)
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Writes what a program costs at each level, or at the one that is given."""
    arguments = _parser().read(words)
    check_engine(arguments.engine)
    if arguments.engine == INTERPRETER:
        raise UsageError("the interpreter runs the source, which has no steps to count")
    if arguments.repeat < 1:
        raise UsageError("a time is the median of at least 1 run")

    from mlpl.cli.loading import STANDARD_INPUT, compilation, is_image
    from mlpl.cli.report import Reporter
    from mlpl.cli.streams import write_text

    if arguments.file == STANDARD_INPUT or is_image(arguments.file):
        raise UsageError("only a source in a file can be compiled at several levels")
    levels = LEVELS if arguments.level is None else (f"O{arguments.level}",)
    arguments.level = levels[0][1:]
    made = compilation(arguments)
    Reporter(arguments.error_format == "json").report(made.warnings)
    rows = _rows(made, levels, arguments)
    if arguments.json:
        for row in rows:
            write_text(json.dumps(asdict(row)) + "\n")
    else:
        write_text(_table([_HEADER, *(row.texts for row in rows)]))
    return Exit.SUCCESS


def _rows(made: Compilation, levels: Sequence[str], arguments: argparse.Namespace) -> Iterator[Row]:
    """Measures one level after the other, all with the same input."""
    from mlpl.cli.progress import Progress
    from mlpl.cli.streams import is_terminal, read_all_input
    from mlpl.program import Program

    _ = made.entry
    data = b"" if is_terminal(sys.stdin) else read_all_input()
    progress = Progress()
    for level in levels:
        again = made.with_options(level=level)
        again.on_stage = progress.stage
        program = Program(again)
        program.parse_words(arguments.arguments)
        begin = perf_counter()
        cells = len(program.image)
        compiled = perf_counter() - begin
        _ = program.network if arguments.engine != MACHINE else None
        progress.clear()
        runs = [_run(program, data, arguments) for _ in range(arguments.repeat)]
        result = runs[0][0]
        end = result.trap.kind.value if result.trap else "return" if result.finished else "limit"
        yield Row(level, result.steps, cells, compiled, median(t for _, t in runs), end)


def _run(program: Program, data: bytes, arguments: argparse.Namespace) -> tuple[Result, float]:
    """Returns what one run has done, and its seconds."""
    from mlpl.backend.subleq.drive import once

    session = program.session(program.parse_words(arguments.arguments), arguments.engine)
    session.warm_up()
    begin = perf_counter()
    session.run(once(data), lambda output: None, arguments.max_steps)
    seconds = perf_counter() - begin
    return session.result(), seconds


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Returns rows as aligned text: the first column and the last to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *middle, last in rows:
        numbers = [text.rjust(width) for text, width in zip(middle, widths[1:-1], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *numbers, last]))
    return "".join(line + "\n" for line in lines)
