"""Steps at O2 and cells at Os, with and without checks, never rise above what is on record.

After a change that is worth it, `python -m benchmarks.jobs --record` makes a new record.
"""

from __future__ import annotations

import pytest

from benchmarks.jobs import UNCHECKED, Job, examples, geometric_mean, jobs, recorded, table
from benchmarks.page import PAGE, page

RECORD = recorded()
JOBS, EXAMPLES = jobs(), examples()


def test_every_job_is_on_record() -> None:
    names = [job.name for job in (*JOBS, *EXAMPLES)]
    assert all(list(rows) == names for rows in RECORD.values())


@pytest.mark.parametrize("job", [*JOBS, *EXAMPLES], ids=lambda job: job.name)
def test_steps_do_not_rise(job: Job) -> None:
    steps, on_record = job.measure("O2").steps, RECORD["O2"][job.name].steps
    assert steps is not None and on_record is not None
    assert steps <= on_record


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_steps_without_checks_do_not_rise(job: Job) -> None:
    steps, on_record = job.measure(UNCHECKED).steps, RECORD[UNCHECKED][job.name].steps
    assert steps is not None and on_record is not None
    assert steps <= on_record


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_cells_do_not_rise(job: Job) -> None:
    cells, on_record = job.measure("Os").cells, RECORD["Os"][job.name].cells
    assert cells is not None and on_record is not None
    assert cells <= on_record


def test_none_has_more_cells_at_os_than_at_other_levels() -> None:
    for name, small in RECORD["Os"].items():
        for level in ("O1", "O2"):
            others = RECORD[level][name].cells
            assert small.cells is not None and others is not None
            assert small.cells <= others, f"{name} at {level}"


def test_geometric_mean() -> None:
    assert geometric_mean([2, 8]) == pytest.approx(4)


def test_table_compares_with_rivals() -> None:
    lines = list(table("steps", JOBS, RECORD, "steps"))
    assert lines[0] == "steps" and lines[2].startswith("hello")
    assert [line.split()[1] for line in lines if line.startswith("of ")] == ["hsq", "elvm", "hand"]


def test_the_page_shows_the_record() -> None:
    """`make docs` writes it."""
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text
