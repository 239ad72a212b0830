"""Chains of subtractions that make a multiple of a word.

Two cells hold p x and n x; x itself is at hand. Each step subtracts one of the three from p x or
n x. With unlike signs p and n grow by turns as Fibonacci numbers do, one step a growth by 1.6,
where a doubling takes three: read backwards, a chain is Euclid's algorithm on p and n, with ones
taken off here and there. The last n is free, and so are there many chains; a beam of the most
promising ones is followed back from the multiple until a table knows the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache


class Step(Enum):
    """What is subtracted from what."""

    P_N = "p -= n"
    N_P = "n -= p"
    P_X = "p -= x"
    N_X = "n -= x"


State = tuple[int, int]
"""p and n."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps that make p a multiple.

    Attributes:
        steps: from p = n = 0, or from p = 1, n = 0 if `starts` is 1.
        starts: p in the beginning; where it is 1 nothing reads x.
        left: n in the end.
    """

    steps: tuple[Step, ...]
    starts: int
    left: int


_SMALL = 24
"""Up to so large p and n the table knows the shortest chains."""
_BEAM = 60
_GOLDEN = 0.6180339887498949


@cache
def chain(c: int, *, overwritten: bool) -> Chain:
    """Returns a short chain that makes c x; c is not 0.

    Args:
        c: any int.
        overwritten: p x may begin as x; else x is at hand to the end.
    """
    if overwritten and c < 0:
        return chain(c, overwritten=False)
    table = _table(int(overwritten))
    found = _search(c, table, overwritten)
    return Chain(tuple(found[1]), int(overwritten), found[0])


def _search(
    c: int, table: Mapping[State, Step | None], overwritten: bool
) -> tuple[int, list[Step]]:
    """Returns n in the end, and the steps."""
    beam: dict[State, tuple[int, tuple[Step, ...]]] = {}
    for n in _partners(c):
        beam.setdefault((c, n), (n, ()))
    best: tuple[int, list[Step]] | None = None
    while beam:
        following: dict[State, tuple[int, tuple[Step, ...]]] = {}
        for state, (left, steps) in beam.items():
            if state in table:
                whole = [*_known(state, table), *reversed(steps)]
                if best is None or len(whole) < len(best[1]):
                    best = left, whole
                continue
            for step, before in _befores(state, overwritten):
                following.setdefault(before, (left, (*steps, step)))
        if best is not None and len(next(iter(beam.values()))[1]) >= len(best[1]):
            break
        nearest = sorted(following, key=lambda s: (abs(s[0]) + abs(s[1]), s))[:_BEAM]
        beam = {state: following[state] for state in nearest}
    assert best is not None, "Euclid's algorithm ends"
    return best


def _partners(c: int) -> Iterator[int]:
    """Yields values of n from which c may have few steps."""
    golden = round(abs(c) * _GOLDEN)
    sign = -1 if c > 0 else 1
    for middle in (golden, abs(c) - golden, abs(c) // 2, abs(c), abs(c) // 3):
        for near in range(max(0, middle - 12), middle + 13):
            yield sign * near


def _befores(state: State, overwritten: bool) -> Iterator[tuple[Step, State]]:
    """Yields steps that lead to a state, with where they come from, none further from 0."""
    p, n = state
    if abs(p + n) < abs(p):
        yield Step.P_N, (p + n, n)
    if abs(n + p) < abs(n):
        yield Step.N_P, (p, n + p)
    if not overwritten:
        if abs(p) > 1:
            yield Step.P_X, (p + 1, n)
        if abs(n) > 1:
            yield Step.N_X, (p, n + 1)


@cache
def _table(starts: int) -> Mapping[State, Step | None]:
    """Returns the last step of a shortest chain to every small state that has one."""
    found: dict[State, Step | None] = {(starts, 0): None}
    edge = [(starts, 0)]
    while edge:
        reached = []
        for p, n in edge:
            after = {Step.P_N: (p - n, n), Step.N_P: (p, n - p)}
            if not starts:
                after |= {Step.P_X: (p - 1, n), Step.N_X: (p, n - 1)}
            for step, state in after.items():
                if state not in found and max(abs(state[0]), abs(state[1])) <= _SMALL:
                    found[state] = step
                    reached.append(state)
        edge = reached
    return found


def _known(state: State, table: Mapping[State, Step | None]) -> list[Step]:
    steps = []
    while (step := table[state]) is not None:
        steps.append(step)
        p, n = state
        state = {
            Step.P_N: (p + n, n),
            Step.N_P: (p, n + p),
            Step.P_X: (p + 1, n),
            Step.N_X: (p, n + 1),
        }[step]
    return steps[::-1]
