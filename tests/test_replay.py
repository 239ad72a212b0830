"""The README, the tutorial, the pages about commands and neurons: they do what they show.

`pytest --update-golden` puts in what they write now.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlpl.base.source import Source
from mlpl.lang.format import format_source
from tests.console import Shell
from tests.pages import DOCS, blocks
from tests.replay import replay

README = DOCS.parent / "README.md"
PAGES = (README, *(DOCS / f"{name}.md" for name in ("tutorial", "cli", "neurons")))
UNTIDY = ("ugly.mlpl",)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Works in a folder with the examples in it."""
    shutil.copytree(DOCS.parent / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages(page: Path, request: pytest.FixtureRequest) -> None:
    replay(page, update=bool(request.config.getoption("--update-golden")))


def test_commands_of_the_readme() -> None:
    shell = Shell()
    lines = [line for block in blocks(README.read_text()) for line in block.text.split("\n")]
    shown = [line for line in lines if line.startswith(("mlpl ", "seq ")) and "FILE" not in line]
    assert shown
    for line in shown:
        told = shell.run(line)
        assert shell.code == 0, f"{line}\n{told}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_programs_are_formatted(page: Path) -> None:
    for block in blocks(page.read_text()):
        if block.language == "mlpl" and block.file not in UNTIDY:
            assert format_source(Source(str(block.file), block.text)) == block.text
