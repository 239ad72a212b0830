"""The examples in the explanations of rules, and what comes of them."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlpl.rules import explain

_FENCE = re.compile(r"^```(\w*) ?([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAIN = "main.mlpl"


@dataclass(frozen=True)
class Example:
    """Files by name, and lines of a shell."""

    files: dict[str, str]
    commands: list[str]


def examples(rule: str) -> dict[str, Example]:
    """Returns the examples of a rule, by `Wrong` and `Right`."""
    parts = re.split(r"^(Wrong|Right):\n", explain(rule).text, flags=re.MULTILINE)
    return {title: _example(text) for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def _example(text: str) -> Example:
    files: dict[str, str] = {}
    commands: list[str] = []
    for language, name, code in _FENCE.findall(text):
        if language == "sh":
            commands += code.splitlines()
        else:
            files[name or MAIN] = code
    return Example(files, commands or [f"mlpl check {MAIN}"])


Runner = Callable[[list[str], bytes], tuple[int, str]]
"""Runs `mlpl` with words and an input; returns exit code and standard error."""


def outcome(example: Example, run: Runner) -> tuple[int, list[str]]:
    """Returns the exit code of the example's last command, and the rules that it names."""
    for name, text in example.files.items():
        Path(name).write_text(text, encoding="utf-8")
    code, err = 0, ""
    for line in example.commands:
        match = re.fullmatch(r"(?:(.*) \| )?mlpl (.*)", line)
        shell, command = (match[1], match[2]) if match else (line, "")
        made = subprocess.run(["bash", "-c", shell or ":"], stdout=subprocess.PIPE, check=True)
        if command:
            code, err = run([*shlex.split(command), "--error-format=json"], made.stdout)
    return code, [json.loads(line)["rule"] for line in err.splitlines()]
