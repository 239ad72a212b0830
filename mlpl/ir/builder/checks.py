"""Checks before operations that can trap (L7.3), each a branch to a block with the trap."""

from __future__ import annotations

from mlpl.base.operators import BinaryOp
from mlpl.base.source import Location
from mlpl.base.traps import TrapKind
from mlpl.ir.builder.emitter import Emitter
from mlpl.ir.module import Branch, Const, Edge, Kind, Op, Operand, Trap, Value

READ = "text._read"
READ_STATUS = "@text._read_status"
"""The library's routine of `read()` and what it leaves: 0 done, 1 end of input, 2 invalid."""


def check_index(emitter: Emitter, index: Operand, length: Operand, location: Location) -> None:
    """Emits the check that 0 <= index < length."""
    inside = emitter.emit(Op.WITHIN, index, length, location=location)
    trap = Trap(TrapKind.INDEX_OUT_OF_BOUNDS, (index, length), "", location)
    _require(emitter, inside, trap)


def check_operands(
    emitter: Emitter,
    op: BinaryOp,
    left: Operand,
    right: Operand,
    checked: bool,
    location: Location,
) -> None:
    """Emits what has to hold before a binary operator: a divisor, a count from 0 on."""
    match op:
        case BinaryOp.DIV | BinaryOp.REM:
            if not (isinstance(right, Const) and right.value != 0):
                fine = emitter.emit(Op.NE, right, Const(0), location=location)
                _require(emitter, fine, Trap(TrapKind.DIVISION_BY_ZERO, (left,), "", location))
        case BinaryOp.SHL | BinaryOp.SHR if checked:
            if not (isinstance(right, Const) and right.value >= 0):
                fine = emitter.emit(Op.GE, right, Const(0), location=location)
                _require(emitter, fine, Trap(TrapKind.NEGATIVE_SHIFT, (right,), "", location))
        case _:
            pass


def check_read(emitter: Emitter, status: Value, location: Location) -> None:
    """Emits the traps of `read()` for the status that the routine has left."""
    done, failed = emitter.label("read"), emitter.label("unread")
    fine = emitter.emit(Op.EQ, status, Const(0), location=location)
    emitter.end(Branch(fine, Edge(done), Edge(failed), location))
    emitter.start(failed)
    at_end = emitter.emit(Op.EQ, status, Const(1), location=location)
    end = emitter.trap(Trap(TrapKind.END_OF_INPUT, location=location))
    invalid = emitter.trap(Trap(TrapKind.INVALID_INPUT, location=location))
    emitter.end(Branch(at_end, end, invalid, location))
    emitter.start(done)


def _require(emitter: Emitter, condition: Value, trap: Trap) -> None:
    """Emits the trap for a condition that is false and goes on where it is true."""
    assert condition.kind is Kind.BOOL
    fine = emitter.label("ok")
    emitter.end(Branch(condition, Edge(fine), emitter.trap(trap), trap.location))
    emitter.start(fine)
