"""`mlpl verify`: whether a network is the machine that it claims to be."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from mlpl.cli.exits import Exit
from mlpl.cli.parser import (
    Parser,
    add_error_format,
    add_network_options,
    number,
)
from mlpl.errors import UsageError

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network
    from mlpl.backend.mlp.verification.report import Report
    from mlpl.backend.subleq.image import Image
    from mlpl.cli.progress import Progress


def _parser() -> Parser:
    parser = Parser("verify", "Checks that a network is the machine, number by number.")
    parser.add_argument(
        "file",
        nargs="?",
        help="a source, an image, a saved network, or - for a source; none for any program",
    )
    parser.add_argument(
        "--steps", metavar="N", type=number, default=10_000, help="random steps at least (10000)"
    )
    parser.add_argument(
        "--seed", metavar="N", type=number, default=0, help="of the random numbers (0)"
    )
    parser.add_argument(
        "--exhaustive", action="store_true", help="every state, which only small machines allow"
    )
    parser.add_argument(
        "--prove", action="store_true", help="that every step is right, by z3, gadget by gadget"
    )
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    add_network_options(parser)
    add_error_format(parser)
    return parser


def main(words: list[str]) -> Exit:
    """Verifies a network and writes what was found; returns whether it is right."""
    arguments = _parser().read(words)

    from mlpl.cli.progress import Progress
    from mlpl.cli.report import Reporter
    from mlpl.cli.streams import write_text
    from mlpl.verification import Plan, verify

    progress = Progress()
    network, image = _subject(arguments, progress)
    starts = () if image is None else (image.start(),)
    plan = Plan(arguments.steps, arguments.seed, arguments.exhaustive, arguments.prove, starts)
    try:
        report = verify(network, plan, progress.check)
    finally:
        progress.clear()
    write_text(_json(report) if arguments.json else _text(report))
    if report.mismatch is None:
        return Exit.SUCCESS
    found = report.mismatch
    reporter = Reporter(arguments.error_format == "json")
    reporter.error("mismatch", found.message, found.state and f"before the step: {found.state}")
    return Exit.MISMATCH


def _subject(arguments: argparse.Namespace, progress: Progress) -> tuple[Network, Image | None]:
    """Returns the network to verify, and the image of the program that is named, if any."""
    from mlpl.cli.loading import is_saved, load_program, load_saved
    from mlpl.program import Program

    if arguments.file is None:
        return _machine(arguments), None
    if is_saved(arguments.file) and not arguments.bake:
        found = load_saved(arguments)
        return (found.network, found.image) if isinstance(found, Program) else (found, None)
    program = load_program(arguments)
    if program.compilation is not None:
        program.compilation.on_stage = progress.stage
    return program.network, program.image


def _machine(arguments: argparse.Namespace) -> Network:
    """Returns the network of a machine of the size that is asked for."""
    from mlpl.backend.subleq.image import Image
    from mlpl.base.source import Source
    from mlpl.cli.loading import clean_places
    from mlpl.options import check_machine_size
    from mlpl.program import Program

    if arguments.memory is None:
        raise UsageError("neither a file nor a size is given", "`--memory` says how many cells")
    if arguments.bake:
        raise UsageError("only programs are baked", "a file names one")
    check_machine_size(arguments.word_bits, arguments.memory)
    image = Image((), arguments.word_bits, arguments.memory, arguments.mode)
    source, clean = Source("<machine>", ""), clean_places(arguments)
    return Program.from_image(image, source, arguments.construction, clean).network


def _text(report: Report) -> str:
    """Returns a line for each check."""
    return "".join(f"{check.name:<12} {check.summary}\n" for check in report.checks)


def _json(report: Report) -> str:
    """Returns the report as one line of JSON."""
    known = report.parameters
    data = {
        "ok": report.ok,
        "word_bits": known.word_bits,
        "memory": known.memory,
        "mode": known.mode,
        "construction": known.construction,
        "constants": len(known.constants),
        "checks": [
            {"name": check.name, "ok": check.mismatch is None} | asdict(check)
            for check in report.checks
        ],
    }
    return json.dumps(data, ensure_ascii=False) + "\n"
