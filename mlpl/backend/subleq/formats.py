"""Reads an image from whichever text it is written in (M3)."""

from __future__ import annotations

import re
from pathlib import PurePath

from mlpl.backend.subleq.assembler import assemble
from mlpl.backend.subleq.decimal_text import read_decimal
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.modes import STANDARD
from mlpl.base.source import Source

ASSEMBLY = ".asq"
DECIMAL = (".dec", ".sq")
SUFFIXES = (*DECIMAL, ASSEMBLY)
"""Names of image files end like this."""

_ASSEMBLY_MARK = re.compile(r"[A-Za-z_@.?:\"']")


def read_image(
    source: Source, word_bits: int = 16, memory: int | None = None, mode: str = STANDARD
) -> Image:
    """Returns the image in `source`, assembled where it is assembly.

    The path's suffix tells; where it is none of `SUFFIXES`, as in `<stdin>`, a text that has
    anything but numbers outside its comments is assembly. Without `memory` the image gets the
    next power of two at or above its words + 64 (M3.4).

    Raises:
        CompileError: with every error that was found in the text, or because it does not fit.
    """
    suffix = PurePath(source.path).suffix.lower()
    if suffix == ASSEMBLY or (suffix not in DECIMAL and _is_assembly(source.text)):
        return assemble(source, word_bits, memory, mode)
    return read_decimal(source, word_bits, memory, mode)


def _is_assembly(text: str) -> bool:
    return any(_ASSEMBLY_MARK.search(re.split("[#;]", line)[0]) for line in text.splitlines())
