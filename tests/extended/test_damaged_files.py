"""Many broken network files, in bounded memory."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("seed", range(1, 5))
def test_broken_files_at_random(seed: int):
    command = [sys.executable, "-m", "tests.damaged_files", "--count", "3000", "--seed", str(seed)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    counts = [int(line.split()[0].replace(",", "")) for line in told.splitlines()]
    assert sum(counts) == 3_000
