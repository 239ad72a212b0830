"""Rejected programs and warnings, each a golden case named by the rule of the language.

Modules of a case stand in sections `--- mlpl NAME.mlpl`, folders in `--- folder NAME`; with the
word `entry` in a section `--- options` its entry is judged too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.base.render import render
from mlpl.base.source import Source
from mlpl.driver import Compilation
from tests.golden import Case, cases


@pytest.mark.parametrize("case", cases("lang"), ids=lambda case: case.path.stem)
def test_diagnostics(case: Case, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    for title, text in case.sections.items():
        if title.startswith("mlpl "):
            (tmp_path / title.removeprefix("mlpl ")).write_text(text.strip() + "\n")
        if title.startswith("folder "):
            (tmp_path / title.removeprefix("folder ")).mkdir()
    source = Source("test.mlpl", case.sections["mlpl"].strip() + "\n")
    compilation = Compilation(source, base_directory=tmp_path)
    made: dict[str, str] = {}
    try:
        warnings = compilation.warnings
        if "entry" in case.sections.get("options", ""):
            _ = compilation.entry
    except CompileError as error:
        made["error"] = "\n\n".join(map(render, error.diagnostics))
    else:
        made["warning"] = "\n\n".join(map(render, warnings))
    made = {title: text.replace(f"{tmp_path}/", "") for title, text in made.items()}
    case.expect(made, update=bool(request.config.getoption("--update-golden")))
