"""The text form: what is printed parses back to the same, names and locations included."""

import pytest

from mlpl.base.source import Location
from mlpl.ir.module import Block, Function, Halt, Module
from mlpl.ir.read import parse_module
from mlpl.ir.text import function_text, location_text, module_text
from mlpl.ir.tokens import TextError
from tests.ir_cases import Case, cases

EVERYTHING = r"""module word_bits=16 entry=@.start
object constant @p[4] = 2 -3: int[4]
object @math#2._q[8]: Point[8]
argument a @p: int[4]
result @p: int
returned @p
routine mul @gcd

fn @.start() {
entry:
  halt
}

fn @gcd(%a.0: int, %b.1: int) -> int {
  object $xs[4]: int[2][2]
  object $xs.1[4]: int[4]
entry:
  %2 = eq %b.1, 0  ! gcd a.mlpl:4:5
  branch %2, done(%a.0), loop(%a.0, %b.1)
loop(%x.3: int, %y.4: int):
  %5 = load $xs, 0
  %6: bool = load $xs.1, 1
  store $xs, 0, %5
  store $xs, 0, true
  zero $xs, 4
  copy $xs, @math#2._q, 4
  %7 = call @gcd(%x.3, %y.4)  ! a.mlpl:4:5
  call @f($xs, 4)
  %8 = getc
  putc -5
  %r.11 = offset $xs, %8
  branch %6, done(%7), bad
bad:
  trap index-out-of-bounds %x.3, 4  ! "we \n: 4":4:5
done(%9: int):
  %10 = lt %9, -32768
  branch %10, minus, plus
minus:
  trap assertion-failed "hi ! \" \u00e9"  ! ! a:1:2
plus:
  trap assertion-failed
}

fn @f(%r.0: ref, %n.1: int) {
entry:
  return  ! <text>:1:1
}
"""


def test_round_trip() -> None:
    module = parse_module(EVERYTHING)
    assert module_text(module) == EVERYTHING
    assert parse_module(module_text(module)) == module


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.path.stem)
def test_cases_are_in_the_form_that_is_printed(case: Case) -> None:
    assert module_text(parse_module(case.sections["ir"])) == case.sections["ir"]


@pytest.mark.parametrize(
    "path", ["a.mlpl", "a b:c", " a", '"a"', "a\nb", "!", "é", "a ! b:1:2", ""]
)
def test_locations_of_any_path(path: str) -> None:
    block = Block("entry", (), (), Halt(Location(path, 3, 14)))
    function = Function("f", (), None, (), (block,))
    module = Module({"f": function}, (), "f", 16)
    assert parse_module(module_text(module)) == module
    assert function_text(function) in module_text(module)


@pytest.mark.parametrize("path", ["a.mlpl", "a in @f at b", ""])
def test_locations_of_inlined_code(path: str) -> None:
    location = Location(path, 3, 14).inlined_at("f", Location(path, 7, 5))
    location = location.inlined_at("a.g", Location("main.mlpl", 9, 1))
    for place in (location, Location(path, 3, 14).inlined_at("f", None)):
        block = Block("entry", (), (), Halt(place))
        module = Module({"h": Function("h", (), None, (), (block,))}, (), "h", 16)
        assert parse_module(module_text(module)) == module
    assert "14 in @f at " in module_text(module)
    assert location_text(location).endswith("7:5 in @a.g at main.mlpl:9:1")


def test_kinds_are_known_before_their_definition() -> None:
    text = EVERYTHING.replace("entry:\n  halt", "entry:\n  jump b\na:\n  branch %0, a, a\n")
    module = parse_module(text.replace("a, a\n", "a, a\nb:\n  %0 = lt 1, 2\n  jump a"))
    assert module_text(parse_module(module_text(module))) == module_text(module)
    branch = module.functions[".start"].block("a").terminator
    assert branch == parse_module(module_text(module)).functions[".start"].block("a").terminator


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("%2 = eq %b.1, 0", "%2 = equal %b.1, 0"),
        ("%2 = eq %b.1, 0", "%2 = eq %b.1 0"),
        ("%2 = eq %b.1, 0", "%2 eq %b.1, 0"),
        ("%2 = eq %b.1, 0", "%2 = eq ?"),
        ("%2 = eq %b.1, 0  ! gcd a.mlpl:4:5", "%2 = eq %b.1, 0  ! 4:5"),
        ("loop(%x.3: int, %y.4: int):", "loop(%x.3, %y.4):"),
        ("loop(%x.3: int, %y.4: int):", "loop(%x.3: int, %y.4: int)"),
        ("loop(%x.3: int, %y.4: int):", "loop(%x.3: word, %y.4: int):"),
        ("call @gcd(%x.3, %y.4)", "call gcd(%x.3, %y.4)"),
        ("call @gcd(%x.3, %y.4)", "call @gcd(%x.3, %y.4"),
        ("putc -5", "putc -"),
        ("branch %6, done(%7), bad", "branch %6, done(%7)"),
        ("trap assertion-failed\n", "trap surprised\n"),
        ("trap assertion-failed\n", ""),
        ("object @math#2._q[8]: Point[8]", "object @math#2._q"),
        ("module word_bits=16 entry=@.start", "module"),
        ("routine mul @gcd", "routine @gcd"),
        ("argument a @p: int[4]", "argument a"),
        ("  halt\n}", "  halt\n"),
    ],
)
def test_errors_name_the_line(before: str, after: str) -> None:
    assert before in EVERYTHING
    with pytest.raises(TextError, match=r"line \d+: "):
        parse_module(EVERYTHING.replace(before, after, 1))
