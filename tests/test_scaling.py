"""Chains of subtractions that make multiples."""

from __future__ import annotations

import pytest

from mlpl.backend.subleq.routines.scale import cost
from mlpl.backend.subleq.routines.scaling import Chain, Step, chain


def multiple(steps: Chain) -> tuple[int, int]:
    """Returns what a chain makes of 1, in both cells."""
    p, n = steps.starts, 0
    for step in steps.steps:
        match step:
            case Step.P_N:
                p -= n
            case Step.N_P:
                n -= p
            case Step.P_X:
                p -= 1
            case Step.N_X:
                n -= 1
    return p, n


@pytest.mark.parametrize("overwritten", [False, True])
def test_chains_make_multiples(overwritten: bool) -> None:
    wide = (999, 32767, -32768, 2**31 - 1, -(2**31), 123456789)
    for c in (*range(-70, 0), *range(1, 70), *wide):
        found = chain(c, overwritten=overwritten)
        assert multiple(found) == (c, found.left)
        assert not found.starts or not {Step.P_X, Step.N_X} & set(found.steps)


@pytest.mark.parametrize(("c", "most"), [(3, 4), (10, 7), (100, 13), (1000, 18), (12345, 25)])
def test_chains_are_short(c: int, most: int) -> None:
    """Doubling and adding takes 3 steps for each."""
    assert min(cost(chain(c, overwritten=True)), cost(chain(c, overwritten=False))) <= most
