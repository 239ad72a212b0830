"""What the ops of the IR cost in SUBLEQ, for the passes that weigh steps against cells.

Estimates of what selection emits: how far copies coalesce is not known before, so half of them are
counted.
"""

from __future__ import annotations

from mlpl.backend.subleq.routines.catalog import LIBRARY
from mlpl.backend.subleq.routines.scale import cost
from mlpl.backend.subleq.routines.scaling import chain
from mlpl.base.words import WIDEST
from mlpl.ir.costs import Cost
from mlpl.ir.module import (
    Address,
    Branch,
    Const,
    Edge,
    Instruction,
    Jump,
    Op,
    Operand,
    Return,
    Terminator,
)

_WORDS = 3
"""Cells of an instruction."""

_STEPS = {
    Op.ADD: 3,
    Op.OFFSET: 3,
    Op.SUB: 2,
    Op.NEG: 2,
    Op.INVERT: 2,
    Op.NOT: 2,
    Op.INT: 0,
    Op.EQ: 4,
    Op.NE: 4,
    Op.LT: 5,
    Op.LE: 5,
    Op.GT: 5,
    Op.GE: 5,
    Op.WITHIN: 4,
    Op.MUL: 35,
    Op.DIV: 45,
    Op.REM: 45,
    Op.SHL: 30,
    Op.SHR: 40,
    Op.AND: 40,
    Op.OR: 40,
    Op.XOR: 40,
    Op.GETC: 2,
    Op.PUTC: 1,
}
_PUSH_AND_POP = 24
_BY_CONSTANT = 20
"""Steps of a division, a shift or a mask by a constant."""
_ROUTINE_CELLS = 30
"""Of a call of a routine that stands elsewhere."""


class SubleqCosts:
    """The estimates; see `mlpl.ir.costs.Costs`."""

    def kept(self) -> Cost:
        """Returns the cost of a push and a pop."""
        return Cost(_PUSH_AND_POP, _WORDS * _PUSH_AND_POP)

    def provides(self, function: str) -> bool:
        """Whether there is a routine that stands for a function of the library."""
        return function in LIBRARY

    def instruction(self, instruction: Instruction) -> Cost:
        """Returns what an instruction costs, a call without the callee's body."""
        op, operands = instruction.op, instruction.operands
        match op:
            case Op.CALL:
                steps = 4 + 4 * len(operands) + (3 if instruction.result is not None else 0)
            case Op.LOAD:
                steps = 4 if _fixed(operands[0], operands[1]) else 8
            case Op.STORE:
                steps = 4 if _fixed(operands[0], operands[1]) else 12
            case Op.ADD | Op.OFFSET if isinstance(operands[1], Const):
                steps = 1 if isinstance(operands[0], Const) else 2
            case Op.EQ | Op.NE | Op.LT | Op.LE | Op.GT | Op.GE if isinstance(operands[1], Const):
                steps = 3
            case Op.COPY | Op.ZERO:
                count = operands[-1]
                assert isinstance(count, Const), "counts are constants"
                each = 4 if op is Op.COPY else 1
                return Cost(each * count.value, _WORDS * each * min(count.value, 16))
            case Op.MUL | Op.SHL if factor := _factor(instruction):
                steps = cost(chain(factor, overwritten=False))
            case Op.DIV | Op.REM | Op.SHR | Op.AND | Op.OR | Op.XOR if isinstance(
                operands[1], Const
            ):
                return Cost(_BY_CONSTANT, _ROUTINE_CELLS)
            case Op.MUL | Op.DIV | Op.REM | Op.SHL | Op.SHR | Op.AND | Op.OR | Op.XOR:
                return Cost(_STEPS[op], _ROUTINE_CELLS)
            case _:
                steps = _STEPS[op]
        return Cost(steps, _WORDS * steps)

    def terminator(self, terminator: Terminator) -> Cost:
        """Returns what the end of a block costs, with the moves on its edges."""
        match terminator:
            case Jump(edge):
                steps = _moves(edge)
                return Cost(steps, _WORDS * steps)
            case Branch(_, then, otherwise):
                steps = 1 + (_moves(then) + _moves(otherwise)) // 2
                return Cost(steps, _WORDS * (1 + _moves(then) + _moves(otherwise)))
            case Return(value):
                return Cost(1, _WORDS) if value is None else Cost(4, 4 * _WORDS)
            case _:
                return Cost(1, 0)


def _factor(product: Instruction) -> int:
    """Returns the constant that a product or a left shift is by; 0 for any other."""
    match product:
        case Instruction(Op.MUL, (_, Const(factor))):
            return factor
        case Instruction(Op.SHL, (_, Const(count))) if 0 <= count < WIDEST:
            return 1 << count
        case _:
            return 0


def _fixed(ref: Operand, index: Operand) -> bool:
    return isinstance(ref, Address) and isinstance(index, Const)


def _moves(edge: Edge) -> int:
    """Returns the steps of an edge's moves, of which coalescing removes about half."""
    return 2 * len(edge.arguments)
