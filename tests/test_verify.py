"""Each invariant of the verifier, with a module that breaks it and nothing else."""

from dataclasses import replace

import pytest

from mlpl.ir.module import Const, Kind, Op
from mlpl.ir.pipeline import optimize
from mlpl.ir.read import parse_module
from mlpl.ir.verify import InvalidModuleError, marked, require_valid, verify

VALID = """\
module word_bits=16 entry=@.start
object @q[4] = 1 2: int[4]
object constant @k[4] = 1 2: int[4]
argument a @q: int[4]
routine mul @f

fn @.start() {
  object $x[2]: int[2]
entry:
  %0 = call @f(1, 2)
  %1 = eq %0, 3
  store $x, 0, %0
  branch %1, left(%0), right
left(%2: int):
  putc %2
  copy $x, @k, 2
  zero $x, 2
  jump join
right:
  trap index-out-of-bounds %0, 4
join:
  halt
}

fn @f(%a.0: int, %b.1: int) -> int {
entry:
  %2: bool = load @q, 0
  branch %2, yes, no
yes:
  return %a.0
no:
  %3: bool = call @g(@q)
  trap assertion-failed "no"
}

fn @g(%r.0: ref) -> bool {
entry:
  return true
}
"""

BROKEN = [
    (1, "entry=@.start", "entry=@start"),
    (1, "entry=@.start", "entry=@g"),
    (2, "word_bits=16", "word_bits=33"),
    (2, "call @f(1, 2)", "call @f(1, 32768)"),
    (2, "@q[4] = 1 2", "@q[4] = 1 40000"),
    (3, "object @q[4] = 1 2: int[4]", "object @q[4] = 1 2: int[4]\nobject @q[4]: int[4]"),
    (3, "@q[4] = 1 2", "@q[1] = 1 2"),
    (3, "object $x[2]: int[2]", "object $x[2]: int[2]\n  object @x[2]: int[2]"),
    (3, "object $x[2]: int[2]", "object $x[2] = 1: int[2]"),
    (3, "object $x[2]: int[2]", "object $x[2]: int[2]\n  object $y[0]: E"),
    (4, "argument a @q", "argument a @r"),
    (4, "argument a @q: int[4]", "argument a @q: int[4]\nresult @r: int"),
    (4, "argument a @q: int[4]", "argument a @q: int[4]\nreturned @r"),
    (4, "routine mul @f", "routine mul @g"),
    (4, "routine mul @f", "routine mul @h"),
    (5, "right:\n", "join:\n"),
    (5, "entry:\n  %0 = call", "entry(%9: int):\n  %0 = call"),
    (5, "  jump join", "  jump entry"),
    (5, "entry:\n  return true\n", ""),
    (6, "  jump join", "  jump nowhere"),
    (6, "left(%0)", "left"),
    (6, "left(%0)", "left(true)"),
    (6, "left(%0)", "left(%0, %0)"),
    (7, "%1 = eq %0, 3", "%0 = add 1, 2\n  %1 = eq %0, 3"),
    (7, "%a.0: int, %b.1: int", "%a.0: int, %b.0: int"),
    (8, "putc %2", "putc %7"),
    (8, "right:\n", "right:\n  putc %2\n"),
    (8, "%1 = eq %0, 3\n", "putc %5\n  %1 = eq %0, 3\n  %5 = add %0, 3\n"),
    (8, "%1 = eq %0, 3\n", "%1 = eq %0, 3\n  %5 = add %5, 3\n"),
    (9, "%1 = eq %0, 3", "%1 = eq %0, true"),
    (9, "%1 = eq %0, 3", "%1 = eq %0"),
    (9, "%1 = eq %0, 3", "%1 = eq %0, 3\n  %7: int = eq %0, 3"),
    (9, "putc %2", "putc true"),
    (9, "putc %2", "%6 = putc %2"),
    (9, "putc %2", "add %2, 1"),
    (9, "putc %2", "%6: ref = load $x, 0"),
    (9, "store $x, 0, %0", "store %0, 0, %0"),
    (9, "store $x, 0, %0", "store $x, 0, @q"),
    (10, "store $x, 0, %0", "store $y, 0, %0"),
    (10, "call @g(@q)", "call @g(@r)"),
    (10, "call @g(@q)", "call @g($x)"),
    (11, "call @f(1, 2)", "call @f(1)"),
    (11, "call @f(1, 2)", "call @f(1, true)"),
    (11, "call @f(1, 2)", "call @h(1, 2)"),
    (11, "%3: bool = call @g(@q)", "%3 = call @g(@q)"),
    (12, "branch %1, left(%0), right", "branch %0, left(%0), right"),
    (12, "return true", "return"),
    (12, "return %a.0", "return %2"),
    (12, "  halt", "  return 0"),
    (13, "zero $x, 2", "zero $x, 0"),
    (13, "zero $x, 2", "zero $x, %2"),
    (13, "copy $x, @k, 2", "copy @k, $x, 2"),
    (13, "store $x, 0, %0", "store @k, 0, %0"),
    (14, "index-out-of-bounds %0, 4", "index-out-of-bounds %0"),
    (14, "index-out-of-bounds %0, 4", "index-out-of-bounds %0, true"),
    (14, 'assertion-failed "no"', "assertion-failed 1"),
    (14, 'assertion-failed "no"', 'end-of-input "no"'),
]


def test_valid() -> None:
    module = parse_module(VALID)
    assert verify(module) == ()
    assert require_valid(module, "test") is module


@pytest.mark.parametrize(("invariant", "before", "after"), BROKEN)
def test_invariant(invariant: int, before: str, after: str) -> None:
    assert before in VALID
    module = parse_module(VALID.replace(before, after, 1))
    assert {v.invariant for v in verify(module)} == {invariant}


def test_functions_stand_under_their_names() -> None:
    module = parse_module(VALID)
    functions = dict(module.functions)
    functions["f"], functions["g"] = functions["g"], functions["f"]
    object.__setattr__(module, "functions", functions)
    assert 1 in {v.invariant for v in verify(module)}


def test_all_violations_are_marked() -> None:
    text = VALID.replace("putc %2", "putc %7").replace("left(%0)", "left")
    violations = verify(parse_module(text))
    assert [v.invariant for v in violations] == [6, 8]
    lines = marked(parse_module(text), violations).splitlines()
    below = lines.index("  putc %7") + 1
    assert lines[below] == "    ^^^ [8] %7 is not defined"
    assert "    ^^^ [6] left takes (int)" in lines


def test_uses_that_are_never_reached_may_be_anywhere() -> None:
    text = VALID.replace("join:\n  halt", "join:\n  halt\ndead:\n  putc %2\n  jump join")
    assert verify(parse_module(text)) == ()


def test_pipeline_refuses_what_is_not_valid() -> None:
    module = parse_module(VALID.replace("putc %2", "putc %7"))
    with pytest.raises(InvalidModuleError, match="after `build`"):
        optimize(module)


def test_putc_of_a_byte_at_small_words() -> None:
    text = "module word_bits=5 entry=@f\n\nfn @f() {\nentry:\n  putc 200\n  halt\n}\n"
    assert verify(parse_module(text)) == ()
    assert verify(parse_module(text.replace("200", "256")))


def test_every_op_has_a_signature() -> None:
    from mlpl.ir.signatures import OPERANDS

    assert set(OPERANDS) == set(Op)
    assert Const(1, Kind.BOOL) != Const(1)


def test_what_is_the_same_as_in_a_valid_module_is_not_looked_at_again() -> None:
    valid = parse_module(VALID)
    broken = parse_module(VALID.replace("return true", "return"))
    functions = {**valid.functions, "g": broken.functions["g"]}
    changed = replace(valid, functions=functions)
    assert [v.position.function for v in verify(changed, valid)] == ["g"]
    assert verify(broken, broken) == ()


def test_what_calls_a_function_that_changed_is_looked_at_again() -> None:
    valid = parse_module(VALID)
    functions = dict(valid.functions)
    functions["g"] = replace(functions["g"], parameters=())
    assert [v.invariant for v in verify(replace(valid, functions=functions), valid)] == [11]


def test_what_names_an_object_that_is_gone_is_looked_at_again() -> None:
    valid = parse_module(VALID)
    objects = tuple(o for o in valid.objects if o.name != "@k")
    assert [v.invariant for v in verify(replace(valid, objects=objects), valid)] == [10]
