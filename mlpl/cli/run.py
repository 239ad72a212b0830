"""`mlpl run`: compiles a program, or loads an image, and runs it."""

from __future__ import annotations

import argparse
from importlib import import_module

from mlpl.cli.exits import Exit
from mlpl.cli.parser import (
    Parser,
    add_deny_warnings,
    add_entry_arguments,
    add_error_format,
    add_network_options,
    add_remarks,
    number,
)
from mlpl.engines import DEFAULT, ENGINES, check_engine
from mlpl.errors import UsageError
from mlpl.extras import optional


def _parser() -> Parser:
    parser = Parser("run", "Compiles a program, or loads an image, and runs it.")
    parser.add_argument("file", help="a source, an image (.dec, .sq, .asq, .safetensors), or -")
    add_entry_arguments(parser)
    parser.add_argument(
        "--engine",
        metavar="ENGINE",
        default=DEFAULT,
        help=f"what runs it: {', '.join(ENGINES)} ({DEFAULT})",
    )
    parser.add_argument("--max-steps", metavar="N", type=number, help="stop after so many steps")
    parser.add_argument("--stats", action="store_true", help="a line of statistics at the end")
    parser.add_argument("--trace", action="store_true", help="a line for each step")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    parser.add_argument("--report", metavar="FILE", help="write a page about the run, as HTML")
    parser.add_argument(
        "--batch", metavar="FILE", help="a run for each line of JSON; - is the standard input"
    )
    parser.add_argument("-o", dest="output", metavar="FILE", help="where a batch's results go")
    parser.add_argument("--threads", metavar="N", type=number, help="of a batch (the processors)")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="of a batch: a Ray cluster, or local to start one"
    )
    add_network_options(parser)
    add_deny_warnings(parser)
    add_remarks(parser)
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Runs a program; returns how it ended."""
    arguments = _parser().read(words)
    check_engine(arguments.engine)
    _check_combination(arguments)

    from mlpl.cli.execution import Execution
    from mlpl.cli.loading import load_program
    from mlpl.cli.report import Reporter

    reporter = Reporter(arguments.error_format == "json")
    program = load_program(arguments)
    if reporter.warn(program.warnings, deny=arguments.deny_warnings):
        return Exit.REJECTED
    if arguments.remarks and program.compilation is not None:
        reporter.report(program.compilation.remarks)
    if arguments.batch is not None:
        from mlpl.cli.batch import Batch

        return Batch(arguments, program, reporter).run()
    return Execution(arguments, program, reporter).run()


def _check_combination(arguments: argparse.Namespace) -> None:
    if arguments.trace and arguments.engine == "interpreter":
        raise UsageError(
            "the interpreter makes no steps of the machine to trace",
            "every other engine does, `--engine machine` fastest",
        )
    if arguments.report is not None:
        _check_report(arguments)
    if arguments.batch is not None:
        _check_batch(arguments)
    elif given := [o for o, value in _of_batches(arguments) if value is not None]:
        option = given[0]
        raise UsageError(f"`{option}` is for batches: `--batch FILE`")


def _of_batches(arguments: argparse.Namespace) -> tuple[tuple[str, object], ...]:
    """Returns the options that only batches have, with what was given."""
    return (
        ("-o", arguments.output),
        ("--threads", arguments.threads),
        ("--cluster", arguments.cluster),
    )


def _check_report(arguments: argparse.Namespace) -> None:
    if arguments.engine != DEFAULT:
        raise UsageError(f"`--report` is about a run in the engine `{DEFAULT}`")
    if arguments.trace or arguments.batch is not None:
        other = "--trace" if arguments.trace else "--batch"
        raise UsageError(f"`--report` and `{other}` exclude one another")
    # Before the run, which may take long:
    from mlpl.cli.loading import check_writable

    check_writable(arguments.report)
    with optional("viz"):
        import_module("matplotlib")


def _check_batch(arguments: argparse.Namespace) -> None:
    if arguments.trace:
        raise UsageError("`--trace` is for a single run, not for a batch")
    if arguments.arguments:
        raise UsageError("a batch takes the arguments of its runs from its file")
    if arguments.file == "-" and arguments.batch == "-":
        raise UsageError("the standard input is either the source or the rows of a batch")
