"""The tutorial: its files are written, its commands run in order, and they write what it shows.

`pytest --update-golden` puts in what they write now. Sessions marked `changing` show what every
improvement of the compiler changes: their commands are run, their output is not compared.
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from mlpl.base.source import Source
from mlpl.lang.format import format_source
from tests.console import Shell, commands, matches
from tests.pages import DOCS, Block, blocks

PAGE = DOCS / "tutorial.md"
UNTIDY = ("ugly.mlpl",)


def test_the_tutorial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text()
    update = bool(request.config.getoption("--update-golden"))
    shell, written, made = Shell(), "", []
    for block in blocks(page):
        match block.language:
            case "mlpl" | "asq" if block.file is not None:
                Path(block.file).write_text(block.text)
            case "console":
                made.append((block, _session(block, shell, update)))
            case "python":
                written = _python(block.text)
            case "output":
                assert update or block.text == written or "changing" in block.words
                made.append((block, written))
    if update:
        for block, text in reversed(made):
            page = page[: block.span[0]] + text + page[block.span[1] :]
        PAGE.write_text(page)


def _session(block: Block, shell: Shell, update: bool) -> str:
    """Runs a session and compares it; returns it as it went, figures that may differ as shown."""
    parts = []
    for command in commands(block.text):
        output = shell.run(command.line)
        kept = matches(command.output, output)
        assert kept or update or "changing" in block.words, f"$ {command.line}\n{output}"
        parts.append(f"$ {command.line}\n{command.output if kept else output}")
    return "".join(parts)


def _python(text: str) -> str:
    """Runs a program in Python; returns what it prints."""
    output = io.StringIO()
    with redirect_stdout(output):
        exec(text, {})
    return output.getvalue()


def test_programs_are_formatted() -> None:
    for block in blocks(PAGE.read_text()):
        if block.language == "mlpl" and block.file not in UNTIDY:
            assert format_source(Source(str(block.file), block.text)) == block.text
