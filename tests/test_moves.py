"""Parallel copies in sequence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlpl.backend.subleq.moves import sequence


@given(st.dictionaries(st.integers(0, 7), st.integers(0, 9)))
def test_a_sequence_does_what_the_parallel_copy_does(pairs: dict[int, int]) -> None:
    before = {place: f"value {place}" for place in range(10)}
    after = dict(before)
    spares = iter(range(100, 200))
    for target, source in sequence(pairs.items(), lambda: next(spares)):
        after[target] = after[source]
    for place in range(10):
        assert after[place] == before[pairs.get(place, place)]


def test_no_move_where_nothing_changes() -> None:
    assert sequence([(1, 1)], lambda: 9) == []


def test_a_cycle_takes_one_spare() -> None:
    assert len(sequence([(1, 2), (2, 3), (3, 1)], lambda: 9)) == 4
