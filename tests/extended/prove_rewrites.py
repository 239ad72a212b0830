"""Proves the table of rewrites again, in four ways, and searches for shorter rows.

Run `python -m tests.extended.prove_rewrites`; it prints a line for each row.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

import z3

from mlpl.backend.subleq.rewrite_table import REWRITES, Rewrite, Step, terms
from tests.straight_line import (
    cells_of,
    constants_of,
    is_equal_on_every_content,
    is_proved,
    shortest,
)

WIDTHS = (8, 16, 32)
"""Of the words that a solver is asked about."""


def is_solved(row: Rewrite, w: int) -> bool:
    """Whether a solver finds no content of w-bit words for which the sides of a row differ."""
    both = (*row.before, *row.after)
    given = {c: z3.BitVec(c, w) for c in cells_of(both)}
    given |= {z: z3.BitVecVal(0, w) for z in row.zeros}
    given |= {f"#{c}": z3.BitVec(f"#{c}", w) for c in constants_of(both)}
    sides = [_outcome(side, given, w) for side in (row.before, row.after)]
    solver = z3.Solver()
    solver.add(z3.Or(*(x != y for x, y in zip(*sides, strict=True))))
    return bool(solver.check() == z3.unsat)


def _outcome(steps: Iterable[Step], given: Mapping[str, z3.BitVecRef], w: int) -> list[z3.ExprRef]:
    """Returns all cells and the number of the branch that is taken, as expressions."""
    state = {name: word for name, word in given.items() if not name.startswith("#")}
    zero = z3.BitVecVal(0, w)
    left = zero
    number = 0
    for step in steps:
        a = state.get(step.a, zero)
        if step.a.startswith("#"):
            for name, factor in terms(step.a).items():
                a += factor * given[f"#{name}"]
        result = state.get(step.b, zero) - a
        if step.b != "0":
            state[step.b] = z3.If(left == 0, result, state[step.b])
        if step.target:
            number += 1
            left = z3.If(z3.And(left == 0, result <= 0), z3.BitVecVal(number, w), left)
    return [*(state[name] for name in sorted(state)), left]


def prove(row: Rewrite) -> dict[str, bool]:
    """Returns what holds of a row."""
    found = {"linear forms": is_proved(row), "shortest": shortest(row) == len(row.after)}
    found |= {f"every content, w = {w}": is_equal_on_every_content(row, w) for w in (4, 5)}
    return found | {f"solver, w = {w}": is_solved(row, w) for w in WIDTHS}


def main() -> int:
    """Prints what was proved; returns 1 if anything was not."""
    bad = 0
    for row in REWRITES:
        failed = [name for name, holds in prove(row).items() if not holds]
        bad += bool(failed)
        sys.stdout.write(f"{'NOT ' + ', '.join(failed) if failed else 'proved'}: {row}\n")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
