"""L7.3: a trap names its place, its values and the calls that led to it, on every rung."""

from __future__ import annotations

import random

import pytest

from mlpl.base.traps import Trap, TrapKind
from mlpl.engines import ENGINES
from mlpl.program import Program
from tests.ladder import Said, climb, climb_ir, compiled


def calls_of(said: Said) -> list[str]:
    """Returns `LINE:COLUMN in FUNCTION` for the trap and its calls, library files named."""
    assert said.trap is not None
    return [text.removeprefix("test.mlpl:") for text in said.trap[3]]


def climbed(text: str, word: int) -> list[str]:
    """Climbs the ladder at both levels; returns the calls, which must be the same."""
    readable, optimized = (
        calls_of(climb(text, [[word]], b"", 16, level=level, engines=["machine"]))
        for level in ("O0", "O2")
    )
    assert readable == optimized
    return optimized


def test_one_call_and_several() -> None:
    text = """
fn once(i: int) -> int { let xs = [1, 2, 3]; return xs[i]; }
fn often(i: int) -> int { return 10 / i; }
fn main(n: int) -> int {
    if n == 3 { return once(n); }
    let x = often(1) + often(n);
    return x + often(n - 1);
}
"""
    assert climbed(text, 3) == ["2:56 in once", "5:24 in main"]
    assert climbed(text, 0) == ["3:37 in often", "6:24 in main"]
    assert climbed(text, 1) == ["3:37 in often", "7:16 in main"]


def test_mutual_recursion_with_arrays_of_each_activation() -> None:
    text = """
fn even(n: int, xs: int[]) -> int {
    var own: int[2];
    own[1] = xs[0] + n;
    let r = odd(n - 1, own);
    return r + own[1];
}
fn odd(n: int, xs: int[]) -> int {
    if n < 0 { assert(xs[1] < 0, "too far"); }
    return deeper(n, xs) + 1;
}
fn deeper(n: int, xs: int[]) -> int { return even(n - 1, xs) + leaf(n); }
fn leaf(n: int) -> int { return n; }
fn main(n: int) -> int { var xs: int[2]; return even(n, xs) + leaf(1) + even(1, xs); }
"""
    around = ["12:46 in deeper", "10:12 in odd", "5:13 in even"]
    assert climbed(text, 2) == ["9:16 in odd", "5:13 in even", *around, "14:49 in main"]
    assert climbed(text, 4) == ["9:16 in odd", "5:13 in even", *around * 2, "14:49 in main"]


def test_functions_that_never_return() -> None:
    text = """
fn fail(n: int) { assert(n == 100, "never"); halt(); }
fn loops(n: int) {
    if n == 0 { fail(1); }
    loops(n - 1);
    while true { }
}
fn main(n: int) {
    if n == 7 { fail(n); }
    if n == 8 { loops(1); fail(2); }
    print(n);
    loops(2);
}
"""
    assert climbed(text, 7) == ["2:19 in fail", "9:17 in main"]
    assert climbed(text, 8) == ["2:19 in fail", "4:17 in loops", "5:5 in loops", "10:17 in main"]
    assert climbed(text, 1)[-3:] == ["5:5 in loops", "5:5 in loops", "12:5 in main"]


def test_calls_inside_arguments_conditions_and_loops() -> None:
    text = """
struct P { x: int, ys: int[3] }
fn at(p: P, i: int) -> int { return p.ys[i]; }
fn twice(x: int) -> int { return x + x; }
fn main(n: int) {
    var p: P;
    for i in 0..n {
        if i > 1 && twice(at(p, twice(i) - 1)) == 0 { print(i); }
    }
}
"""
    assert climbed(text, 9) == ["3:42 in at", "8:27 in main"]


def test_operators_hide_their_routines_and_libraries_show_their_calls() -> None:
    text = """
import sort;
import math as m;
fn root(n: int) -> int { return m.isqrt(n * n - 10) % n; }
fn main(n: int) {
    var a: int[4];
    var b: int[3];
    if n == 9 { sort.merge(a, b); }
    print(root(n));
}
"""
    assert climbed(text, 0)[1:] == ["4:33 in root", "9:11 in main"]
    library, call = climbed(text, 9)
    assert library.startswith("<stdlib>/sort.mlpl:") and library.endswith(" in sort.merge")
    assert call == "8:17 in main"
    assert climbed("fn f(n: int) -> int { return 7 % n; } fn main(n: int) { print(f(n)); }", 0) == [
        "1:32 in f",
        "1:63 in main",
    ]


def test_a_trap_in_the_entry_has_no_calls() -> None:
    assert climbed("fn main(n: int) { print(read() + n); }", 1) == ["1:25 in main"]


def trap_by(
    engine: str, text: str, *arguments: object, level: str = "O2", word_bits: int = 16
) -> Trap:
    trap = Program(compiled(text, word_bits, level)).run(*arguments, engine=engine).trap
    assert trap is not None
    return trap


@pytest.mark.parametrize("level", ["O0", "O2"])
def test_a_stack_overflow_shows_every_call_that_fits(level: str) -> None:
    text = (
        "fn f(n: int) -> int {\n  var xs: int[9];\n  let r = f(n + 1);\n  return r + xs[0] + n; }\n"
    )
    text += "fn main() -> int { return f(0); }"
    traps = [trap_by(engine, text, level=level) for engine in ("interpreter", "machine", "network")]
    for trap in traps:
        assert (trap.kind, str(trap.location)) == (TrapKind.STACK_OVERFLOW, "test.mlpl:3:11")
        assert {str(call.location) for call in trap.calls[:-1]} == {"test.mlpl:3:11"}
        assert (trap.calls[-1].function, str(trap.calls[-1].location)) == ("main", "test.mlpl:5:27")
    assert len(traps[1].calls) > 10
    assert traps[1] == traps[2]


def test_an_overflow_at_the_first_call() -> None:
    text = """
fn f(n: int) -> int { var xs: int[400]; xs[n] = n; let r = n > 0 ? f(n - 1) : 0; return r + xs[1]; }
fn g(n: int) -> int { return f(n); }
fn main(n: int) -> int { return g(n) + f(n); }
"""
    trap = trap_by("machine", text, 3)
    assert (trap.kind, trap.function, str(trap.location)) == (
        TrapKind.STACK_OVERFLOW,
        "g",
        "test.mlpl:3:30",
    )
    assert [call.function for call in trap.calls] == ["main"]


def calling_program(seed: int) -> str:
    """Returns functions that call each other at random until one traps, if any does."""
    choose = random.Random(seed)
    names = [f"f{i}" for i in range(choose.randint(3, 6))]
    traps = ["xs[n - 3]", "12 / n", "12 % (n + n)", "1 << (n - 1)", "n"]
    lines = []
    for name in names:
        array = "var own: int[3]; own[1] = n; " if choose.random() < 0.4 else ""
        handed = "own" if array and choose.random() < 0.7 else "xs"
        calls = [
            f"{choose.choice(names)}(n - {choose.randint(1, 2)}, {handed})"
            for _ in range(choose.randint(1, 3))
        ]
        lines += [
            f"fn {name}(n: int, xs: int[]) -> int {{ {array}",
            f"    if n <= 0 {{ return {choose.choice(traps)}; }}",
            f"    let r = {' - '.join(calls)};",
            f"    return {handed}[1] + r + n;",
            "}",
        ]
    body = " + ".join(f"{choose.choice(names)}(n, xs)" for _ in range(2))
    return "\n".join([*lines, f"fn main(n: int) -> int {{ var xs: int[2]; return {body}; }}"])


@pytest.mark.parametrize("level", ["O0", "O2"])
def test_random_calls_are_told_alike(level: str) -> None:
    trapped = 0
    for seed in range(6):
        engines = ("machine",) if seed else ("machine", "network")
        words = [[2 + seed % 3]]
        said = climb(calling_program(seed), words, b"", 16, level=level, engines=engines)
        trapped += said.trap is not None and len(said.trap[3]) > 2
    assert trapped > 2


def test_every_engine_says_the_same() -> None:
    text = "fn f(xs: int[], i: int) -> int { return xs[i]; }\n"
    text += "fn main(i: int) -> int { var xs: int[2]; return f(xs, i); }"
    first, *others = (trap_by(engine, text, 5, word_bits=12) for engine in ENGINES)
    assert first.describe() == "index-out-of-bounds: index 5 is outside 0..2"
    assert [call.function for call in first.calls] == ["main"]
    assert all(other == first for other in others)


@pytest.mark.parametrize("level", ["O0", "O2"])
@pytest.mark.parametrize(
    ("body", "dividend"),
    [
        ("return n / zero;", -7),
        ("return (n * n - 50) % zero;", -1),
        ("n -= 5; n /= zero; return n;", -12),
        ("xs[1] = n + 1; xs[1] %= zero; return xs[1];", -6),
        ("let unused = (n + 9) / zero; return 4;", 2),
        ("return 6 / zero;", 6),
        ("return n / 0;", -7),
        ("return (n < 0 ? n : 3) / zero;", -7),
        ("for i in 0..9 { n += i / (2 - i) + xs[i / 5]; } return n;", 2),
        ("return n / zero + n % zero;", -7),
    ],
)
def test_a_division_by_zero_names_the_dividend(body: str, dividend: int, level: str) -> None:
    text = f"fn main(n0: int, zero: int) -> int {{ var n = n0; var xs: int[3]; {body} }}"
    engines = ("machine", "network") if dividend == -7 else ("machine",)
    said = climb(text, [[-7], [0]], b"", 16, level=level, engines=engines)
    assert said.trap is not None
    assert said.trap[2] == (dividend,)


@pytest.mark.parametrize(
    ("data", "met"),
    [
        (b"x", ord("x")),
        (b"  12x4", ord("x")),
        (b"+ 3", ord(" ")),
        (b"5-3", ord("-")),
        (b"32768\n", ord("\n")),
        (b"32768", -1),
        (b"32768x", ord("x")),
        (b"-32769 ", ord("9")),
        (b"4000123 x", ord("1")),
        (b"1\xff", 255),
        (b"\x00", 0),
    ],
)
def test_an_invalid_input_names_the_byte(data: bytes, met: int) -> None:
    engines = ("machine", "network", "sparse") if data == b"x" else ("machine",)
    said = climb("fn main() -> int { return read(); }", [], data, 16, engines=engines)
    assert said.trap is not None
    assert said.trap[2] == (met,)


@pytest.mark.parametrize(
    ("word_bits", "data", "values"),
    [(6, b"\x00", ()), (8, b"x", (120,)), (8, b"\xfe", (-2,)), (8, b"128", (-1,))],
)
def test_a_byte_is_named_where_a_word_holds_it(
    word_bits: int, data: bytes, values: tuple[int, ...]
) -> None:
    said = climb_ir("fn main() -> int { return read(); }", [], data, word_bits)
    assert said.trap is not None
    assert said.trap[2] == values


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        (TrapKind.DIVISION_BY_ZERO, (-7,), "-7 is divided by 0"),
        (TrapKind.DIVISION_BY_ZERO, (), "the divisor is 0"),
        (TrapKind.INVALID_INPUT, (120,), "`read()` met `x`, which cannot stand there in an int"),
        (
            TrapKind.INVALID_INPUT,
            (-2,),
            "`read()` met the byte 254, which cannot stand there in an int",
        ),
        (
            TrapKind.INVALID_INPUT,
            (ord("8"),),
            "`read()` met a number that does not fit the word from its digit 8 on",
        ),
        (TrapKind.INVALID_INPUT, (-1,), "`read()` met something that is not an int of this word"),
    ],
)
def test_reasons(kind: TrapKind, values: tuple[int, ...], reason: str) -> None:
    assert Trap(kind, values=values).reason == reason
