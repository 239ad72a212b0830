"""`print` and `write` (L6): everything is evaluated, then written byte by byte."""

from __future__ import annotations

from mlpl.base.source import Location
from mlpl.ir.builder.emitter import Emitter
from mlpl.ir.builder.expressions import Expressions
from mlpl.ir.module import Branch, Const, Edge, Kind, Op, Operand
from mlpl.lang import typed

WRITE_INT = "text.write_int"
"""The library's routine that writes an int in decimal."""


def build_print(emitter: Emitter, expressions: Expressions, statement: typed.Print) -> None:
    """Emits the evaluation of all items, then the writing of their texts."""
    values = [
        item.codes if isinstance(item, typed.Text) else expressions.value(item)
        for item in statement.items
    ]
    location = statement.span.location
    for number, value in enumerate(values):
        if statement.line and number:
            _write_text(emitter, " ", location)
        if isinstance(value, tuple):
            _write_codes(emitter, value, location)
        else:
            _write_value(emitter, value, location)
    if statement.line:
        _write_text(emitter, "\n", location)


def _write_value(emitter: Emitter, value: Operand, location: Location) -> None:
    if isinstance(value, Const):
        _write_text(emitter, str(value), location)
    elif value.kind is Kind.BOOL:
        _write_bool(emitter, value, location)
    else:
        emitter.call(WRITE_INT, (value,), None, location)


def _write_bool(emitter: Emitter, value: Operand, location: Location) -> None:
    true, false, written = (emitter.label(stem) for stem in ("true", "false", "written"))
    emitter.end(Branch(value, Edge(true), Edge(false), location))
    for block, text in ((true, "true"), (false, "false")):
        emitter.start(block)
        _write_text(emitter, text, location)
        emitter.jump(written)
    emitter.start(written)


def _write_text(emitter: Emitter, text: str, location: Location) -> None:
    _write_codes(emitter, tuple(text.encode("ascii")), location)


def _write_codes(emitter: Emitter, codes: tuple[int, ...], location: Location) -> None:
    for code in codes:
        emitter.act(Op.PUTC, Const(code), location=location)
