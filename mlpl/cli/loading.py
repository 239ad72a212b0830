"""From the command line to programs: sources, images, and standard input."""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from mlpl.base.source import Source
from mlpl.cli.streams import read_all_input
from mlpl.driver import Compilation
from mlpl.errors import UsageError
from mlpl.lang.load import LARGEST, decode_source, read_source
from mlpl.options import CONSTRUCTIONS, DEFAULT_LEVEL, LARGEST_IMAGE, Options

if TYPE_CHECKING:
    from mlpl.program import Program

STANDARD_INPUT = "-"
IMAGE_SUFFIXES = (".dec", ".sq", ".asq")


def is_image(path: str) -> bool:
    """Whether a file is an image, by its name."""
    return PurePath(path).suffix.lower() in IMAGE_SUFFIXES


def read_file(path: str, limit: int = LARGEST) -> Source:
    """Returns the text of a file, or of the standard input for `-`.

    Raises:
        SourceNotFound: it cannot be read.
        CompileError: it is not UTF-8, or too large.
    """
    if path == STANDARD_INPUT:
        return decode_source("<stdin>", read_all_input(), limit)
    return read_source(path, limit)


def compilation(arguments: argparse.Namespace) -> Compilation:
    """Returns the compilation of the source that the arguments name."""
    for folder in arguments.paths:
        if not Path(folder).is_dir():
            raise UsageError(f"`-I {folder}`: there is no such folder")
    options = Options(
        word_bits=arguments.word_bits,
        level=f"O{arguments.level}" if arguments.level else DEFAULT_LEVEL,
        checked=not arguments.unchecked,
        entry=arguments.entry or "main",
        memory=arguments.memory,
        paths=tuple(arguments.paths),
        construction=_construction(arguments),
        bake=_bakes(arguments),
        written=getattr(arguments, "written", None),
    )
    beside = "." if arguments.file == STANDARD_INPUT else None
    return Compilation(read_file(arguments.file), options, base_directory=beside)


def image_program(arguments: argparse.Namespace) -> Program:
    """Returns the program of the image file that the arguments name."""
    from mlpl.backend.subleq.formats import read_image
    from mlpl.options import check_machine_size
    from mlpl.program import Program

    _refuse_source_options(arguments)
    check_machine_size(arguments.word_bits, arguments.memory)
    source = read_file(arguments.file, LARGEST_IMAGE)
    image = read_image(source, arguments.word_bits, arguments.memory, arguments.mode)
    program = Program.from_image(image, source, _construction(arguments))
    if not _bakes(arguments):
        return program
    written = arguments.written
    return program.bake(None if written is None else chain.from_iterable(written))


_SOURCE_OPTIONS = {
    "level": "-O",
    "paths": "-I",
    "unchecked": "--unchecked",
    "entry": "--entry",
    "remarks": "--remarks",
}
"""Those that say how a source is compiled, by the names of their values."""


def _refuse_source_options(arguments: argparse.Namespace) -> None:
    """Raises UsageError where an image is to be compiled in some way."""
    for name, option in _SOURCE_OPTIONS.items():
        if getattr(arguments, name, None):
            raise UsageError(f"`{option}` is for sources", "an image has been compiled already")


def _construction(arguments: argparse.Namespace) -> str:
    """Returns the network's construction; commands that need no network have no option for it."""
    name: str = getattr(arguments, "construction", CONSTRUCTIONS[0])
    return name


def _bakes(arguments: argparse.Namespace) -> bool:
    """Returns whether the network is baked; commands that need no network have no option for it."""
    bake: bool = getattr(arguments, "bake", False)
    if not bake and getattr(arguments, "written", None) is not None:
        raise UsageError("`--written` says what `--bake` leaves in the state", "add `--bake`")
    return bake


def write_file(path: str, text: str) -> None:
    """Writes a text file.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"`{path}` cannot be written: {reason}") from error
