"""What an instruction is equal to: constants, operands, simpler instructions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mlpl.base.words import largest, smallest, wrap
from mlpl.ir.facts import MIRRORED, OPPOSITE
from mlpl.ir.module import Const, Instruction, Kind, Op, Operand, Value

_FALSE, _TRUE = Const(0, Kind.BOOL), Const(1, Kind.BOOL)
Simpler = Operand | Instruction | None
"""What stands for the result, an instruction to compute it by, or None: nothing is simpler."""


@dataclass(frozen=True, slots=True)
class Identities:
    """Knows the instructions that define the operands.

    Attributes:
        word_bits: w.
        definitions: of values, by id.
        uses: how often each value is used; what is used once disappears if it is seen through,
            so that no value lives longer for it.
    """

    word_bits: int
    definitions: Mapping[int, Instruction]
    uses: Mapping[int, int]

    def simplify(self, instruction: Instruction) -> Operand | Instruction:
        """Returns the simplest known form of an instruction: an operand or an instruction."""
        while True:
            simpler = self._step(instruction)
            if simpler is None:
                return instruction
            if not isinstance(simpler, Instruction):
                return simpler
            instruction = simpler

    def _step(self, instruction: Instruction) -> Simpler:
        operands = instruction.operands
        match instruction.op:
            case Op.NEG | Op.INVERT | Op.NOT | Op.INT:
                return self._unary(instruction, operands[0])
            case Op.WITHIN:
                return self._within(instruction, operands[0], operands[1])
            case Op.OFFSET | Op.LOAD | Op.STORE:
                return self._memory(instruction, operands[0], operands[1])
            case op if op.binary is not None:
                return self._binary(instruction, operands[0], operands[1])
            case _:
                return None

    def _inside(self, operand: Operand, op: Op, once: bool = True) -> Instruction | None:
        """Returns the instruction that defines an operand if it is an `op`."""
        if not isinstance(operand, Value):
            return None
        inner = self.definitions.get(operand.id)
        if inner is None or inner.op is not op or (once and self.uses[operand.id] > 1):
            return None
        return inner

    def _unary(self, instruction: Instruction, x: Operand) -> Simpler:
        op = instruction.op
        if isinstance(x, Const):
            return _constant_unary(op, x.value, self.word_bits)
        if op is Op.INT:
            return None
        if inner := self._inside(x, op, once=False):
            return inner.operands[0]
        if op is Op.NEG and (inner := self._inside(x, Op.SUB)):
            return replace(instruction, op=Op.SUB, operands=inner.operands[::-1])
        if op is Op.NOT and isinstance(x, Value):
            defining = self.definitions.get(x.id)
            if defining and defining.op in OPPOSITE and self.uses[x.id] == 1:
                opposite = OPPOSITE[defining.op]
                return replace(instruction, op=opposite, operands=defining.operands)
        return None

    def _within(self, instruction: Instruction, x: Operand, y: Operand) -> Simpler:
        match x, y:
            case Const(index), Const(length):
                return _bool(0 <= index < length)
            case _, Const(0):
                return _FALSE
            case _, Const(1):
                return replace(instruction, op=Op.EQ, operands=(x, Const(0)))
            case Const(index), _ if index < 0:
                return _FALSE
            case Const(index), _:
                return replace(instruction, op=Op.GT, operands=(y, x))
            case _:
                return None

    def _memory(self, instruction: Instruction, ref: Operand, index: Operand) -> Simpler:
        """Moves offsets of an address into the index, where they cost nothing."""
        if instruction.op is Op.OFFSET and index == Const(0):
            return ref
        inner = self._inside(ref, Op.OFFSET, once=not isinstance(index, Const))
        if inner is None:
            return None
        base, before = inner.operands
        rest = instruction.operands[2:]
        if isinstance(before, Const) and isinstance(index, Const):
            total: Operand = Const(wrap(before.value + index.value, self.word_bits))
            return replace(instruction, operands=(base, total, *rest))
        if index == Const(0) and self._inside(ref, Op.OFFSET):
            return replace(instruction, operands=(base, before, *rest))
        return None

    def _binary(self, instruction: Instruction, x: Operand, y: Operand) -> Simpler:
        op, w = instruction.op, self.word_bits
        binary = op.binary
        assert binary is not None, "the caller has looked"
        if isinstance(x, Const) and isinstance(y, Const):
            return _constant_binary(op, x.value, y.value, w)
        if isinstance(x, Const) and (binary.commutes or op in MIRRORED):
            return replace(instruction, op=MIRRORED.get(op, op), operands=(y, x))
        if isinstance(y, Const):
            if op in MIRRORED:
                return self._compare(instruction, x, y)
            return self._with_constant(instruction, x, y.value)
        if x == y:
            return self._with_itself(instruction, x)
        if op is Op.ADD:
            return self._add(instruction, x, y)
        if op is Op.SUB and (inner := self._inside(y, Op.NEG, once=False)):
            return replace(instruction, op=Op.ADD, operands=(x, inner.operands[0]))
        if op is Op.SUB and x == Const(0):
            return replace(instruction, op=Op.NEG, operands=(y,))
        return None

    def _add(self, instruction: Instruction, x: Operand, y: Operand) -> Simpler:
        if inner := self._inside(y, Op.NEG, once=False):
            return replace(instruction, op=Op.SUB, operands=(x, inner.operands[0]))
        if inner := self._inside(x, Op.NEG, once=False):
            return replace(instruction, op=Op.SUB, operands=(y, inner.operands[0]))
        return None

    def _with_constant(self, instruction: Instruction, x: Operand, y: int) -> Simpler:
        """Returns a simpler form of x op y for an arithmetic op and a constant y."""
        op, w = instruction.op, self.word_bits
        match op, y:
            case (Op.ADD | Op.SUB | Op.OR | Op.XOR | Op.SHL | Op.SHR, 0):
                return x
            case (Op.MUL | Op.DIV, 1) | (Op.AND, -1):
                return x
            case (Op.MUL | Op.AND, 0) | (Op.REM, 1 | -1):
                return Const(0)
            case Op.OR, -1:
                return Const(-1)
            case (Op.MUL | Op.DIV, -1):
                return replace(instruction, op=Op.NEG, operands=(x,))
            case Op.XOR, -1:
                return replace(instruction, op=Op.INVERT, operands=(x,))
            case (Op.MUL, 2) | (Op.SHL, 1):
                return replace(instruction, op=Op.ADD, operands=(x, x))
            case Op.SUB, _:
                return replace(instruction, op=Op.ADD, operands=(x, Const(wrap(-y, w))))
            case Op.ADD, _ if inner := self._inside(x, Op.ADD):
                return self._sum(instruction, inner, y)
            case Op.SHL, _ if y >= w:
                return Const(0)
            case _:
                return None

    def _sum(self, instruction: Instruction, inner: Instruction, y: int) -> Simpler:
        base, before = inner.operands
        if not isinstance(before, Const):
            return None
        total = Const(wrap(before.value + y, self.word_bits))
        return replace(instruction, operands=(base, total))

    def _with_itself(self, instruction: Instruction, x: Operand) -> Simpler:
        match instruction.op:
            case Op.SUB | Op.XOR:
                return Const(0)
            case Op.AND | Op.OR:
                return x
            case Op.EQ | Op.LE | Op.GE:
                return _TRUE
            case Op.NE | Op.LT | Op.GT:
                return _FALSE
            case _:
                return None

    def _compare(self, instruction: Instruction, x: Operand, y: Const) -> Simpler:
        """Returns a simpler form of a comparison with a constant."""
        op, w = instruction.op, self.word_bits
        if y.kind is Kind.BOOL:
            return self._choice(instruction, x, y.value)
        if inner := self._inside(x, Op.INT, once=False):
            return self._choice(instruction, inner.operands[0], y.value)
        low, high = smallest(w), largest(w)
        match op, y.value:
            case (Op.LT, value) if value == low:
                return _FALSE
            case (Op.GE, value) if value == low:
                return _TRUE
            case (Op.GT, value) if value == high:
                return _FALSE
            case (Op.LE, value) if value == high:
                return _TRUE
            case _:
                pass
        if op not in (Op.EQ, Op.NE):
            return None
        if inner := self._inside(x, Op.SUB):
            return replace(instruction, operands=inner.operands) if y.value == 0 else None
        inner = self._inside(x, Op.ADD)
        if inner is None or not isinstance(inner.operands[1], Const):
            return None
        rest = Const(wrap(y.value - inner.operands[1].value, w))
        return replace(instruction, operands=(inner.operands[0], rest))

    def _choice(self, instruction: Instruction, b: Operand, y: int) -> Simpler:
        """Returns a simpler form of the comparison of a bool, as an int, with y."""
        binary = instruction.op.binary
        assert binary is not None, "comparisons are operators"
        match binary.apply(0, y, self.word_bits), binary.apply(1, y, self.word_bits):
            case 0, 1:
                return b
            case 1, 0:
                return replace(instruction, op=Op.NOT, operands=(b,))
            case always, _:
                return _bool(bool(always))


def _bool(value: bool) -> Const:
    return _TRUE if value else _FALSE


def _constant_unary(op: Op, x: int, w: int) -> Const:
    match op:
        case Op.NEG:
            return Const(wrap(-x, w))
        case Op.INVERT:
            return Const(~x)
        case Op.INT:
            return Const(x)
        case _:
            return _bool(not x)


def _constant_binary(op: Op, x: int, y: int, w: int) -> Simpler:
    """Returns the result, or None where the op has none (its check branches away before it)."""
    binary = op.binary
    assert binary is not None, "the caller has looked"
    if (op in (Op.DIV, Op.REM) and y == 0) or (op in (Op.SHL, Op.SHR) and y < 0):
        return None
    return Const(binary.apply(x, y, w), Kind.BOOL if binary.compares else Kind.INT)
