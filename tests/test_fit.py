"""Programs whose fast code does not fit the words or the memory are compiled for few cells."""

from __future__ import annotations

import pytest

import mlpl
from mlpl.base.source import Source
from mlpl.driver import Compilation
from mlpl.options import Options

OPERATORS = "fn main(a: int, b: int) { print(a * b, a / b, a % b, a & b, a | b, a ^ b); }"


@pytest.mark.parametrize("level", ["O1", "O2", "Os"])
@pytest.mark.parametrize("w", [12, 13, 14])
def test_all_operators_fit_narrow_words(w: int, level: str) -> None:
    program = mlpl.compile(OPERATORS, word_bits=w, level=level)
    engines = ("interpreter", "machine", "network") if w == 13 else ("interpreter", "machine")
    for engine in engines:
        for a, b in ((100, 7), (-100, 7), (100, -7), (-(1 << w - 1), -1)):
            said = program.run(a, b, engine=engine)
            assert said.trap is None
            assert said.output == program.run(a, b, engine="interpreter").output


def made(level: str, word_bits: int = 13, memory: int | None = None) -> Compilation:
    return Compilation(Source("test.mlpl", OPERATORS), Options(word_bits, level, memory=memory))


def test_what_does_not_fit_is_that_of_few_cells() -> None:
    fast, small = made("O2"), made("Os")
    assert fast.level == small.level == "Os"
    assert fast.image == small.image
    assert [r.rule for r in fast.remarks].count("fit") == 1
    assert "fit" not in [r.rule for r in small.remarks]


def test_what_fits_stays_fast() -> None:
    assert made("O2", 16).level == "O2"
    assert "fit" not in [r.rule for r in made("O2", 16).remarks]


def test_a_small_memory_counts_too() -> None:
    cells = len(made("Os", 16).image)
    assert cells < len(made("O2", 16).image)
    assert made("O2", 16, cells).level == "Os"
    with pytest.raises(mlpl.CompileError, match="program takes"):
        _ = made("O2", 16, cells - 1).image
