"""What straight-line SUBLEQ does, as linear forms and on words: the proofs of the rewrite table.

A state maps each cell to a linear form with integer coefficients over what the cells and constants
were at first. Subtraction of words is subtraction of forms modulo 2^w, so forms that are the same
over the integers are the same for every w. A step with a target tests the form that it has written;
where that form is 0 the branch is always taken and nothing comes after it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.subleq.rewrite_table import Rewrite, Step, terms

Form = Mapping[str, int]
Words = NDArray[np.int64]


@dataclass(frozen=True)
class Exit:
    """A way out of code: place, the form that is tested (at the end "" and 0), all cells."""

    target: str
    tested: Form
    state: Mapping[str, Form]


def cells_of(steps: Iterable[Step]) -> frozenset[str]:
    """Returns the letters of cells in steps."""
    return frozenset(o for s in steps for o in (s.a, s.b) if o != "0" and not o.startswith("#"))


def constants_of(steps: Iterable[Step]) -> frozenset[str]:
    """Returns the letters of constants in steps."""
    return frozenset(name for s in steps if s.a.startswith("#") for name in terms(s.a))


def exits(steps: Iterable[Step], cells: Iterable[str], zeros: frozenset[str]) -> tuple[Exit, ...]:
    """Returns every way out of steps, in order, with linear forms over first contents.

    Letters of constants are written `#c` in forms, so that they differ from those of cells.
    """
    state: dict[str, Form] = {c: {} if c in zeros else {c: 1} for c in cells}
    found = []
    for step in steps:
        result = _difference(state.get(step.b, {}), _value(step.a, state))
        if step.b == "0":
            assert not result, "nothing is written to the cell that is 0"
        else:
            state[step.b] = result
        if step.target:
            found.append(Exit(step.target, result, dict(state)))
            if not result:
                return tuple(found)
    return (*found, Exit("", {}, dict(state)))


def _value(operand: str, state: Mapping[str, Form]) -> Form:
    if operand.startswith("#"):
        return {f"#{name}": factor for name, factor in terms(operand).items()}
    return state.get(operand, {})


def _difference(x: Form, y: Form) -> Form:
    both = {name: x.get(name, 0) - y.get(name, 0) for name in {*x, *y}}
    return {name: factor for name, factor in both.items() if factor}


def is_proved(row: Rewrite) -> bool:
    """Whether both sides of a row have the same ways out, for every width."""
    cells = cells_of((*row.before, *row.after))
    return exits(row.before, cells, row.zeros) == exits(row.after, cells, row.zeros)


def run(steps: Iterable[Step], given: Mapping[str, Words], w: int) -> list[Words]:
    """Returns all cells and where each run left, for many first contents at once.

    Args:
        steps: at most one of each place they go to.
        given: unsigned words of shape (n,) for each letter, those of constants with "#".
        w: word bits.

    Returns:
        The cells in order of their letters, then the number of the branch that was taken (0: none);
        all of shape (n,).
    """
    full, half = 1 << w, 1 << (w - 1)
    state = {name: words.copy() for name, words in given.items() if not name.startswith("#")}
    some = next(iter(given.values()))
    left = np.zeros_like(some)
    number = 0
    for step in steps:
        a = np.zeros_like(some)
        if step.a.startswith("#"):
            for name, factor in terms(step.a).items():
                a = a + factor * given[f"#{name}"]
        elif step.a != "0":
            a = state[step.a]
        result = (state.get(step.b, np.zeros_like(some)) - a) % full
        if step.b != "0":
            state[step.b] = np.where(left == 0, result, state[step.b])
        if step.target:
            number += 1
            left = np.where((left == 0) & ((result == 0) | (result >= half)), number, left)
    return [*(state[name] for name in sorted(state)), left]


def is_equal_on_every_content(row: Rewrite, w: int, most: int = 1 << 20) -> bool:
    """Whether both sides do the same for every content of words of w bits.

    Where that are more than `most`, cells that the row only writes to take a few values.
    """
    both = (*row.before, *row.after)
    names = sorted(cells_of(both) - row.zeros) + sorted(f"#{c}" for c in constants_of(both))
    values: dict[str, Iterable[int]] = dict.fromkeys(names, range(1 << w))
    read = [n for n in names if any(s.a == n for s in both)]
    for name in reversed([n for n in names if n not in read] + read):
        if (1 << w * sum(len(list(v)) > 2 for v in values.values())) <= most:
            break
        values[name] = (0, (1 << w) - 1)
    grid = np.array(list(itertools.product(*values.values())), dtype=np.int64)
    given = dict(zip(names, grid.T, strict=True))
    given |= {zero: np.zeros(len(grid), dtype=np.int64) for zero in row.zeros}
    sides = (run(side, given, w) for side in (row.before, row.after))
    return all(np.array_equal(x, y) for x, y in zip(*sides, strict=True))


def candidates(row: Rewrite) -> Iterator[Step]:
    """Yields every step that a shorter form of a row may have."""
    cells = sorted(cells_of(row.before))
    constants = sorted(constants_of(row.before))
    operands = [*cells, *(f"#{sign}{c}" for c in constants for sign in ("", "-"))]
    targets = sorted({s.target for s in row.before if s.target})
    written = sorted(row.written - {"0"})
    for b in written:
        for a in operands:
            yield Step(a, b)
        for target in targets:
            for a in (*operands, "0"):
                yield Step(a, b, target)
    for target in targets:
        yield Step("0", "0", target)


def shortest(row: Rewrite) -> int:
    """Returns the fewest steps that are equal to `before`; searched exhaustively."""
    cells = cells_of(row.before)
    goal = exits(row.before, cells, row.zeros)
    branches = sum(bool(s.target) for s in row.before)
    steps = list(candidates(row))
    for length in range(len(row.before)):
        for sequence in itertools.product(steps, repeat=length):
            if sum(bool(s.target) for s in sequence) != branches:
                continue
            if exits(sequence, cells, row.zeros) == goal:
                return length
    return len(row.before)
