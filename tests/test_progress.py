"""The line about long work: on terminals, cleared in the end, and nowhere else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest


def on_terminal(*words: str, directory: Path) -> tuple[str, str]:
    """Runs `mlpl` with a terminal for its errors; returns its output and what the terminal got."""
    terminal, errors = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "mlpl", *words],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    ) as process:
        os.close(errors)
        output, _ = process.communicate(timeout=120)
    shown = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # nobody holds the other end any more
            break
        if not part:
            break
        shown += part
    os.close(terminal)
    assert process.returncode == 0, shown
    return output, shown.decode()


@pytest.mark.parametrize(
    ("words", "stages"),
    [
        (("run", "halt.dec"), ["building the network …"]),
        (("inspect", "halt.dec"), ["building the network …", "bounding every neuron …"]),
        (("inspect", "halt.dec", "--cell", "1"), ["building the network …"]),
        (("run", "halt.dec", "--engine", "machine"), []),
    ],
)
def test_long_work_on_images_is_told(
    words: tuple[str, ...], stages: list[str], tmp_path: Path
) -> None:
    (tmp_path / "halt.dec").write_text("0 0 -1\n")
    output, shown = on_terminal(*words, directory=tmp_path)
    parts = [part for part in shown.replace("\r", "").split("\x1b[K") if part]
    assert parts == stages
    assert shown.endswith("\x1b[K") or not stages
    assert "…" not in output
