"""Rejected programs and warnings, each a golden case named by the rule of the language."""

from __future__ import annotations

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.base.render import render
from mlpl.base.source import Source
from mlpl.lang.check import check
from tests.golden import Case, cases


@pytest.mark.parametrize("case", cases("lang"), ids=lambda case: case.path.stem)
def test_diagnostics(case: Case, request: pytest.FixtureRequest) -> None:
    source = Source("test.mlpl", case.sections["mlpl"].strip() + "\n")
    made: dict[str, str] = {}
    try:
        warnings = check(source).warnings
    except CompileError as error:
        made["error"] = "\n\n".join(map(render, error.diagnostics))
    else:
        made["warning"] = "\n\n".join(map(render, warnings))
    case.expect(made, update=bool(request.config.getoption("--update-golden")))
