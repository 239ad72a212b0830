"""Which routine does which op."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlpl.backend.subleq.routines.bitwise import bitwise
from mlpl.backend.subleq.routines.decimal import write_decimal
from mlpl.backend.subleq.routines.divide import divide
from mlpl.backend.subleq.routines.divide_by_constant import divide_by_constant
from mlpl.backend.subleq.routines.mask import mask
from mlpl.backend.subleq.routines.multiply import multiply
from mlpl.backend.subleq.routines.need import Need
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.routines.scale import scale
from mlpl.backend.subleq.routines.shift import shift_left, shift_right
from mlpl.backend.subleq.routines.shift_right import shift_right as shift_right_by_constant
from mlpl.backend.subleq.routines.small.bitwise import bitwise as small_bitwise
from mlpl.backend.subleq.routines.small.divide import divide as small_divide
from mlpl.backend.subleq.routines.small.multiply import multiply as small_multiply
from mlpl.backend.subleq.routines.small.shift import shift_left as small_shift_left
from mlpl.backend.subleq.routines.small.shift import shift_right as small_shift_right
from mlpl.base.words import smallest, wrap
from mlpl.ir.module import Op

LIBRARY: dict[str, tuple[str, Callable[[str, int], Routine]]] = {
    "text.write_int": ("write_int#", write_decimal),
}
"""Functions of the library that routines stand for, with the same parameters and results."""

_TRUTH: dict[Op, Callable[[int, int], int]] = {
    Op.AND: lambda x, y: x & y,
    Op.OR: lambda x, y: x | y,
    Op.XOR: lambda x, y: x ^ y,
}


@dataclass(frozen=True, slots=True)
class Form:
    """A routine that can be made.

    Attributes:
        name: of the shared one, which no other form has.
        ops: whose results it has, in order.
        make: makes one by the name that its labels begin with.
    """

    name: str
    ops: tuple[Op, ...]
    make: Callable[[str], Routine]


def by_constant(need: Need, word_bits: int) -> Form | None:
    """Returns the form for a second operand that is known; None where there is none."""
    c, x, w = need.constant, need.x, word_bits
    if c is None:
        return None
    head = need.ops[0].value if len(need.ops) == 1 else "divrem"
    match need.ops[0]:
        case Op.DIV | Op.REM:
            if c in (0, smallest(w)):
                return None
            quotient, remainder = Op.DIV in need.ops, Op.REM in need.ops
            negated = not need.dead and x.low >= 0 and not remainder
            return Form(
                f"{head}{c}#",
                need.ops,
                lambda name: divide_by_constant(
                    name, w, c, x, quotient=quotient, remainder=remainder, negated=negated
                ),
            )
        case Op.AND | Op.OR | Op.XOR:
            op = need.ops[0]
            return Form(f"{head}{c}#", need.ops, lambda name: mask(name, w, op, c, x))
        case Op.MUL | Op.SHL:
            factor = c if need.ops[0] is Op.MUL else wrap(1 << c, w) if 0 <= c < w else 0
            if not factor:
                return None
            return Form(
                f"{head}{c}#", need.ops, lambda name: scale(name, w, factor, dead=need.dead)
            )
        case Op.SHR if c > 0:
            if x.low < 0 or c >= w - 1:
                return Form(
                    f"{head}{c}#", need.ops, lambda name: shift_right_by_constant(name, w, c, x)
                )
            negated = not need.dead
            return Form(
                f"{head}{c}#",
                need.ops,
                lambda name: divide_by_constant(name, w, 1 << c, x, negated=negated),
            )
        case _:
            return None


def general(need: Need, word_bits: int, *, small: bool) -> Form:
    """Returns the form for any operands within what is known."""
    w = word_bits
    if small:
        return _small(need, w)
    match need.ops[0]:
        case Op.MUL:
            return Form("mul#", need.ops, lambda name: multiply(name, w, need.y))
        case Op.DIV | Op.REM:
            quotient, remainder = Op.DIV in need.ops, Op.REM in need.ops
            head = need.ops[0].value if len(need.ops) == 1 else "divrem"
            return Form(
                f"{head}#",
                need.ops,
                lambda name: divide(
                    name, w, quotient=quotient, remainder=remainder, x=need.x, y=need.y
                ),
            )
        case Op.AND | Op.OR | Op.XOR:
            op = need.ops[0]
            natural = need.x.low >= 0 and need.y.low >= 0
            bits = max(need.x.high, need.y.high).bit_length() if natural else None
            return Form(f"{op.value}#", need.ops, lambda name: bitwise(name, w, _TRUTH[op], bits))
        case Op.SHL:
            return Form("shl#", need.ops, lambda name: shift_left(name, w, need))
        case _:
            return Form("shr#", need.ops, lambda name: shift_right(name, w, need))


def _small(need: Need, w: int) -> Form:
    """Returns the form of a loop."""
    makers: dict[Op, Callable[[str, int, Need], Routine]] = {
        Op.MUL: small_multiply,
        Op.DIV: small_divide,
        Op.REM: small_divide,
        Op.AND: small_bitwise,
        Op.OR: small_bitwise,
        Op.XOR: small_bitwise,
        Op.SHL: small_shift_left,
        Op.SHR: small_shift_right,
    }
    head = need.ops[0].value if len(need.ops) == 1 else "divrem"
    make = makers[need.ops[0]]
    return Form(f"{head}#", need.ops, lambda name: make(name, w, need))


def stand_in(function: str, word_bits: int, *, small: bool) -> Form | None:
    """Returns the form for a function of the library; None: it is called."""
    if small or function not in LIBRARY:
        return None
    name, make = LIBRARY[function]
    return Form(name, (Op.CALL,), lambda given: make(given, word_bits))
