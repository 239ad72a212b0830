"""Sums, differences and negatives."""

from __future__ import annotations

from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.selected import Add, Cell, Expression, Operand, Pool, Subtract


def combine(out: Emitter, subtract: bool, target: Cell, x: Operand | int, y: Operand | int) -> None:
    """Emits `target := x + y`, or `x - y`; ints are constants."""
    if isinstance(y, int):
        _shift(out, target, x, -y if subtract else y)
    elif isinstance(x, int):
        if subtract:
            out.load(target, Expression(x))
            out.sub(y, target)
        else:
            _shift(out, target, y, x)
    elif subtract:
        out.emit(Subtract(target, x, y, out.location))
    else:
        out.emit(Add(target, x, y, out.location))


def _shift(out: Emitter, target: Cell, x: Operand | int, by: int) -> None:
    match x:
        case int():
            out.load(target, Expression(x + by))
        case Pool(Expression(constant, symbol, sign)):
            out.load(target, Expression(constant + by, symbol, sign))
        case _:
            out.move(target, x)
            out.increase(target, by)


def negate(out: Emitter, target: Cell, x: Operand, offset: int) -> None:
    """Emits `target := offset - x`."""
    out.load(target, Expression(offset))
    out.sub(x, target)
