"""Sessions on the command line as documentation shows them: `$ command`, then what it writes."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mlpl.cli.main import main

_FIGURES = re.compile(r"[\d,]+(?= (?:steps|layers|neurons|non-zeros|entries|cells)\b)")
_ELLIPSIS = "...\n"


@dataclass(frozen=True)
class Command:
    """A command and what it writes to a terminal, errors included."""

    line: str
    output: str


def commands(text: str) -> list[Command]:
    """Returns the commands of a session."""
    found: list[Command] = []
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        line, _, output = part.partition("\n")
        found.append(Command(line, output))
    return found


def matches(expected: str, actual: str) -> bool:
    """Whether an output is the expected one.

    `...` at the end of a line stands for the rest of it and any lines behind, elsewhere for
    anything within the line. Numbers of steps,
    cells, neurons and so on change with every improvement of the compiler, and are not compared.
    """
    dots, anything = re.escape("..."), "[^\n]*"
    parts = [
        re.escape(_neutral(part)).replace(dots, anything) for part in expected.split(_ELLIPSIS)
    ]
    return re.fullmatch("(?:.*\n)*".join(parts), _neutral(actual)) is not None


def _neutral(text: str) -> str:
    return _FIGURES.sub("N", text)


class Shell:
    """Runs commands in the current folder; `mlpl` in this process, others by `sh`."""

    def __init__(self) -> None:
        self.code = 0

    def run(self, line: str) -> str:
        """Returns what the commands of a line, with pipes between them, write to a terminal."""
        line = re.split(r" +# ", line)[0].rstrip()
        if line == "echo $?":
            return f"{self.code}\n"
        data, shown = b"", ""
        for stage in line.split(" | "):
            joined = line.endswith(stage) or stage.endswith(" 2>&1")
            data, errors = self._stage(stage.removesuffix(" 2>&1"), data, joined=joined)
            shown += errors
        return shown + data.decode()

    def _stage(self, stage: str, data: bytes, *, joined: bool) -> tuple[bytes, str]:
        """Returns the output and the errors of one command; `joined` ones are in the output."""
        words = shlex.split(stage)
        if "<" in words:
            data = Path(words.pop()).read_bytes()
            words.pop()
        if words[0] != "mlpl":
            done = subprocess.run(stage, shell=True, input=data, capture_output=True, check=False)
            self.code = done.returncode
            return done.stdout, done.stderr.decode()
        return self._mlpl(words[1:], data, joined=joined)

    def _mlpl(self, words: list[str], data: bytes, *, joined: bool) -> tuple[bytes, str]:
        before = sys.stdin, sys.stdout, sys.stderr
        output, errors = _stream(), _stream()
        sys.stdin, sys.stdout = _stream(data), output
        sys.stderr = output if joined else errors
        try:
            self.code = main(words)
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
        return _content(output), _content(errors).decode()


def _stream(data: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")


def _content(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    stream.seek(0)
    return bytes(stream.buffer.read())
