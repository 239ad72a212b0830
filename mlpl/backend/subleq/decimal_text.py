"""Images as decimal numbers: `.dec` and `.sq` files (M3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlpl.backend.subleq.analysis import with_facts
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.modes import STANDARD
from mlpl.backend.subleq.sizing import memory_for
from mlpl.base.diagnostics import CompileError, Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.base.words import WIDEST, largest, smallest, unsigned, wrap

_TOKEN = re.compile(r"[#;][^\n]*|[\s,\ufeff]+|([^\s,#;]+)")
_NUMBER = re.compile(r"[+-]?0*([0-9]{1,12})", re.ASCII)
_ROW = 8
"""Words in a line of data; an instruction has a line to itself."""

MOST_ERRORS = 20
"""Errors that are reported of one image; a file that is no image has one for every word."""


def read_decimal(
    source: Source, word_bits: int = 16, memory: int | None = None, mode: str = STANDARD
) -> Image:
    """Returns the image that `source` spells in decimal numbers, with facts by analysis.

    Words are separated by white space or commas and signed or unsigned; comments begin with `#`
    or `;` and end with the line.

    Raises:
        CompileError: something is no number or no word of this width, there are no words, or
            they do not fit the memory.
    """
    words: list[int] = []
    errors: list[Diagnostic] = []
    for match in _TOKEN.finditer(source.text):
        if match[1] is None:
            continue
        error = _problem(match[1], word_bits)
        if error is None:
            words.append(unsigned(int(match[1]), word_bits))
            continue
        rule, message, remedy = error
        mark = Mark(Span(source, match.start(), match.end()))
        errors.append(Diagnostic(rule, message, mark, help=remedy))
        if len(errors) == MOST_ERRORS:
            break
    if errors:
        raise CompileError(errors)
    cells = memory_for(len(words), word_bits, memory, source.path)
    return with_facts(Image(tuple(words), word_bits, cells, mode))


def _problem(token: str, word_bits: int) -> tuple[str, str, str] | None:
    """Returns what is wrong with a word: rule, message and help; or None."""
    shown = token if len(token) <= 40 else token[:39] + "…"
    number = re.fullmatch(r"[+-]?[0-9]+", token)
    if number is None:
        return "image-word", f"`{shown}` is no decimal number", ""
    value = int(token) if _NUMBER.fullmatch(token) else None
    if value is None or not fits(value, word_bits):
        remedy = range_help(word_bits, value)
        return "word-range", f"`{shown}` is no word of {word_bits} bits", remedy
    return None


def fits(value: int, word_bits: int) -> bool:
    """Whether `value` is a signed or an unsigned word."""
    return smallest(word_bits) <= value < 1 << word_bits


def range_help(word_bits: int, value: int | None) -> str:
    """Returns the remedy for a number that is no word; None is one of far too many digits."""
    low, high, top = smallest(word_bits), largest(word_bits), (1 << word_bits) - 1
    for wider in range(word_bits + 1, WIDEST + 1):
        if value is not None and fits(value, wider):
            break
    else:
        return f"a word is in {low}..{high}, or 0..{top} unsigned"
    return f"a word is in {low}..{high}, or 0..{top} unsigned; `--word-bits {wider}` has room"


def write_decimal(image: Image) -> str:
    """Returns the image as signed decimals, an instruction a line, for any SUBLEQ machine."""
    return "".join(
        " ".join(str(wrap(word, image.word_bits)) for word in row) + "\n" for row in _rows(image)
    )


def _rows(image: Image) -> Iterator[tuple[int, ...]]:
    """Yields the words of instructions by three, and those between them in longer rows."""
    begin, end = 0, len(image.words)
    for pc in (*image.facts.code, end):
        if pc < begin or (pc != end and pc + 3 > end):
            continue
        for start in range(begin, pc, _ROW):
            yield image.words[start : min(start + _ROW, pc)]
        if pc != end:
            yield image.words[pc : pc + 3]
        begin = pc + 3
