"""The tables of docs/benchmarks.md about the compiler, from the counts on record.

Run `python -m benchmarks.page`; `python -m benchmarks.jobs --record` makes the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.jobs import MODES, Count, Job, examples, geometric_mean, jobs, recorded

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_SECTION = re.compile(r"(?<=<!-- compiler -->\n).*?(?=<!-- /compiler -->)", re.DOTALL)
"""What is written anew; it stands between two comments."""

RIVALS = {"hsq": "HSQ", "elvm": "ELVM", "hand": "by hand"}


def page(text: str) -> str:
    """Returns the text of the page with tables of what is on record now."""
    if _SECTION.search(text) is None:
        raise ValueError("the page has no place for the tables")
    made = "\n".join(_sections(recorded()))
    return _SECTION.sub(lambda _: f"\n{made}\n", text)


def _sections(record: Mapping[str, Mapping[str, Count]]) -> Iterator[str]:
    for field in Count._fields:
        yield f"### {field.capitalize()} of the jobs\n"
        yield from _table(jobs(), record, field, RIVALS)
        yield ""
    yield "### The examples\n"
    head = ("", "steps -O2", "steps -Os", "cells -O2", "cells -Os")
    rows = [
        (
            job.name.removeprefix("examples/"),
            *(
                f"{getattr(record[mode][job.name], field):,}"
                for field in Count._fields
                for mode in ("O2", "Os")
            ),
        )
        for job in examples()
    ]
    yield from _markdown([head, *rows])


def _table(
    all_jobs: Iterable[Job],
    record: Mapping[str, Mapping[str, Count]],
    field: str,
    rivals: Mapping[str, str],
) -> Iterator[str]:
    """Yields a table of jobs, and below it the geometric means of ours over the rivals'."""
    all_jobs = tuple(all_jobs)
    heads = [mode if mode not in ("O0", "O1", "O2", "Os") else f"-{mode}" for mode in MODES]
    rows: list[Sequence[str]] = [("", *heads, *rivals.values())]
    for job in all_jobs:
        ours = [getattr(record[mode][job.name], field) for mode in MODES]
        theirs = [getattr(job.rivals[rival], field) for rival in rivals]
        rows.append((job.name, *("" if x is None else f"{x:,}" for x in [*ours, *theirs])))
    for rival, name in rivals.items():
        known = [job for job in all_jobs if getattr(job.rivals[rival], field)]
        if known:
            means = [
                geometric_mean(
                    getattr(record[mode][job.name], field) / getattr(job.rivals[rival], field)
                    for job in known
                )
                for mode in MODES
            ]
            rows.append((f"*mean over {name}*", *map(_ratio, means), *[""] * len(rivals)))
    yield from _markdown(rows)


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 1 else f"1/{1 / ratio:.1f}"


def _markdown(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *body = rows
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'--:|' * (len(head) - 1)}"
    for row in body:
        yield f"| {' | '.join(row)} |"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
