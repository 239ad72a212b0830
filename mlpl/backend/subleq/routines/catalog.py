"""Which routine does which op."""

from __future__ import annotations

from collections.abc import Callable

from mlpl.backend.subleq.routines.bitwise import Truth, bitwise
from mlpl.backend.subleq.routines.decimal import write_decimal
from mlpl.backend.subleq.routines.divide import divide
from mlpl.backend.subleq.routines.multiply import multiply
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.ir.module import Op


def _divide(quotient: bool, remainder: bool) -> Callable[[str, int], Routine]:
    return lambda name, w: divide(name, w, quotient=quotient, remainder=remainder)


def _bitwise(truth: Truth) -> Callable[[str, int], Routine]:
    return lambda name, w: bitwise(name, w, truth)


_MAKERS: dict[frozenset[Op], tuple[str, Callable[[str, int], Routine]]] = {
    frozenset({Op.MUL}): ("mul#", multiply),
    frozenset({Op.DIV}): ("div#", _divide(True, False)),
    frozenset({Op.REM}): ("rem#", _divide(False, True)),
    frozenset({Op.DIV, Op.REM}): ("divrem#", _divide(True, True)),
    frozenset({Op.AND}): ("and#", _bitwise(lambda x, y: x & y)),
    frozenset({Op.OR}): ("or#", _bitwise(lambda x, y: x | y)),
    frozenset({Op.XOR}): ("xor#", _bitwise(lambda x, y: x ^ y)),
}

LIBRARY: dict[str, tuple[str, Callable[[str, int], Routine]]] = {
    "text.write_int": ("write_int#", write_decimal),
}
"""Functions of the library that routines stand for, with the same parameters and results."""

_SHARED = frozenset({Op.DIV, Op.REM})
"""Ops that one routine does together."""


class Catalog:
    """The routines of one program, each made when it is first asked for.

    Attributes:
        made: by name.
    """

    def __init__(self, word_bits: int, ops: frozenset[Op], *, small: bool = False) -> None:
        """Prepares routines for a program that uses `ops`; `small` prefers the library's."""
        self._word_bits = word_bits
        self._small = small
        self._ops = ops
        self.made: dict[str, Routine] = {}

    def find(self, op: Op) -> tuple[Routine, int] | None:
        """Returns the routine for an op, and which of its results is meant.

        None says that the library's routine does it.
        """
        ops = _SHARED & self._ops if op in _SHARED else frozenset({op})
        if self._small or ops not in _MAKERS:
            return None
        return self._made(*_MAKERS[ops]), int(op is Op.REM and len(ops) > 1)

    def stand_in(self, function: str, arity: int) -> Routine | None:
        """Returns the routine for a function of the library that still has all parameters."""
        if self._small or function not in LIBRARY:
            return None
        routine = self._made(*LIBRARY[function])
        return routine if len(routine.signs) == arity else None

    def _made(self, name: str, make: Callable[[str, int], Routine]) -> Routine:
        if name not in self.made:
            self.made[name] = make(name, self._word_bits)
        return self.made[name]
