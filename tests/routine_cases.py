"""Routines for a known second operand against the operators, within ranges of the first."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from mlpl.backend.subleq.routines.catalog import Form, by_constant, general
from mlpl.backend.subleq.routines.need import Need
from mlpl.base.words import largest, smallest
from mlpl.ir.interval import Interval
from mlpl.ir.module import Op
from tests.routine_machine import RoutineMachine

BY_CONSTANT: tuple[tuple[Op, ...], ...] = (
    (Op.DIV,),
    (Op.REM,),
    (Op.DIV, Op.REM),
    (Op.AND,),
    (Op.OR,),
    (Op.XOR,),
    (Op.SHR,),
    (Op.MUL,),
    (Op.SHL,),
)
MOST = 2000
"""Operands of a run; of wider ranges some are taken."""


PAIRS: tuple[tuple[Op, ...], ...] = BY_CONSTANT
"""What routines compute of two operands."""


def intervals(w: int) -> tuple[Interval, ...]:
    """Returns ranges of every kind: of either sign or both, with the edges of the word or not."""
    low, high = smallest(w), largest(w)
    ends = (low, high), (0, high), (low, 0), (low, -1), (low + 1, high), (low, high - 1)
    return tuple(Interval(*pair) for pair in (*ends, (-3, 3), (0, 20 % high), (1, 1)))


def operands(interval: Interval, rng: random.Random) -> list[int]:
    low, high = interval
    if high - low < MOST:
        return list(range(low, high + 1))
    some = {rng.randint(low, high) >> rng.randrange(8) for _ in range(MOST // 2)}
    near = {x for edge in (low, 0, high) for x in range(edge - 3, edge + 4)}
    return sorted(x for x in some | near if low <= x <= high)


def forms(c: int, w: int, interval: Interval) -> Iterator[tuple[tuple[Op, ...], Form]]:
    """Yields the forms for a constant, whether the operand is needed again or not."""
    for ops in BY_CONSTANT:
        for dead in (False, True):
            need = Need(ops, interval, Interval(c, c), dead)
            form = by_constant(need, w)
            if form is not None:
                yield ops, form


def check_constant(c: int, w: int, interval: Interval) -> None:
    """Compares every form for a constant with its operator."""
    given = operands(interval, random.Random(c))
    xs = np.array(given, dtype=np.int64)
    for ops, form in forms(c, w, interval):
        routine = form.make(form.name)
        results, steps, _ = RoutineMachine(routine, w).run(*[xs] * len(routine.signs))
        assert (steps > 0).all(), (form.name, w, interval)
        for op, result in zip(ops, results, strict=True):
            assert op.binary is not None
            right = [op.binary.apply(x, c, w) for x in given]
            assert result.tolist() == right, (form.name, w, interval)


def check_pairs(
    ops: tuple[Op, ...], w: int, within: tuple[Interval, Interval], *, small: bool
) -> None:
    """Compares the routine for operands within ranges with its operators."""
    rng = random.Random(w)
    xs, ys = (operands(interval, rng) for interval in within)
    if w > 10:
        xs, ys = (rng.choices(some, k=40) for some in (xs, ys))
    least = {Op.SHL: 0, Op.SHR: 0}.get(ops[0], within[1].low)
    divides = ops[0] in (Op.DIV, Op.REM)
    pairs = [(x, y) for x in xs for y in ys if y >= least and (y or not divides)]
    if not pairs:
        return
    routine = general(Need(ops, *within), w, small=small).make("routine")
    columns = np.array(pairs, dtype=np.int64).T
    results, steps, _ = RoutineMachine(routine, w).run(*columns)
    assert (steps > 0).all(), (ops, w, within)
    for op, result in zip(ops, results, strict=True):
        assert op.binary is not None
        right = [op.binary.apply(x, y, w) for x, y in pairs]
        assert result.tolist() == right, (op, w, within)
