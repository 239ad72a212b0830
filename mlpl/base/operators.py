"""The operators, one row each: spelling, kind and meaning (L5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from mlpl.base import words

Meaning = Callable[[int, int, int], int]
"""(x, y, w) -> word or 0/1. x and y are signed words, or 0/1 for bools."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known about a binary operator.

    Attributes:
        symbol: as written in MLPL.
        word: its name in the IR.
        compares: whether the result is a bool.
        commutes: whether the operands may be exchanged.
        meaning: the result for two operands; see `Meaning`.
    """

    symbol: str
    word: str
    compares: bool
    commutes: bool
    meaning: Meaning


class BinaryOp(Enum):
    """Binary operators on ints; `==` and `!=` also on bools (L5.5).

    `DIV` and `REM` need y != 0, `SHL` and `SHR` need y >= 0: whoever evaluates them has checked.
    """

    ADD = Row("+", "add", False, True, lambda x, y, w: words.wrap(x + y, w))
    SUB = Row("-", "sub", False, False, lambda x, y, w: words.wrap(x - y, w))
    MUL = Row("*", "mul", False, True, lambda x, y, w: words.wrap(x * y, w))
    DIV = Row("/", "div", False, False, words.divide)
    REM = Row("%", "rem", False, False, words.remainder)
    SHL = Row("<<", "shl", False, False, words.shift_left)
    SHR = Row(">>", "shr", False, False, words.shift_right)
    AND = Row("&", "and", False, True, lambda x, y, w: x & y)
    OR = Row("|", "or", False, True, lambda x, y, w: x | y)
    XOR = Row("^", "xor", False, True, lambda x, y, w: x ^ y)
    EQ = Row("==", "eq", True, True, lambda x, y, w: int(x == y))
    NE = Row("!=", "ne", True, True, lambda x, y, w: int(x != y))
    LT = Row("<", "lt", True, False, lambda x, y, w: int(x < y))
    LE = Row("<=", "le", True, False, lambda x, y, w: int(x <= y))
    GT = Row(">", "gt", True, False, lambda x, y, w: int(x > y))
    GE = Row(">=", "ge", True, False, lambda x, y, w: int(x >= y))

    @property
    def symbol(self) -> str:
        """As written in MLPL."""
        return self.value.symbol

    @property
    def word(self) -> str:
        """The name in the IR."""
        return self.value.word

    @property
    def compares(self) -> bool:
        """Whether the result is a bool."""
        return self.value.compares

    @property
    def commutes(self) -> bool:
        """Whether the operands may be exchanged."""
        return self.value.commutes

    def apply(self, x: int, y: int, w: int) -> int:
        """Returns the result as a signed word of w bits, or 0/1 if it compares."""
        return self.value.meaning(x, y, w)


class UnaryOp(Enum):
    """Unary operators: `-` and `~` on ints, `!` on bools, `int` from bool to int (L2.5)."""

    NEG = "-"
    INVERT = "~"
    NOT = "!"
    INT = "int"

    def apply(self, x: int, w: int) -> int:
        """Returns the result as a signed word of w bits, or 0/1 for `!`."""
        match self:
            case UnaryOp.NEG:
                return words.wrap(-x, w)
            case UnaryOp.INVERT:
                return ~x
            case UnaryOp.NOT:
                return 1 - x
            case UnaryOp.INT:
                return x


BY_SYMBOL = {op.symbol: op for op in BinaryOp}
BY_WORD = {op.word: op for op in BinaryOp}
