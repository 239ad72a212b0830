"""What `import mlpl` offers: texts and files to programs that run."""

from __future__ import annotations

from collections.abc import Sequence
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING

from mlpl.backend.subleq.formats import read_image
from mlpl.backend.subleq.state import MODES, STANDARD
from mlpl.base.source import Source
from mlpl.driver import Compilation
from mlpl.errors import unknown
from mlpl.lang.load import read_source
from mlpl.loaded import Loaded
from mlpl.options import (
    CONSTRUCTIONS,
    DEFAULT_WORD_BITS,
    LARGEST_IMAGE,
    NARROWEST_COMPILED,
    Options,
    check_construction,
    check_machine_size,
)
from mlpl.program import Program

if TYPE_CHECKING:
    from mlpl.backend.mlp.network import Network


def compile(
    text: str,
    *,
    word_bits: int = DEFAULT_WORD_BITS,
    level: str = "O2",
    checked: bool = True,
    entry: str = "main",
    memory: int | None = None,
    paths: Sequence[str | Path] = (),
    construction: str = CONSTRUCTIONS[0],
    clean: Sequence[str] = (),
) -> Program:
    """Returns the program that an MLPL text spells, compiled to an image.

    Args:
        text: the source.
        word_bits: w, 12 to 32; from 4 to 11 the program runs in the interpreter only.
        level: of optimisation: "O0", "O1", "O2" for few steps, "Os" for few cells.
        checked: False leaves checks of indices and shifts out.
        entry: the function in which the program starts.
        memory: cells of the machine; None for what the program needs.
        paths: folders in which imported modules are looked for before the library.
        construction: of the network: "lean" (least work), "paper" (23 layers) or "shallow" (6).
        clean: places of the network that get restoring layers: "fetch", "read", "result", "state".

    Raises:
        CompileError: the program is rejected, or does not fit.
        UsageError: there is no such level, machine or construction.
    """
    options = Options(
        word_bits, level, checked, entry, memory, _paths(paths), construction, _names(clean)
    )
    return _compiled(Compilation(Source("<text>", text), options))


def compile_file(
    path: str | Path,
    *,
    word_bits: int = DEFAULT_WORD_BITS,
    level: str = "O2",
    checked: bool = True,
    entry: str = "main",
    memory: int | None = None,
    paths: Sequence[str | Path] = (),
    construction: str = CONSTRUCTIONS[0],
    clean: Sequence[str] = (),
) -> Program:
    """Returns the program in a file; as `compile`, and modules may stand beside the file.

    Raises:
        CompileError: the file cannot be read, the program is rejected, or does not fit.
        UsageError: there is no such level, machine or construction.
    """
    options = Options(
        word_bits, level, checked, entry, memory, _paths(paths), construction, _names(clean)
    )
    return _compiled(Compilation(read_source(fspath(path)), options))


def load_image(
    path: str | Path,
    word_bits: int = DEFAULT_WORD_BITS,
    memory: int | None = None,
    mode: str = STANDARD,
    construction: str = CONSTRUCTIONS[0],
    clean: Sequence[str] = (),
) -> Program:
    """Returns the program in an image file: `.dec` or `.sq` decimals, or `.asq` assembly.

    Args:
        path: the file.
        word_bits: w, 4 to 32.
        memory: cells of the machine; None for the next power of two at its length + 64 or above.
        mode: "standard", or "accumulate" for images in the convention of Mazonka's tools.
        construction: of the network, as in `compile`.
        clean: of the network, as in `compile`.

    Raises:
        CompileError: the file cannot be read, is no image, or does not fit.
        UsageError: there is no such machine, mode or construction.
    """
    check_machine_size(word_bits, memory)
    if mode not in MODES:
        raise unknown("mode", mode, MODES)
    check_construction(construction, _names(clean))
    source = read_source(fspath(path), LARGEST_IMAGE)
    image = read_image(source, word_bits, memory, mode)
    return Program.from_image(image, source, construction, _names(clean))


def load(path: str | Path) -> Program | Network:
    """Returns what was saved to a file: a program with its network, or a network alone.

    `Program.load` and `Network.load` say which it has to be. The weights stay in the file, which
    must not be altered as long as they are in use; to replace it is no harm.

    Raises:
        CompileError: the file cannot be read, is damaged, of a newer format, or no network file.
    """
    from mlpl.program_files import load_file

    found = load_file(path)
    return Program(found) if isinstance(found, Loaded) else found


def _paths(paths: Sequence[str | Path]) -> tuple[str | Path, ...]:
    """Returns the folders; a lone string is one folder, not many of a letter each."""
    return (paths,) if isinstance(paths, str | Path) else tuple(paths)


def _names(clean: Sequence[str]) -> tuple[str, ...]:
    """Returns the places; a lone string is one place."""
    return (clean,) if isinstance(clean, str) else tuple(clean)


def _compiled(compilation: Compilation) -> Program:
    """Returns the program, with every error found now that there is to find."""
    program = Program(compilation)
    program.check()
    if compilation.options.word_bits >= NARROWEST_COMPILED:
        _ = program.image
    return program
