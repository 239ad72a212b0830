"""Idioms of memory accesses and calls: SSA before, selected code after, and what it does."""

import pytest

from mlpl.backend.subleq.compile import allocate, assemble, make_image, select_module
from mlpl.ir.interpreter import run
from mlpl.ir.read import parse_module
from tests.compiled import run_image
from tests.golden import Case, cases


@pytest.mark.parametrize("case", cases("selection"), ids=lambda case: case.path.stem)
def test_idiom(case: Case, request: pytest.FixtureRequest) -> None:
    module = parse_module(case.sections["ir"])
    selected = select_module(module)
    allocation = allocate(selected)
    arguments = [list(range(2, 2 + module.object(a.object).size)) for a in module.arguments]
    ran = run_image(make_image(allocation, assemble(allocation)), arguments)
    meant = run(module, arguments)
    assert (ran.value, ran.output) == (meant.value, meant.output)
    text = selected.text().partition("function f(")
    made = {"selected": f"{text[1]}{text[2]}", "steps": str(ran.steps)}
    case.expect(made, update=bool(request.config.getoption("--update-golden")))
