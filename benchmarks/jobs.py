"""Steps and cells of small jobs at every level, beside other compilers and code made by hand.

Run `python -m benchmarks.jobs`; with `--record` it also rewrites `benchmarks/steps.json`, against
which a test holds every later compiler.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import Any, NamedTuple

import mlpl
from mlpl.options import LEVELS

FOLDER = Path(__file__).with_name("jobs")
EXAMPLES = Path(__file__).parent.parent / "examples"
RECORD = Path(__file__).with_name("steps.json")
UNCHECKED = "unchecked"
"""What the level O2 without checks is called in tables and in the record."""
MODES = (*LEVELS, UNCHECKED)


class Count(NamedTuple):
    """Steps of a run, and cells of the image; None where a figure is not known."""

    steps: int | None
    cells: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """A program with what it is given and what it must do.

    Attributes:
        name: of the file, without suffix; unique.
        path: of the file.
        arguments: as on the command line.
        input: the bytes it reads.
        expected: value, output and words of the array `a`; None where it is not checked.
        rivals: the figures of others by name: `hsq`, `elvm`, `hand`.
    """

    name: str
    path: Path
    arguments: tuple[str, ...]
    input: bytes
    expected: tuple[object, bytes, object] | None
    rivals: Mapping[str, Count]

    def measure(self, mode: str) -> Count:
        """Compiles and runs the job and returns what it took.

        Raises:
            ValueError: it did not do what it must.
        """
        level, checked = ("O2", False) if mode == UNCHECKED else (mode, True)
        program = mlpl.compile_file(self.path, level=level, checked=checked)
        session = program.session(program.parse_words(self.arguments), "machine")
        output = bytearray()
        chunks = iter((self.input,))
        session.run(lambda: next(chunks, b""), output.extend, None)
        result = session.result(bytes(output))
        done = (result.value, result.output, result.arrays.get("a"))
        if self.expected is not None and done != self.expected:
            raise ValueError(f"{self.name}, {mode}: {done}")
        return Count(result.steps, len(program.image))


def jobs() -> tuple[Job, ...]:
    """Returns the jobs that others have figures for."""
    rows = tomllib.loads((FOLDER / "jobs.toml").read_text(encoding="utf-8"))["job"]
    return tuple(map(_job, rows))


def _job(row: Mapping[str, Any]) -> Job:
    rivals = {
        rival: Count(row[rival]["steps"], row[rival].get("cells"))
        for rival in ("hsq", "elvm", "hand")
    }
    output = str(row.get("output", "")).encode("latin-1")
    expected = (row.get("value"), output, row.get("array"))
    path = FOLDER / f"{row['name']}.mlpl"
    return Job(row["name"], path, tuple(row.get("arguments", ())), b"", expected, rivals)


def examples() -> tuple[Job, ...]:
    """Returns the examples as their manifest runs them; tests check what they do."""
    rows = tomllib.loads((EXAMPLES / "manifest.toml").read_text(encoding="utf-8"))["example"]
    found: dict[str, Job] = {}
    for row in rows:
        arguments = tuple(row.get("arguments", ()))
        name = "examples/" + row["file"].removesuffix(".mlpl")
        number = sum(other.partition("#")[0] == name for other in found)
        name = f"{name}#{number + 1}" if number else name
        data = str(row.get("input", "")).encode()
        found[name] = Job(name, EXAMPLES / row["file"], arguments, data, None, {})
    return tuple(found.values())


def measure(all_jobs: Iterable[Job], modes: Iterable[str]) -> dict[str, dict[str, Count]]:
    """Returns the counts by mode and by name of the job."""
    modes = tuple(modes)
    found: dict[str, dict[str, Count]] = {mode: {} for mode in modes}
    for job in all_jobs:
        for mode in modes:
            found[mode][job.name] = job.measure(mode)
    return found


def geometric_mean(ratios: Iterable[float]) -> float:
    """Returns the geometric mean of positive numbers."""
    logs = [log(ratio) for ratio in ratios]
    return exp(sum(logs) / len(logs))


def table(
    title: str, all_jobs: Iterable[Job], counts: Mapping[str, Mapping[str, Count]], field: str
) -> Iterator[str]:
    """Yields the lines of a table of one field of the counts, with ratios to the rivals."""
    all_jobs = tuple(all_jobs)
    rivals = list(dict.fromkeys(rival for job in all_jobs for rival in job.rivals))
    columns = [*counts, *rivals]
    yield title
    yield f"{'':22}" + "".join(f"{column:>11}" for column in columns)
    for job in all_jobs:
        row = [getattr(counts[mode][job.name], field) for mode in counts]
        row += [getattr(job.rivals[rival], field) for rival in rivals]
        yield f"{job.name:22}" + "".join(f"{'' if x is None else f'{x:,}':>11}" for x in row)
    for rival in rivals:
        known = [job for job in all_jobs if getattr(job.rivals[rival], field)]
        if not known:
            continue
        ratios = (
            [
                getattr(job.rivals[rival], field) / getattr(counts[mode][job.name], field)
                for job in known
            ]
            for mode in counts
        )
        means = "".join(f"{_part(geometric_mean(r)):>11}" for r in ratios)
        yield f"of {rival:19}{means}"


def _part(ratio: float) -> str:
    """Returns how many of the rival's steps or cells a job takes: `1/10.46`, `4.17`."""
    return f"1/{ratio:.2f}" if ratio >= 1 else f"{1 / ratio:.2f}"


def recorded() -> dict[str, dict[str, Count]]:
    """Returns the counts on record."""
    modes = json.loads(RECORD.read_text(encoding="utf-8"))
    return {m: {name: Count(*pair) for name, pair in rows.items()} for m, rows in modes.items()}


def write_record(counts: Mapping[str, Mapping[str, Count]]) -> None:
    """Puts the counts on record, a job a line."""
    modes = [
        f' "{mode}": {{\n'
        + ",\n".join(f'  "{name}": [{c.steps}, {c.cells}]' for name, c in rows.items())
        + "\n }"
        for mode, rows in counts.items()
    ]
    RECORD.write_text("{\n" + ",\n".join(modes) + "\n}\n", encoding="utf-8")


def main(write: Callable[[str], object] = sys.stdout.write) -> None:
    """Prints the tables; with `--record` also rewrites the record."""
    of_jobs, of_examples = measure(jobs(), MODES), measure(examples(), MODES)
    for field in ("steps", "cells"):
        write("\n".join(table(f"jobs, {field}", jobs(), of_jobs, field)) + "\n\n")
        write("\n".join(table(f"examples, {field}", examples(), of_examples, field)) + "\n\n")
    if "--record" in sys.argv[1:]:
        write_record({mode: of_jobs[mode] | of_examples[mode] for mode in MODES})


if __name__ == "__main__":
    main()
