"""The table of rewrites: every row is proved, and rows apply where they fit and nowhere else.

Jumps that are removed change no cell; random code shows that they leave where code goes.
"""

from __future__ import annotations

import random

import pytest

from mlpl.backend.subleq.peephole import tidy
from mlpl.backend.subleq.rewrite_table import REWRITES, Rewrite, parse
from mlpl.backend.subleq.selected import (
    PORT,
    ZERO,
    At,
    Expression,
    Label,
    Operand,
    Pool,
    Slot,
    Sub,
    T,
    U,
)
from mlpl.backend.subleq.superoptimize import superoptimize
from tests.straight_line import is_equal_on_every_content, is_proved

X, Y = At("cells#"), At("cells#", 1)
ONE, MINUS_ONE = Pool(Expression(1)), Pool(Expression(-1))
L = Expression(symbol="l")


def applied(*items: Sub | Label) -> tuple[Sub | Label, ...]:
    return superoptimize((Label("f"), *items), {"f"}, "cells#", 16)[1:]


@pytest.mark.parametrize("row", REWRITES, ids=str)
def test_every_row_is_proved_for_every_width(row: Rewrite) -> None:
    assert is_proved(row)
    assert len(row.after) < len(row.before)


@pytest.mark.parametrize("row", REWRITES, ids=str)
def test_every_row_holds_for_every_content_of_narrow_words(row: Rewrite) -> None:
    for w in (2, 3):
        assert is_equal_on_every_content(row, w)


@pytest.mark.parametrize(
    "text",
    [
        "  y -= x; x -= x; x -= y => y -= x",
        "  given y = 0: y -= x; x -= x; y -= z; x -= y => y -= z; x -= y; y -= x",
        "  y -= x; y -= 0 -> L => y -= x",
        "  y -= x -> L; x -= x => x -= x; y -= x -> L",
        "  x -= #c; x -= #d => x -= #c-d",
    ],
)
def test_wrong_rows_are_told(text: str) -> None:
    (row,) = parse(text)
    assert not is_proved(row)
    assert not is_equal_on_every_content(row, 3)


def test_a_test_of_what_was_written() -> None:
    assert applied(Sub(Y, X), Sub(ZERO, X, L)) == (Sub(Y, X, L),)
    assert applied(Sub(ONE, X), Sub(ZERO, X, L)) == (Sub(ONE, X, L),)
    kept = (Sub(PORT, X), Sub(ZERO, X, L))
    assert applied(*kept) == kept


def test_steps_apart() -> None:
    clear, jump, other = Sub(X, X), Sub(ZERO, ZERO, L), Sub(ONE, Y)
    assert applied(clear, other, jump) == (other, Sub(X, X, L))
    for between in (Sub(X, Y), Sub(ONE, X), Label("m")):
        assert applied(clear, between, jump) == (clear, between, jump)


def test_a_row_needs_its_zeros() -> None:
    through = (Sub(X, T), Sub(X, X), Sub(T, X))
    assert applied(*through) == (Sub(X, T),)
    dirty = Sub(Y, T)
    assert applied(dirty, *through) == (dirty, *through)
    joined = (Label("l"), *through, Sub(ZERO, ZERO, L))
    assert len(applied(*joined)) == len(joined), "T is not 0 the second time"


def test_letters_are_distinct_cells() -> None:
    again = (Sub(T, T), Sub(X, T), Sub(T, X), Sub(T, T), Sub(X, T))
    assert applied(*again) == again


def test_constants_are_negated() -> None:
    check = (Sub(X, T), Sub(Pool(Expression(-100)), T, Expression(-2)), Sub(T, T), Sub(X, T))
    assert applied(*check) == (*check[:2], Sub(Pool(Expression(100)), T))


def test_patched_instructions_in_between() -> None:
    """What a pointer reaches is no virtual cell, but it may be any other object."""
    patched = Sub(At("@a"), U, label="p")
    jump = Sub(ZERO, ZERO, L)
    assert applied(Sub(X, X), patched, jump) == (patched, Sub(X, X, L))
    for cell in (At("@b"), Slot("p", 0)):
        kept = (Sub(cell, cell), patched, jump)
        assert applied(*kept) == kept


W = 4
Code = tuple[Sub | Label, ...]


def random_code(rng: random.Random) -> Code:
    """Returns code of instructions as the back end makes them, with jumps to and fro."""
    constants = [Pool(Expression(v)) for v in (1, -1, 5)]
    cells: list[Operand] = [X, Y, At("cells#", 2), T]
    code: list[Sub | Label] = [Label("f")]
    for number in range(rng.randrange(4, 14)):
        if rng.random() < 0.25:
            code.append(Label(f"l{number}"))
        b = rng.choice([*cells, T, T])
        a = rng.choice([b, b, ZERO, *cells, *constants])
        goal = Expression(symbol=f"l{rng.randrange(14)}") if rng.random() < 0.3 else None
        code.append(rng.choice([Sub(a, b, goal), Sub(a, b), Sub(ZERO, ZERO, goal)]))
    return (*code, Sub(ZERO, ZERO, Expression(-1)))


def left(code: Code, contents: dict[Operand, int]) -> tuple[str, dict[Operand, int]] | None:
    """Returns where code was left and what its cells held then; None if it does not end."""
    labels = {item.name: at for at, item in enumerate(code) if isinstance(item, Label)}
    cells, pc = dict(contents), 0
    for _ in range(200):
        item = code[pc]
        pc += 1
        if isinstance(item, Label):
            continue
        a = item.a.value.constant if isinstance(item.a, Pool) else cells[item.a]
        cells[item.b] = (cells[item.b] - a) % (1 << W)
        if item.target is not None and not 0 < cells[item.b] < 1 << (W - 1):
            if item.target.symbol not in labels:
                return str(item.target), cells
            pc = labels[item.target.symbol]
    return None


def test_tidy_code_does_the_same() -> None:
    rng = random.Random(1)
    shorter = ended = 0
    for _ in range(600):
        code = random_code(rng)
        tidied = tidy(code, frozenset({"f"}), {"f"}, "cells#", W)
        shorter += len(tidied) < len(code)
        for _ in range(12):
            contents: dict[Operand, int] = {c: rng.randrange(1 << W) for c in (X, Y)}
            contents |= {At("cells#", 2): rng.randrange(1 << W), T: 0, ZERO: 0}
            before = left(code, contents)
            if before is not None:
                ended += 1
                assert left(tidied, contents) == before, code
    assert shorter > 300
    assert ended > 3000
