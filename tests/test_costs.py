"""What editors are told about costs is what the machine does."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpl.backend.subleq.step_bounds import step_bounds
from mlpl.base.source import Source
from mlpl.costs import Cost, function_cost, operator_cost, program_of
from mlpl.driver import Compilation
from mlpl.lang.load import read_source
from mlpl.options import Options
from mlpl.program import Program

BOUNDED = {
    "straight": ("fn main(a: int) -> int { return a + a - 1; }", True),
    "branch": ("fn main(a: int) -> int { if a > 3 { return a + a; } return 0; }", True),
    "calls": (
        "fn f(a: int, b: int) -> int { if a < b { return 1; } return a - b; }"
        "fn main(a: int) -> int { return f(a, 3) + f(5, a) + f(a, f(a, 2)); }",
        True,
    ),
    "loop": ("fn main(a: int) -> int { var s = 0; for i in 0..a { s += i; } return s; }", False),
    "recursion": (
        "fn f(a: int) -> int { return a <= 0 ? 0 : a + f(a - 1); }"
        "fn main(a: int) -> int { return f(a); }",
        False,
    ),
}


@pytest.mark.parametrize("level", ["O0", "O2"])
@pytest.mark.parametrize("case", BOUNDED)
def test_runs_stay_within_the_bounds(case: str, level: str) -> None:
    text, bounded = BOUNDED[case]
    compilation = Compilation(Source("<text>", text), Options(level=level))
    program = Program(compilation)
    bounds = step_bounds(compilation.allocation)[compilation.ir.entry]
    assert bounds.fewest is not None
    assert (bounds.most is not None) == bounded
    for argument in (0, 1, 3, 4, 9, -2):
        steps = program.run(argument, engine="machine").steps
        assert bounds.fewest <= steps
        assert bounds.most is None or steps <= bounds.most
    if case == "straight":
        assert bounds.fewest == bounds.most


def cost(text: str, name: str) -> Cost:
    program = program_of(Source("<text>", text), lambda _: None)
    assert program is not None
    found = function_cost(program, program.functions[name].span)
    assert found is not None
    return found


def test_a_function_costs_what_its_code_and_its_cells_take() -> None:
    twice = cost("fn twice(a: int) -> int { return a + a; } fn main() { }", "twice")
    assert twice.fewest == twice.most
    assert (twice.cells > 0, twice.linked) == (True, 0)
    product = cost("fn f(a: int, xs: int[]) -> int { return a * xs[a] * xs[0]; }", "f")
    assert product.linked > 200  # the routine of `*`, which both products share
    assert product.most is not None  # it has no loop


def test_functions_of_every_kind_of_parameter_have_costs() -> None:
    text = """
    struct P { x: int, y: int[2] }
    fn f(a: int, b: bool, p: P, xs: int[], ys: int[][3], zs: bool[4]) {
        if b { p.x = a + xs[0] + ys[1][2]; zs[1] = b; p.y[0] = len(xs); }
    }
    fn g() { halt(); }
    fn h() { while true { } }
    """
    assert cost(text, "f").fewest is not None
    assert cost(text, "g").fewest is None
    assert cost(text, "h").fewest is None


@pytest.mark.parametrize("sign", ["+", "-"])
@pytest.mark.parametrize("word_bits", [12, 16, 32])
def test_a_sum_and_a_difference_take_one_step(sign: str, word_bits: int) -> None:
    """Of two values that are not needed again: an addition finds the copy's negative at hand."""
    found = operator_cost(sign, None, word_bits, unary=False)
    assert found is not None and set(found.steps) == {1}


@pytest.mark.parametrize("sign", ["*", "/", "%", "<<", ">>", "&", "|", "^", "<", "==", "&&", "||"])
def test_every_operator_can_be_measured(sign: str) -> None:
    found = operator_cost(sign, None, 12, unary=False)
    assert found is not None and found.steps[-1] > 0


def test_a_program_with_errors_has_no_costs() -> None:
    assert program_of(Source("<text>", "fn main( {"), lambda _: None) is None
    path = Path(__file__).parent.parent / "examples" / "gcd.mlpl"
    assert program_of(read_source(path), lambda _: None) is not None
