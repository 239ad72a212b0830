"""Generated programs climb the ladder of oracles: the short form of `python -m tests.fuzz`."""

from __future__ import annotations

import pytest

from tests.fuzz.coverage import everything
from tests.fuzz.draw import draw
from tests.fuzz.trial import run, shown

ENOUGH = 1000
"""Seeds within which everything of the language has occurred."""


@pytest.mark.parametrize("first", range(1, 41, 4))
def test_generated_programs_agree(first: int) -> None:
    for seed in range(first, first + 4):
        run(draw(seed, network_share=0.2))


def test_a_seed_makes_one_program() -> None:
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


def test_generated_programs_have_everything() -> None:
    missing = everything()
    for seed in range(1, ENOUGH):
        missing -= shown(draw(seed))
        if not missing:
            break
    assert not missing
