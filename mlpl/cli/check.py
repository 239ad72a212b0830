"""`mlpl check`: reports errors and warnings, and makes nothing."""

from __future__ import annotations

from mlpl.cli.exits import Exit
from mlpl.cli.parser import (
    Parser,
    add_deny_warnings,
    add_error_format,
    add_machine_options,
    add_mode_option,
    add_remarks,
    add_source_options,
)


def _parser() -> Parser:
    parser = Parser("check", "Reports errors and warnings of a program or an image.")
    parser.add_argument("file", help="a source, an image (.dec, .sq, .asq), or - for a source")
    add_deny_warnings(parser)
    add_source_options(parser)
    add_machine_options(parser)
    add_mode_option(parser)
    add_remarks(parser)
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Reports what is wrong with a file; returns whether something is."""
    arguments = _parser().read(words)

    from mlpl.cli.loading import compilation, image_program, is_image
    from mlpl.cli.report import Reporter

    if is_image(arguments.file):
        image_program(arguments)
        return Exit.SUCCESS
    made = compilation(arguments)
    reporter = Reporter(arguments.error_format == "json")
    denied = reporter.warn(made.warnings, deny=arguments.deny_warnings, total=True)
    if arguments.entry is not None or made.has_entry:
        _ = made.entry
        if arguments.remarks:
            reporter.report(made.remarks)
    return Exit.REJECTED if denied else Exit.SUCCESS
