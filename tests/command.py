"""Commands as the command line gives them, run in this process."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from mlpl.cli.main import main


class Ran:
    """What a command has done."""

    def __init__(self, code: int, out: bytes, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def mlpl(tmp_path, monkeypatch, capfdbinary):
    """Runs a command in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, stdin: bytes | None = b"") -> Ran:
        stream = None if stdin is None else io.TextIOWrapper(io.BytesIO(stdin))
        monkeypatch.setattr(sys, "stdin", stream)
        code = main(list(words))
        out, err = capfdbinary.readouterr()
        return Ran(code, out, err.decode())

    return run


def write(name: str, content: str | bytes) -> str:
    """Writes a file in the current folder and returns its name."""
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name
