"""Each pass by itself: text before, text after; and what it does stays the same."""

import pytest

from mlpl.backend.subleq.costs import SubleqCosts
from mlpl.base.source import Source
from mlpl.driver import Compilation
from mlpl.ir.interpreter import run
from mlpl.ir.pipeline import LEVELS, PASSES, optimize
from mlpl.ir.settings import DEFAULT, Settings
from tests.ir_cases import Case, cases

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_golden(case: Case, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden", default=False):
        case.update()
        return
    for title, expected in case.sections.items():
        if title != "ir":
            assert case.after(title) == expected, title


DEFINED = [case for case in CASES if "undefined" not in case.path.stem]
ROUTINES_ARE_DUMMIES = {"call_routines"}


@pytest.mark.parametrize("case", DEFINED, ids=lambda case: case.path.stem)
def test_every_pass_keeps_the_meaning(case: Case) -> None:
    module = case.module
    arguments = [[3] * module.object(a.object).size for a in module.arguments]
    before = run(module, arguments, input=b"ab", max_steps=100_000)
    for name in sorted(PASSES.keys() - ROUTINES_ARE_DUMMIES):
        pass_ = PASSES[name]
        for settings in (DEFAULT, Settings(costs=SubleqCosts())):
            after = run(pass_(module, settings), arguments, input=b"ab", max_steps=100_000)
            assert (after.value, after.output, after.trap) == (
                before.value,
                before.output,
                before.trap,
            ), name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path.stem)
def test_passes_are_idempotent_where_it_matters(case: Case) -> None:
    for name in ("promote", "simplify", "eliminate", "prune"):
        once = PASSES[name](case.module)
        assert PASSES[name](once) == once, name


@pytest.mark.parametrize("level", LEVELS)
def test_observers_see_every_pass(level: str) -> None:
    seen: list[str] = []
    case = next(case for case in CASES if case.path.stem == "promote-loop")
    optimize(case.module, level, [lambda name, before, after: seen.append(name)])
    assert seen == [entry.name for entry in LEVELS[level]]


def test_chains_of_calls_are_copied_within_bounds() -> None:
    """A body that holds the bodies of all that it calls would make inlining quadratic."""
    count = 120
    links = [f"fn f{i}(x: int) -> int {{ return f{i + 1}(x) + 1; }}" for i in range(count)]
    last = f"fn f{count}(x: int) -> int {{ return x; }} fn main() {{ print(f0(1)); }}"
    compilation = Compilation(Source("test.mlpl", " ".join([*links, last])))
    after = PASSES["inline"](compilation.ir)
    assert sum(1 for f in after.functions.values() for _ in f.instructions()) < 60 * count
