"""From addresses of instructions to lines of the source."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from mlpl.viz.recording import Recording

if TYPE_CHECKING:
    from mlpl.program import Program

Place = tuple[str, int]
"""A path, and a line from 1."""


def main_path(program: Program) -> str:
    """Returns the path of the file that was compiled or loaded."""
    return next(iter(program.sources))


def source_line(program: Program, address: int) -> Place | None:
    """Returns where the instruction at an address comes from, None where that is not known."""
    lines = program.image.facts.lines
    starts = sorted(lines)
    position = bisect_right(starts, address) - 1
    return (lines[starts[position]].path, lines[starts[position]].line) if position >= 0 else None


def line_counts(recording: Recording) -> dict[Place | None, int]:
    """Returns how many steps each line of the sources took; None for those of no known line."""
    found: Counter[Place | None] = Counter()
    for address, count in recording.counts.items():
        found[source_line(recording.program, address)] += count
    return dict(found)
