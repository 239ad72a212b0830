"""The back end's routines for every pair of words of 9 and 10 bits."""

from __future__ import annotations

import random

import pytest

from mlpl.base.words import largest, smallest
from mlpl.ir.module import Op
from tests.routine_cases import PAIRS, check_constant, check_pairs, intervals
from tests.test_routines import CASES, check, every_pair


@pytest.mark.parametrize("w", [9, 10])
@pytest.mark.parametrize("name", CASES)
def test_every_pair_of_words(name: str, w: int) -> None:
    check(name, w, every_pair(w))


@pytest.mark.parametrize("w", [9, 10])
@pytest.mark.parametrize("part", range(16))
def test_every_constant(part: int, w: int) -> None:
    for c in range(smallest(w) + part, largest(w) + 1, 16):
        for interval in intervals(w)[:4]:
            check_constant(c, w, interval)


@pytest.mark.parametrize("w", [16, 32])
def test_constants_of_wide_words(w: int) -> None:
    rng = random.Random(w)
    for _ in range(60):
        c = rng.randrange(smallest(w), -smallest(w)) >> rng.randrange(w)
        for interval in intervals(w):
            check_constant(c, w, interval)


@pytest.mark.parametrize("ops", PAIRS, ids=lambda ops: "".join(op.value for op in ops))
@pytest.mark.parametrize("w", [9, 10])
@pytest.mark.parametrize("small", [False, True])
def test_every_pair_within_ranges(ops: tuple[Op, ...], w: int, small: bool) -> None:
    for x in intervals(w)[:2]:
        for y in intervals(w)[:2]:
            check_pairs(ops, w, (x, y), small=small)
