"""The README: its commands and its program in Python run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.console import Shell
from tests.pages import DOCS, blocks

PAGE = (DOCS.parent / "README.md").read_text()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Works in a folder with the examples in it."""
    shutil.copytree(DOCS.parent / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)


def test_commands() -> None:
    shell = Shell()
    lines = [line for block in blocks(PAGE) for line in block.text.split("\n")]
    shown = [line for line in lines if line.startswith(("mlpl ", "seq ")) and "FILE" not in line]
    assert shown
    for line in shown:
        told = shell.run(line)
        assert shell.code == 0, f"{line}\n{told}"


def test_python() -> None:
    for block in blocks(PAGE):
        if block.language == "python":
            exec(block.text, {})
