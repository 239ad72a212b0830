"""`mlpl build`: compiles a program to an image or a network, or prints a stage on the way."""

from __future__ import annotations

import argparse
from pathlib import PurePath
from typing import TYPE_CHECKING

from mlpl.cli.exits import Exit
from mlpl.cli.parser import (
    Parser,
    add_deny_warnings,
    add_error_format,
    add_network_options,
    add_remarks,
)
from mlpl.errors import UsageError, unknown
from mlpl.options import ONNX_FORMS, STAGES

if TYPE_CHECKING:
    from mlpl.cli.report import Reporter

_ONNX = ".onnx"
_NETWORK_SUFFIXES = (".safetensors", _ONNX)
"""Of files with a network in them, which are no text."""


def _parser() -> Parser:
    parser = Parser("build", "Compiles a program to an image or a network, or prints a stage.")
    parser.add_argument("file", help="a source, or - for the standard input; for networks an image")
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        help="where to: .dec, .sq or .asq for images, .safetensors or .onnx with the network",
    )
    parser.add_argument(
        "--onnx-form",
        choices=ONNX_FORMS,
        help=f"of .onnx files: the whole program, or one pass ({ONNX_FORMS[0]})",
    )
    parser.add_argument("--emit", metavar="STAGE", help=f"one of {', '.join(STAGES)}")
    add_network_options(parser)
    add_deny_warnings(parser)
    add_remarks(parser)
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Writes an image, a network or a stage; returns how it went."""
    arguments = _parser().read(words)

    from mlpl.cli.report import Reporter

    reporter = Reporter(arguments.error_format == "json")
    suffix = PurePath(arguments.output or "").suffix.lower()
    if arguments.onnx_form is not None and suffix != _ONNX:
        raise UsageError("`--onnx-form` is for files in .onnx: `-o FILE.onnx`")
    if suffix in _NETWORK_SUFFIXES:
        return _build_network(arguments, suffix, reporter)
    return _build_text(arguments, reporter)


def _build_network(arguments: argparse.Namespace, suffix: str, reporter: Reporter) -> Exit:
    """Writes a program with its network."""
    if arguments.emit is not None:
        raise UsageError(f"`{arguments.output}` is no text: `--emit` prints a stage")

    from mlpl.cli.loading import load_program, save_file
    from mlpl.cli.progress import Progress

    program = load_program(arguments)
    if reporter.warn(program.warnings, deny=arguments.deny_warnings):
        return Exit.REJECTED
    if program.compilation is not None:
        progress = Progress()
        program.compilation.on_stage = progress.stage
        _ = program.network
        progress.clear()
        if arguments.remarks:
            reporter.report(program.compilation.remarks)
    form = (arguments.onnx_form or ONNX_FORMS[0]) if suffix == _ONNX else None
    save_file(arguments.output, program, form)
    return Exit.SUCCESS


def _build_text(arguments: argparse.Namespace, reporter: Reporter) -> Exit:
    """Writes an image or another stage."""
    stage = arguments.emit or _stage_of(arguments.output)
    if stage not in STAGES:
        raise unknown("stage", stage, STAGES)

    from mlpl.cli.loading import compilation, is_image, write_file
    from mlpl.cli.streams import write_text

    if is_image(arguments.file):
        raise UsageError("this is an image already", "`mlpl asm` and `mlpl disasm` convert images")
    made = compilation(arguments)
    warned = stage != "syntax" or arguments.deny_warnings
    if warned and reporter.warn(made.warnings, deny=arguments.deny_warnings):
        return Exit.REJECTED
    text = made.text(stage)
    if arguments.remarks:
        reporter.report(made.remarks)
    if arguments.output is None or arguments.output == "-":
        write_text(text)
    else:
        write_file(arguments.output, text)
    return Exit.SUCCESS


def _stage_of(output: str | None) -> str:
    """Returns the stage whose text is an image file of that name."""
    match PurePath(output or ".dec").suffix.lower() or PurePath(output or ".dec").name:
        case ".dec" | ".sq" | "-":
            return "image"
        case ".asq":
            return "assembly"
        case other:
            raise UsageError(
                f"`{other}` is no kind of image",
                "images end in .dec, .sq or .asq, networks in .safetensors or .onnx; see `--emit`",
            )
