"""What follows from comparisons that are known to hold or not to hold."""

from __future__ import annotations

from collections.abc import Iterator

from mlpl.ir.module import Const, Op, Operand, Value

MIRRORED = {
    Op.EQ: Op.EQ,
    Op.NE: Op.NE,
    Op.LT: Op.GT,
    Op.LE: Op.GE,
    Op.GT: Op.LT,
    Op.GE: Op.LE,
}
"""x op y is y mirrored x."""

OPPOSITE = {
    Op.EQ: Op.NE,
    Op.NE: Op.EQ,
    Op.LT: Op.GE,
    Op.GE: Op.LT,
    Op.GT: Op.LE,
    Op.LE: Op.GT,
}
"""x op y is not (x opposite y)."""

_IMPLIED = {
    Op.EQ: (Op.LE, Op.GE),
    Op.NE: (),
    Op.LT: (Op.LE, Op.NE),
    Op.LE: (),
    Op.GT: (Op.GE, Op.NE),
    Op.GE: (),
}
"""Where x op y holds, x implied y holds too."""

Key = tuple[Op, tuple[Operand, ...]]
"""A computation, written in one way only: see `key`."""


def key(op: Op, operands: tuple[Operand, ...]) -> Key:
    """Returns the computation with constants on the right and values by id, if they commute."""
    binary = op.binary
    if binary is not None and (binary.commutes or op in MIRRORED):
        x, y = operands
        if _rank(x) > _rank(y):
            return MIRRORED.get(op, op), (y, x)
    return op, operands


def _rank(operand: Operand) -> tuple[int, int]:
    if isinstance(operand, Value):
        return 0, operand.id
    return 1, operand.value if isinstance(operand, Const) else 0


def consequences(op: Op, operands: tuple[Operand, ...], holds: bool) -> Iterator[tuple[Key, bool]]:
    """Yields the computation itself and what follows from it, each with its truth."""
    yield key(op, operands), holds
    if op is Op.WITHIN and holds:
        x, y = operands
        yield from consequences(Op.GE, (x, Const(0)), True)
        yield from consequences(Op.LT, (x, y), True)
    if op not in OPPOSITE:
        return
    true = op if holds else OPPOSITE[op]
    for implied in (true, *_IMPLIED[true]):
        yield key(implied, operands), True
        yield key(OPPOSITE[implied], operands), False
