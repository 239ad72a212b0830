"""What each op takes and gives: the one place that the text form, verifier and builder read."""

from __future__ import annotations

from mlpl.ir.module import Const, Kind, Op

INT, BOOL, REF = frozenset({Kind.INT}), frozenset({Kind.BOOL}), frozenset({Kind.REF})
SCALAR = INT | BOOL

ROUTINE_OPS = (Op.MUL, Op.DIV, Op.REM, Op.SHL, Op.SHR, Op.AND, Op.OR, Op.XOR)
"""The ops that SUBLEQ-like targets do by routines of the library (`Module.routines`)."""


def _operand_kinds(op: Op) -> tuple[frozenset[Kind], ...]:
    match op:
        case Op.EQ | Op.NE:
            return SCALAR, SCALAR
        case Op.NEG | Op.INVERT | Op.PUTC:
            return (INT,)
        case Op.NOT | Op.INT:
            return (BOOL,)
        case Op.OFFSET | Op.LOAD | Op.ZERO:
            return REF, INT
        case Op.STORE:
            return REF, INT, SCALAR
        case Op.COPY:
            return REF, REF, INT
        case Op.GETC | Op.CALL:
            return ()
        case _:
            return INT, INT


OPERANDS: dict[Op, tuple[frozenset[Kind], ...]] = {op: _operand_kinds(op) for op in Op}
"""The kinds that each operand may have; `CALL` is ruled by its callee instead."""

_BOOLEAN = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.NOT, Op.WITHIN})
NO_RESULT = frozenset({Op.STORE, Op.COPY, Op.ZERO, Op.PUTC})
"""The ops that never define a value."""


def result_kind(op: Op) -> Kind:
    """Returns the kind of an op's result; for `LOAD` and `CALL`, which choose, the usual int."""
    if op in _BOOLEAN:
        return Kind.BOOL
    return Kind.REF if op is Op.OFFSET else Kind.INT


def zero(kind: Kind) -> Const:
    """Returns 0 or false."""
    return Const(0, kind)
