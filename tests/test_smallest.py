"""The level `Os` takes the way to the fewest cells, whatever passes expected of it."""

from __future__ import annotations

import pytest

from mlpl.backend.subleq.costs import SubleqCosts
from mlpl.base.source import Source
from mlpl.driver import Compilation
from mlpl.ir.pipeline import optimize
from mlpl.options import Options

FOLDS_AWAY = """\
fn kind(c: int) -> int {
    if c < 48 { return 1; }
    if c > 57 { return 2; }
    return 3;
}
fn main(n: int) { print(kind(40) * n, kind(50) + n, kind(60) - n); }
"""
"""What is inlined here is nothing in the end."""
GROWS = "fn main(a: int, b: int) { for i in 0..2 { print(a * b); print(a - i * b); } }"
"""What is done for few steps stays here."""


def made(text: str, level: str, word_bits: int = 16) -> Compilation:
    return Compilation(Source("test.mlpl", text), Options(word_bits, level))


@pytest.mark.parametrize("text", [FOLDS_AWAY, GROWS])
def test_no_other_level_has_fewer_cells(text: str) -> None:
    cells = len(made(text, "Os").image)
    assert all(cells <= len(made(text, level).image) for level in ("O1", "O2"))


def test_what_was_inlined_for_steps_stays_where_it_folds_away() -> None:
    small = made(FOLDS_AWAY, "Os")
    assert "kind" in optimize(small.ir, "Os", costs=SubleqCosts()).functions
    assert "kind" not in small.optimized.functions
    assert any(remark.message == "inlined `kind`" for remark in small.remarks)


def test_what_would_grow_is_not_done() -> None:
    small, fast = made(GROWS, "Os"), made(GROWS, "O2")
    assert len(small.image) < len(fast.image)
    assert small.optimized == optimize(small.ir, "Os", costs=SubleqCosts())


def test_the_code_is_that_of_the_ssa() -> None:
    small = made(FOLDS_AWAY, "Os")
    assert small.selected.linkage.module is small.optimized
    assert small.allocation.selected is small.selected


def test_words_too_narrow_for_code_have_ssa() -> None:
    assert made("fn main(n: int) { print(n + 1); }", "Os", 8).optimized.functions
