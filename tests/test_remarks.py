"""What the optimiser says about its work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlpl.base.diagnostics import Severity
from mlpl.base.source import Source
from mlpl.cli.main import main
from mlpl.driver import Compilation

TEXT = """\
fn double(x: int) -> int { return x + x; }

fn deep(n: int) -> int { return n == 0 ? 0 : 1 + deep(n - 1); }

fn main(n: int) -> int {
    var xs = [1, 2, 3];
    var total = deep(n);
    for i in 0..3 { total += double(xs[i]); }
    return total;
}
"""


def test_remarks_say_what_was_done_and_what_not() -> None:
    made = Compilation(Source("remarks.mlpl", TEXT)).remarks
    assert {d.severity for d in made} == {Severity.REMARK}
    messages = {(d.rule, d.message) for d in made}
    assert ("inline", "inlined `double`") in messages
    assert ("inline", "not done: `deep` is recursive") in messages
    assert ("narrow", "the check of an index never fails") in messages
    inlined = next(d for d in made if d.message == "inlined `double`")
    assert inlined.mark is not None and str(inlined.mark.span.location) == "remarks.mlpl:8:30"


def test_the_option_tells_them(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "remarks.mlpl"
    path.write_text(TEXT)
    for words in (["check"], ["build", "--emit", "optimized"]):
        assert main([*words, str(path), "--remarks", "--error-format", "json"]) == 0
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
        assert lines and all(line["severity"] == "remark" for line in lines)
        assert main([*words, str(path), "--remarks"]) == 0
        assert "remark[inline]: inlined `double`" in capfd.readouterr().err
        assert main([*words, str(path)]) == 0
        assert capfd.readouterr().err == ""
