"""How much memory an image gets, and whether it fits (M1.1, M3.1, M3.4)."""

from __future__ import annotations

from mlpl.backend.subleq.modes import check_machine
from mlpl.base.diagnostics import CompileError, Diagnostic
from mlpl.base.words import WIDEST

_SPARE = 64
"""Cells that an image made elsewhere gets at least beyond its words."""


def foreign_memory(length: int, word_bits: int) -> int:
    """Returns the memory that an image made elsewhere gets where none is asked for, in cells.

    The next power of two at or above `length` + 64, but no more than the word addresses.
    """
    return min(1 << (length + _SPARE - 1).bit_length(), 1 << word_bits)


def memory_for(length: int, word_bits: int, memory: int | None, path: str) -> int:
    """Returns the memory of an image of `length` words: `memory`, or the default for it.

    Raises:
        CompileError: no machine has this size, or the image does not fit it.
    """
    cells = foreign_memory(length, word_bits) if memory is None else memory
    try:
        check_machine(word_bits, cells)
    except ValueError as error:
        raise CompileError([Diagnostic("machine-size", str(error), path=path)]) from error
    if length == 0:
        raise CompileError([Diagnostic("empty-image", "the image has no words", path=path)])
    if length > cells:
        message = f"the image has {length:,} words and the memory {cells:,} cells"
        remedy = _remedy(length, word_bits)
        raise CompileError([Diagnostic("image-too-large", message, help=remedy, path=path)])
    return cells


def _remedy(length: int, word_bits: int) -> str:
    if length <= 1 << word_bits:
        return f"`--memory {length}` or more has room for it"
    needed = (length - 1).bit_length()
    wider = f": `--word-bits {needed}` addresses enough" if needed <= WIDEST else ""
    return f"words of {word_bits} bits address {1 << word_bits:,} cells{wider}"
