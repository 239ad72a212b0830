"""The back end's routines for every pair of words of 9 and 10 bits."""

from __future__ import annotations

import pytest

from tests.test_routines import CASES, check, every_pair


@pytest.mark.parametrize("w", [9, 10])
@pytest.mark.parametrize("name", CASES)
def test_every_pair_of_words(name: str, w: int) -> None:
    check(name, w, every_pair(w))
