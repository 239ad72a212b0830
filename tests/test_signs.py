"""The signs of variables in loops: which are turned, which stay, and that nothing else changes."""

from __future__ import annotations

import pytest

import mlpl
from mlpl.backend.subleq.costs import SubleqCosts
from mlpl.ir.interpreter import run
from mlpl.ir.module import Module
from mlpl.ir.passes.signs import signs
from mlpl.ir.pipeline import PASSES
from mlpl.ir.read import parse_module
from mlpl.ir.settings import DEFAULT, Settings
from mlpl.ir.text import module_text
from mlpl.ir.verify import require_valid

HEAD = """module word_bits=9 entry=@.start
object @a[8]: int[8]
object @n[1]: int
argument n @n: int

fn @.start() {
entry:
  %0 = load @n, 0
"""


def module(body: str) -> Module:
    return require_valid(parse_module(HEAD + body + "}\n"), "the test")


def turned(before: Module) -> str:
    """Returns the code after the pass, which must do the same for every argument."""
    after = require_valid(PASSES["signs"](before, Settings(costs=SubleqCosts())), "signs")
    for n in (*range(-20, 20), 100, 255, -256):
        runs = [run(m, [[n]], input=b"xyz", max_steps=100_000) for m in (before, after)]
        assert (runs[0].output, runs[0].trap) == (runs[1].output, runs[1].trap), n
    return module_text(after).split("  %0 = load @n, 0\n")[1]


def test_what_is_only_added_is_kept_negated() -> None:
    assert (
        turned(
            module("""  jump do(1, 0)
do(%i.1: int, %2: int):
  %3 = add %2, %i.1
  %4 = add %i.1, 3
  %5 = lt %3, %0
  branch %5, do(%4, %3), done
done:
  putc %3
  halt
""")
        )
        == """  jump do(-1, 0)
do(%-i.1: int, %2: int):
  %3 = sub %2, %-i.1
  %4 = add %-i.1, -3
  %5 = lt %3, %0
  branch %5, do(%4, %3), done
done:
  putc %3
  halt
}
"""
    )


def test_two_that_grow_by_each_other_are_of_both_signs() -> None:
    after = turned(
        module("""  jump do(0, 1, 9)
do(%1: int, %2: int, %3: int):
  %4 = add %1, %2
  %5 = add %2, %4
  %6 = add %3, -1
  %7 = gt %6, 0
  branch %7, do(%4, %5, %6), done
done:
  putc %4
  putc %5
  halt
""")
    )
    assert after.count(" sub ") == 2
    assert after.count(" neg ") == 1
    assert "plain:" in after


def test_what_begins_with_a_value_is_negated_before_the_loop() -> None:
    after = turned(
        module("""  jump do(%0, 0)
do(%1: int, %2: int):
  %3 = add %2, %1
  %4 = sub %1, 5
  %5 = lt %3, 200
  branch %5, do(%4, %3), done
done:
  putc %3
  putc %1
  halt
""")
    )
    assert after.count(" neg ") == 2
    assert "sub %2, %1" in after


def test_sums_on_some_ways_and_in_loops_inside() -> None:
    after = turned(
        module("""  jump outer(0, 0)
outer(%1: int, %2: int):
  %3 = add %1, 1
  jump inner(0, %2)
inner(%4: int, %5: int):
  %6 = add %4, 1
  %7 = lt %4, %1
  branch %7, some, other
some:
  %8 = add %5, %4
  jump next(%8)
other:
  jump next(0)
next(%9: int):
  %10 = ne %6, 7
  branch %10, inner(%6, %9), end
end:
  %11 = add %9, %3
  %12 = lt %3, 5
  branch %12, outer(%3, %11), done
done:
  putc %11
  halt
""")
    )
    assert after.count(" sub ") == 2


@pytest.mark.parametrize(
    "use",
    [
        "%9 = load @a, %1",
        "store @a, %2, %1",
        "%9 = lt %1, 3\n  %8 = int %9\n  putc %8",
        "%9 = sub %1, %2",
        "%9 = mul %1, 3",
        "putc %1",
    ],
)
def test_what_the_loop_needs_as_it_is_stays(use: str) -> None:
    before = module(f"""  jump do(0, 0, 0)
do(%1: int, %2: int, %3: int):
  {use}
  store @a, %3, 0
  %4 = add %2, %1
  %5 = add %1, 1
  %6 = and %4, 7
  %7 = lt %5, 6
  branch %7, do(%5, %6, %6), done
done:
  halt
""")
    assert "neg" not in turned(before)


def test_facts_say_which_variables_are_negated() -> None:
    text = "fn main(n: int) -> int { var s = 0; for i in 0..n { s += i; } return s; }"
    program = mlpl.compile(text)
    names = [variable.name for variable in program.image.facts.variables]
    assert "main.s" in names
    assert "-main.i" in names
    assert program.neurons_of(variable="i") == program.neurons_of(variable="-main.i")
    states = program.trace(5, variables=["i"]).variables
    (shown,) = states.values()
    assert {0, -1, -2, -3, -4} <= set(shown.tolist())


def test_traps_show_variables_as_they_are() -> None:
    text = """  jump do(0, 0)
do(%1: int, %2: int):
  %3 = add %2, %1
  %4 = lt %3, %0
  branch %4, next, trap
next:
  %5 = add %1, 1
  %6 = lt %3, 60
  branch %6, do(%5, %3), done
trap:
  trap index-out-of-bounds %1, 8
done:
  halt
"""
    assert turned(module(text)) == text + "}\n"


def test_targets_that_add_as_fast_keep_their_sums() -> None:
    before = module("""  jump do(1, 0)
do(%1: int, %2: int):
  %3 = add %2, %1
  %4 = add %1, 3
  %5 = lt %3, %0
  branch %5, do(%4, %3), done
done:
  halt
""")
    function = before.functions[".start"]
    assert signs(function, before, DEFAULT) is function
