"""Programs that once failed climb the whole ladder, at every level."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpl.base.diagnostics import CompileError
from tests.fuzz.report import read_regression
from tests.fuzz.trial import Verdict, run
from tests.golden import FOLDER
from tests.ladder import compiled

CASES = sorted((FOLDER / "regressions").glob("*.test"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_regression(path: Path) -> None:
    assert run(read_regression(path)) is Verdict.AGREED


def test_an_int_counts_the_elements_of_every_array() -> None:
    text = f"fn main() {{ var a = [{', '.join('0' * 8)}]; a[0] = 1; }}"
    with pytest.raises(CompileError) as caught:
        _ = compiled(text, 4).typed
    assert [d.rule for d in caught.value.diagnostics] == ["array-length"]
