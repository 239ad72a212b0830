"""What each op does in the interpreter: closures over the numbers of registers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlpl.ir.module import Op

Step = Callable[[list[Any]], None]


def make_step(
    op: Op,
    target: int,
    operands: tuple[int, ...],
    w: int,
    read: Callable[[], int],
    output: bytearray,
) -> Step:
    """Returns what carries out an instruction on the registers of an activation.

    Args:
        op: any but `CALL`.
        target: the register of the result; unused where there is none.
        operands: the registers of the operands.
        w: bits of a word.
        read: returns the next input byte, -1 at the end.
        output: where bytes are written.
    """
    match op:
        case Op.LOAD | Op.STORE | Op.OFFSET | Op.COPY | Op.ZERO:
            return _memory_step(op, target, operands, w)
        case Op.GETC:
            return _getc(target, read, w)
        case Op.PUTC:
            return _putc(operands[0], output)
        case Op.ADD | Op.SUB | Op.LT | Op.WITHIN:
            return _frequent(op, target, operands[0], operands[1], w)
        case Op.NEG | Op.INVERT | Op.NOT | Op.INT:
            return _unary(op, target, operands[0], w)
        case _:
            return _binary(op, target, operands[0], operands[1], w)


def _frequent(op: Op, target: int, x: int, y: int, w: int) -> Step:
    """Returns the step of an op that is worth a closure of its own, without a call in it."""
    half, mask = 1 << (w - 1), (1 << w) - 1

    def add(r: list[Any]) -> None:
        r[target] = ((r[x] + r[y] + half) & mask) - half

    def sub(r: list[Any]) -> None:
        r[target] = ((r[x] - r[y] + half) & mask) - half

    def less(r: list[Any]) -> None:
        r[target] = 1 if r[x] < r[y] else 0

    def within(r: list[Any]) -> None:
        r[target] = 1 if 0 <= r[x] < r[y] else 0

    return {Op.ADD: add, Op.SUB: sub, Op.LT: less, Op.WITHIN: within}[op]


def _binary(op: Op, target: int, x: int, y: int, w: int) -> Step:
    binary = op.binary
    assert binary is not None, f"{op} is no binary operator"
    meaning = binary.value.meaning

    def step(r: list[Any]) -> None:
        r[target] = meaning(r[x], r[y], w)

    return step


def _unary(op: Op, target: int, x: int, w: int) -> Step:
    half, mask = 1 << (w - 1), (1 << w) - 1

    def neg(r: list[Any]) -> None:
        r[target] = ((half - r[x]) & mask) - half

    def invert(r: list[Any]) -> None:
        r[target] = ~r[x]

    def not_(r: list[Any]) -> None:
        r[target] = 1 - r[x]

    def int_(r: list[Any]) -> None:
        r[target] = r[x]

    return {Op.NEG: neg, Op.INVERT: invert, Op.NOT: not_, Op.INT: int_}[op]


def _memory_step(op: Op, target: int, operands: tuple[int, ...], w: int) -> Step:
    """Returns the step of an op on memory; a cell outside its object is an IndexError."""
    mask = (1 << w) - 1
    x, y = operands[:2]
    last = operands[-1]

    def load(r: list[Any]) -> None:
        cells, offset = r[x]
        r[target] = cells[(offset + r[y]) & mask]

    def store(r: list[Any]) -> None:
        cells, offset = r[x]
        cells[(offset + r[y]) & mask] = r[last]

    def offset(r: list[Any]) -> None:
        cells, start = r[x]
        r[target] = (cells, (start + r[y]) & mask)

    def copy(r: list[Any]) -> None:
        (cells, to), (source, start), number = r[x], r[y], r[last]
        if max(to + number - len(cells), start + number - len(source)) > 0:
            raise IndexError
        cells[to : to + number] = source[start : start + number]

    def zero(r: list[Any]) -> None:
        (cells, start), number = r[x], r[y]
        if start + number > len(cells):
            raise IndexError
        cells[start : start + number] = [0] * number

    steps = {Op.LOAD: load, Op.STORE: store, Op.OFFSET: offset, Op.COPY: copy, Op.ZERO: zero}
    return steps[op]


def _getc(target: int, read: Callable[[], int], w: int) -> Step:
    half, mask = 1 << (w - 1), (1 << w) - 1

    def step(r: list[Any]) -> None:
        r[target] = ((read() + half) & mask) - half

    return step


def _putc(x: int, output: bytearray) -> Step:
    def step(r: list[Any]) -> None:
        output.append(r[x] & 255)

    return step
