"""`docs/library.md` says what the sources say; its figures are measured when it is made."""

from __future__ import annotations

import re

from benchmarks.library import PATH, Cost, measure, reference, routines, sources, without_costs
from benchmarks.routines import CALLS


def test_the_reference_is_current() -> None:
    """If this fails, `make docs` makes it again."""
    page = PATH.read_text(encoding="utf-8")
    assert without_costs(page) == without_costs(reference(costs=False))


def test_every_routine_has_a_cost() -> None:
    names = [f"{name}.{d.name}" for name, source in sources() for d in routines(source)]
    assert sorted(names) == sorted(CALLS)
    rows = re.findall(r"^\| (.*?) \| .* \| [\d,]+ \| [\d,]+ \|$", PATH.read_text(), re.M)
    assert len(rows) == sum(map(len, CALLS.values()))
    assert [row.strip("`") for row in rows if row.strip()] == [n.split(".")[1] for n in names]


def test_what_is_measured() -> None:
    """A call's cost is at least that of its work, and no cost of the program around it."""
    once = measure("bits.not", "int", (1234,))
    assert Cost(1, 1) <= once < Cost(100, 200)
    (short, _, _, long) = (measure("sort.insertion", "", call) for call in CALLS["sort.insertion"])
    assert long.steps > 8 * short.steps
    assert long.cells == short.cells
