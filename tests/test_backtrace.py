"""Where code stands after inlining, and the calls that this hides."""

from mlpl.base.backtrace import with_backtrace, written
from mlpl.base.source import Location
from mlpl.base.traps import Call, Trap, TrapKind

IN_F, IN_G, IN_MAIN = (Location("a.mlpl", line, 5) for line in (1, 2, 3))


def test_code_of_its_own_function_is_one_place():
    assert [*written("f", IN_F)] == [Call("f", IN_F)]
    assert [*written("f", None)] == [Call("f")]


def test_inlining_callee_first_or_caller_first_is_the_same():
    inner_first = IN_F.inlined_at("f", IN_G).inlined_at("g", IN_MAIN)
    outer_first = IN_F.inlined_at("f", IN_G.inlined_at("g", IN_MAIN))
    assert inner_first == outer_first
    assert [*written("main", inner_first)] == [
        Call("f", IN_F),
        Call("g", IN_G),
        Call("main", IN_MAIN),
    ]
    assert inner_first.plain == IN_F
    assert str(inner_first) == "a.mlpl:1:5"


def test_calls_without_a_location_end_the_chain():
    place = IN_F.inlined_at("f", None).inlined_at("g", IN_MAIN)
    assert [*written("main", place)] == [Call("f", IN_F), Call("main")]


def test_a_trap_gets_its_calls_but_for_the_start():
    trap = Trap(TrapKind.DIVISION_BY_ZERO)
    inlined = IN_G.inlined_at("g", IN_MAIN).inlined_at("main", IN_MAIN)
    traced = with_backtrace(trap, [Call("f", IN_F), Call(".start", inlined)], ".start")
    assert (traced.location, traced.function) == (IN_F, "f")
    assert traced.calls == (Call("g", IN_G), Call("main", IN_MAIN))
    assert with_backtrace(trap, [], ".start") == trap
