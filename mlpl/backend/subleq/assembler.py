"""From SUBLEQ assembly to an image (M3.2)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from mlpl.backend.subleq.analysis import analyze
from mlpl.backend.subleq.asq_parser import Cell, Listing, parse_asq
from mlpl.backend.subleq.asq_tokens import Token
from mlpl.backend.subleq.decimal_text import MOST_ERRORS, fits, range_help
from mlpl.backend.subleq.image import Facts, Image, Variable
from mlpl.backend.subleq.modes import STANDARD
from mlpl.backend.subleq.sizing import memory_for
from mlpl.base.diagnostics import CompileError, Diagnostic, Mark, nearest
from mlpl.base.source import Source
from mlpl.base.words import unsigned

PORTS = {"IN": -1, "OUT": -1}
"""Names that sqasm leaves to the machine: the port, unless the text defines them as labels."""


def assemble(
    source: Source, word_bits: int = 16, memory: int | None = None, mode: str = STANDARD
) -> Image:
    """Returns the image of a text, with its labels as variables and its lines as facts.

    Raises:
        CompileError: syntax, labels or values are wrong, or the words do not fit the memory.
    """
    listing = parse_asq(source)
    addresses = PORTS | {name: address for name, (address, _) in listing.labels.items()}
    errors = list(listing.errors)
    words: list[int] = []
    for cell in listing.cells:
        value = _value(cell, addresses, word_bits)
        if isinstance(value, int):
            words.append(unsigned(value, word_bits))
        elif len(errors) < MOST_ERRORS:
            errors.append(value)
    if errors:
        # A doubled operand has its error twice.
        raise CompileError(sorted(dict.fromkeys(errors), key=_position)[:MOST_ERRORS])
    cells = memory_for(len(words), word_bits, memory, source.path)
    image = Image(tuple(words), word_bits, cells, mode)
    return replace(image, facts=_facts(listing, image))


def _value(cell: Cell, addresses: dict[str, int], word_bits: int) -> int | Diagnostic:
    """Returns what the cell's expression amounts to, or what is wrong with it."""
    value = cell.value.constant
    for sign, name in cell.value.labels:
        if name.text not in addresses:
            return _undefined(name, list(addresses))
        value += sign * addresses[name.text]
    if fits(value, word_bits):
        return value
    shown = f"`{value}`" if abs(value) < 1 << 63 else "this number"
    message = f"{shown} is no word of {word_bits} bits"
    return Diagnostic("word-range", message, Mark(cell.span), help=range_help(word_bits, value))


def _undefined(name: Token, known: list[str]) -> Diagnostic:
    near = nearest(name.text, known)
    remedy = f"a label with a similar name exists: `{near}`" if near else ""
    message = f"cannot find the label `{name.text}`"
    return Diagnostic("unknown-label", message, Mark(name.span, "not defined"), help=remedy)


def _position(error: Diagnostic) -> int:
    return error.mark.span.start if error.mark else 0


def _facts(listing: Listing, image: Image) -> Facts:
    """Returns what the analysis finds, with the text's instructions, lines and labels."""
    found = analyze(image)
    written = [s.address for s in listing.statements if not s.data and s.length == 3]
    lines = {s.address: s.span.location for s in listing.statements if not s.data}
    code = tuple(sorted({*found.code, *written}))
    return replace(found, code=code, variables=_variables(listing), lines=lines)


def _variables(listing: Listing) -> tuple[Variable, ...]:
    """Returns the labels by address: each names the cells up to the next label or instruction.

    A label before an instruction has the type `code`, one before an operand names that cell.
    """
    instructions = [s for s in listing.statements if not s.data]
    starts = {s.address for s in instructions}
    ends = {address for address, _ in listing.labels.values()} | {len(listing.cells)}
    ends.update(s.address + i for s in instructions for i in range(s.length + 1))
    borders = sorted(ends)
    found = []
    for name, (address, _) in sorted(listing.labels.items(), key=lambda item: item[1][0]):
        if address < len(listing.cells):
            length = borders[bisect_right(borders, address)] - address
            data = "int" if length == 1 else f"int[{length}]"
            kind = "code" if address in starts else data
            found.append(Variable(name, address, length, kind))
    return tuple(found)
