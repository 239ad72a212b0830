"""`mlpl bench`: the same counts as runs have, at every level."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import mlpl

ROOT = Path(__file__).resolve().parent.parent


def bench(*words: str, input: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlpl", "bench", *words]
    return subprocess.run(command, input=input, capture_output=True, text=True, cwd=ROOT)


def test_counts_are_those_of_runs() -> None:
    path = ROOT / "examples" / "sort.mlpl"
    told = bench(str(path), "--engine", "machine", "--repeat", "1", "--json", input="3 1 2")
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert [row["level"] for row in rows] == ["O0", "O1", "O2", "Os"]
    for row in rows:
        program = mlpl.compile_file(path, level=row["level"])
        assert row["cells"] == len(program.image)
        assert row["steps"] == program.run(input=b"3 1 2", engine="machine").steps
        assert row["end"] == "return"


def test_a_table_for_people() -> None:
    told = bench("examples/gcd.mlpl", "1071", "462", "-Os", "--engine", "machine")
    head, line = told.stdout.splitlines()
    assert head.split()[:3] == ["level", "steps", "cells"]
    assert line.split()[0] == "Os"
    assert line.endswith("return")


def test_how_runs_end_otherwise() -> None:
    told = bench("examples/gcd.mlpl", "1071", "462", "-O2", "--engine", "machine", "--max-steps=9")
    assert told.stdout.endswith("limit\n")
    for words in (
        ["examples/gcd.mlpl", "1"],
        ["examples/gcd.mlpl", "1", "2", "--engine", "interpreter"],
        ["examples/gcd.mlpl", "1", "2", "--repeat", "0"],
        ["-"],
        ["missing.mlpl"],
    ):
        told = bench(*words)
        assert told.returncode == 2
        assert told.stderr.startswith("error[")
