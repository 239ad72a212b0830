"""The back end's routines against the operators, for every pair of narrow words and more."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from mlpl.backend.subleq.routines.bitwise import bitwise
from mlpl.backend.subleq.routines.decimal import write_decimal
from mlpl.backend.subleq.routines.divide import divide
from mlpl.backend.subleq.routines.multiply import multiply
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.base import words
from mlpl.ir.interval import Interval
from mlpl.ir.module import Op
from tests.routine_cases import PAIRS, check_constant, check_pairs, intervals
from tests.routine_machine import RoutineMachine, Words

SHORT = (5, 6)
"""Widths at which every pair is tried."""

Meaning = Callable[[int, int, int], tuple[int, ...]]


def quotient_and_remainder(x: int, y: int, w: int) -> tuple[int, ...]:
    return words.divide(x, y, w), words.remainder(x, y, w)


CASES: dict[str, tuple[Callable[[str, int], Routine], Meaning, Callable[[int], bool]]] = {
    "mul": (multiply, lambda x, y, w: (words.wrap(x * y, w),), lambda y: True),
    "divrem": (
        lambda name, w: divide(name, w, quotient=True, remainder=True),
        quotient_and_remainder,
        bool,
    ),
    "div": (
        lambda name, w: divide(name, w, quotient=True, remainder=False),
        lambda x, y, w: (words.divide(x, y, w),),
        bool,
    ),
    "rem": (
        lambda name, w: divide(name, w, quotient=False, remainder=True),
        lambda x, y, w: (words.remainder(x, y, w),),
        bool,
    ),
    "and": (
        lambda name, w: bitwise(name, w, lambda x, y: x & y),
        lambda x, y, w: (x & y,),
        lambda y: True,
    ),
    "or": (
        lambda name, w: bitwise(name, w, lambda x, y: x | y),
        lambda x, y, w: (x | y,),
        lambda y: True,
    ),
    "xor": (
        lambda name, w: bitwise(name, w, lambda x, y: x ^ y),
        lambda x, y, w: (x ^ y,),
        lambda y: True,
    ),
}


def every_pair(w: int) -> tuple[list[int], list[int]]:
    values = range(words.smallest(w), words.largest(w) + 1)
    return [x for x in values for _ in values], [y for _ in values for y in values]


def some_pairs(w: int, count: int) -> tuple[list[int], list[int]]:
    rng = random.Random(w)
    top = 1 << (w - 1)
    edges = [-top, 1 - top, -top // 2, -3, -2, -1, 0, 1, 2, 3, top // 2, top - 2, top - 1]
    x, y = [a for a in edges for _ in edges], [b for _ in edges for b in edges]
    for _ in range(count):
        x.append(words.wrap(rng.randrange(1 << w) >> rng.randrange(w), w))
        y.append(words.wrap(rng.randrange(1 << w) >> rng.randrange(w), w))
    return x, y


def check(name: str, w: int, pairs: tuple[list[int], list[int]]) -> Words:
    make, meaning, allowed = CASES[name]
    chosen = [(x, y) for x, y in zip(*pairs, strict=True) if allowed(y)]
    xs, ys = (np.array(column, dtype=np.int64) for column in zip(*chosen, strict=True))
    results, steps, _ = RoutineMachine(make(name, w), w).run(xs, ys)
    assert (steps > 0).all(), "scratch cells and patched operands are as they were"
    expected = np.array([meaning(x, y, w) for x, y in chosen], dtype=np.int64)
    for number, result in enumerate(results):
        wrong = np.flatnonzero(result != expected[:, number])
        assert not len(wrong), [(chosen[i], int(result[i])) for i in wrong[:5]]
    return steps


@pytest.mark.parametrize("w", SHORT)
@pytest.mark.parametrize("name", CASES)
def test_every_pair_of_words(name: str, w: int) -> None:
    check(name, w, every_pair(w))


@pytest.mark.parametrize("w", [16, 32])
@pytest.mark.parametrize("name", CASES)
def test_pairs_of_wide_words(name: str, w: int) -> None:
    check(name, w, some_pairs(w, 1500))


@pytest.mark.parametrize("interval", [*intervals(6), Interval(0, 2), Interval(-1, 4)])
def test_multipliers_within_ranges(interval: Interval) -> None:
    low, high = interval
    pairs = [(x, y) for x, y in zip(*every_pair(6), strict=True) if low <= y <= high]
    xs, ys = np.array(pairs, dtype=np.int64).T
    results, steps, _ = RoutineMachine(multiply("mul", 6, interval), 6).run(xs, ys)
    assert (steps > 0).all()
    assert results[0].tolist() == [words.wrap(x * y, 6) for x, y in pairs]


@pytest.mark.parametrize("w", [8, 12, 16, 32])
def test_every_number_is_written_in_decimal(w: int) -> None:
    xs = every_pair(w)[1][: 1 << w] if w < 9 else some_pairs(w, 1500)[0]
    machine = RoutineMachine(write_decimal("write", w), w)
    _, steps, output = machine.run(np.array(xs, dtype=np.int64))
    assert (steps > 0).all()
    assert output == [str(x).encode() for x in xs]


@pytest.mark.parametrize(
    ("name", "x", "y", "most"),
    [("mul", 123, 45, 35), ("mul", 181, 181, 45), ("div", 12345, 67, 61)],
)
def test_steps(name: str, x: int, y: int, most: int) -> None:
    """The cost that the routines' descriptions state."""
    assert check(name, 16, ([x], [y]))[0] <= most


@pytest.mark.parametrize("c", range(-16, 16))
def test_every_constant(c: int) -> None:
    for interval in intervals(5):
        check_constant(c, 5, interval)


@pytest.mark.parametrize("w", [16, 32])
def test_constants_of_wide_words(w: int) -> None:
    rng = random.Random(w)
    for c in (-1 << (w - 2), -10, 1, 2, 10, 255, rng.randrange(1 << (w - 1))):
        for interval in intervals(w)[:2]:
            check_constant(c, w, interval)


@pytest.mark.parametrize("ops", PAIRS, ids=lambda ops: "".join(op.value for op in ops))
@pytest.mark.parametrize("small", [False, True])
def test_every_pair_within_ranges(ops: tuple[Op, ...], small: bool) -> None:
    for x in intervals(5):
        for y in intervals(5):
            check_pairs(ops, 5, (x, y), small=small)


@pytest.mark.parametrize("ops", PAIRS, ids=lambda ops: "".join(op.value for op in ops))
@pytest.mark.parametrize("w", [16, 32])
def test_wide_words_in_loops(ops: tuple[Op, ...], w: int) -> None:
    for within in intervals(w)[:2]:
        check_pairs(ops, w, (within, within), small=True)
