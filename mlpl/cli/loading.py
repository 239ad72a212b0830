"""From the command line to programs: sources, images, and standard input."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EISDIR, ENOENT
from itertools import chain
from os import W_OK, access, strerror
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from mlpl.base.source import Source
from mlpl.cli.streams import read_all_input
from mlpl.driver import Compilation
from mlpl.errors import UsageError
from mlpl.lang.load import LARGEST, decode_source, read_source
from mlpl.options import (
    CONSTRUCTIONS,
    DEFAULT_LEVEL,
    DEFAULT_WORD_BITS,
    LARGEST_IMAGE,
    PLACES,
    Options,
    check_construction,
)

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network
    from mlpl.program import Program

STANDARD_INPUT = "-"
IMAGE_SUFFIXES = (".dec", ".sq", ".asq")
SAVED_SUFFIX = ".safetensors"
_MODE = "standard"
"""Of images whose command has no option for it."""


def is_image(path: str) -> bool:
    """Whether a file is an image, perhaps saved with its network, by its name."""
    return is_saved(path) or PurePath(path).suffix.lower() in IMAGE_SUFFIXES


def is_saved(path: str) -> bool:
    """Whether a file is a program that is saved with its network, by its name."""
    return PurePath(path).suffix.lower() == SAVED_SUFFIX


def load_program(arguments: argparse.Namespace) -> Program:
    """Returns the program that the arguments name, checked, its image perhaps not yet made."""
    from mlpl.program import Program

    if is_image(arguments.file):
        return image_program(arguments)
    if arguments.mode != _MODE:
        raise UsageError("`--mode` is for images: compiled programs need none")
    program = Program(compilation(arguments))
    program.check()
    return program


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
    if PurePath(arguments.file).suffix.lower() == ".onnx":
        raise UsageError("an ONNX model cannot be read back", "ONNX Runtime runs it: docs/onnx.md")
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
        clean=clean_places(arguments),
        bake=_bakes(arguments),
        written=getattr(arguments, "written", None),
    )
    beside = "." if arguments.file == STANDARD_INPUT else None
    return Compilation(read_file(arguments.file), options, base_directory=beside)


def image_program(arguments: argparse.Namespace) -> Program:
    """Returns the program of the image file that the arguments name."""
    _refuse_source_options(arguments)
    program = _saved_program(arguments) if is_saved(arguments.file) else _foreign(arguments)
    if not _bakes(arguments):
        return program
    written = arguments.written
    return program.bake(None if written is None else chain.from_iterable(written))


def _saved_program(arguments: argparse.Namespace) -> Program:
    from mlpl.program import Program

    program = Program.load(arguments.file)
    _refuse_other_machines(arguments, program.network)
    return program


def load_saved(arguments: argparse.Namespace) -> Program | Network:
    """Returns what is saved in a file: a program with its network, or a network alone."""
    from mlpl.api import load
    from mlpl.program import Program

    _refuse_source_options(arguments)
    found = load(arguments.file)
    network = found.network if isinstance(found, Program) else found
    if network.parameters is not None:
        _refuse_other_machines(arguments, network)
    return found


def _foreign(arguments: argparse.Namespace) -> Program:
    from mlpl.backend.subleq.formats import read_image
    from mlpl.options import check_machine_size
    from mlpl.program import Program

    check_machine_size(arguments.word_bits, arguments.memory)
    source = read_file(arguments.file, LARGEST_IMAGE)
    image = read_image(source, arguments.word_bits, arguments.memory, arguments.mode)
    construction, clean = _construction(arguments), clean_places(arguments)
    return Program.from_image(image, source, construction, clean)


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


def _refuse_other_machines(arguments: argparse.Namespace, network: Network) -> None:
    """Raises UsageError where options name another machine or network than the saved one.

    One that names the default is taken for none.
    """
    parameters = network.parameters
    assert parameters is not None
    asked: tuple[tuple[str, object, object, object], ...] = (
        ("--word-bits", arguments.word_bits, DEFAULT_WORD_BITS, parameters.word_bits),
        ("--memory", arguments.memory, None, parameters.memory),
        ("--mode", getattr(arguments, "mode", _MODE), _MODE, parameters.mode),
        ("--construction", _construction(arguments), CONSTRUCTIONS[0], parameters.construction),
        ("--clean", ",".join(clean_places(arguments)), "", ",".join(parameters.clean)),
    )
    for option, wanted, default, found in asked:
        if wanted not in (default, found):
            raise UsageError(
                f"`{option} {wanted}` is not what `{arguments.file}` was built with: {found}",
                "`mlpl build` makes another file",
            )


def _construction(arguments: argparse.Namespace) -> str:
    """Returns the network's construction; commands that need no network have no option for it."""
    name: str = getattr(arguments, "construction", CONSTRUCTIONS[0])
    return name


def clean_places(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Returns the places of the network that get restoring layers.

    Raises:
        UsageError: there is no such place.
    """
    text: str | None = getattr(arguments, "clean", None)
    if text is None:
        return ()
    construction = _construction(arguments)
    places = PLACES[construction] if text == "all" else tuple(map(str.strip, text.split(",")))
    check_construction(construction, places)
    return places


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
    with _written(path):
        Path(path).write_text(text, encoding="utf-8")


def check_writable(path: str) -> None:
    """Checks, before work that would be lost, that a file can be written at all.

    Raises:
        UsageError: its folder is missing, it is a folder, or it may not be written.
    """
    place = Path(path)
    with _written(path):
        if place.is_dir():
            raise IsADirectoryError(EISDIR, strerror(EISDIR))
        if not place.parent.is_dir():
            raise FileNotFoundError(ENOENT, strerror(ENOENT))
        if not access(place if place.exists() else place.parent, W_OK):
            raise PermissionError(EACCES, strerror(EACCES))


def save_file(path: str, program: Program, onnx_form: str | None = None) -> None:
    """Writes a program and its network, as an ONNX model where a form is given.

    Raises:
        UsageError: the file cannot be written.
    """
    with _written(path):
        if onnx_form is None:
            program.save(path)
        else:
            program.export_onnx(path, onnx_form)


@contextmanager
def _written(path: str) -> Iterator[None]:
    """Turns what keeps the `with` from writing a file into a UsageError."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"`{path}` cannot be written: {reason}") from error
