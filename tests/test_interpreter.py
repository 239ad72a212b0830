"""The reference interpreter: what later stages cannot be compared with yet, and its limits."""

from __future__ import annotations

import pytest

from mlpl.base.source import Source
from mlpl.base.traps import TrapKind
from mlpl.base.words import largest, smallest
from mlpl.lang.check import check
from mlpl.lang.interpreter import Outcome, Undefined, run


def execute(text: str, *arguments: object, word_bits: int = 16, **options: object) -> Outcome:
    checked = options.pop("checked", True)
    program = check(Source("test.mlpl", text), word_bits=word_bits, checked=bool(checked)).program
    return run(program, arguments, **options)  # type: ignore[arg-type]


def written(body: str, before: str = "", word_bits: int = 16) -> str:
    outcome = execute(f"{before}\nfn main() {{ {body} }}", word_bits=word_bits)
    assert outcome.trap is None and outcome.finished
    return outcome.output.decode()


STRUCTS = "struct P { x: int, y: int[2], b: bool } struct Q { p: P, n: int[2][3] }"


def test_structs_nest_copy_and_are_passed_by_reference() -> None:
    text = f"""{STRUCTS}
    const C = Q {{ n: [[1, 2, 3], [4, 5, 6]], p: P {{ b: true, x: 7, y: [8, 9] }} }};
    fn set(p: P) {{ p.x = 1; p.y[1] = 2; }}
    fn total(rows: int[][3]) -> int {{
        var s = 0;
        for row in rows {{ for v in row {{ s += v; }} }}
        return s;
    }}
    fn main() {{
        var q = C;
        set(q.p);
        var r = q.p;
        r.y = [3, 4][0] == 3 ? r.y : r.y;
    }}"""
    body = "var q = C; set(q.p); var r = q.p; r.x = 5; q.n[0] = q.n[1]; let o = q.n;"
    body += "print(q.p.x, q.p.y[0], q.p.y[1], q.p.b, r.x, total(q.n), total(o), C.n[1][2]);"
    body += "for p in [q] { print(0); }" if False else ""
    before = text[: text.index("fn main")]
    assert written(body, before) == "1 8 2 true 5 30 30 6\n"


def test_aggregates_overlap_in_copies() -> None:
    body = "var a = [[1, 2], [3, 4]]; a[1] = a[0]; a[0] = a[0]; print(a[1][0], a[1][1], a[0][1]);"
    assert written(body) == "1 2 2\n"


def test_each_pass_of_a_loop_declares_afresh() -> None:
    body = "for i in 0..2 { var p: P; var n: int; print(p.x, p.y[1], n); p.x = 3; n = 4; }"
    assert written(body, STRUCTS) == "0 0 0\n0 0 0\n"


def test_elements_of_aggregate_loops_are_copies() -> None:
    body = "var a = [[1, 2], [3, 4]]; for row in a { a[0][0] = 9; a[1][0] = 8; print(row[0]); }"
    assert written(body) == "1\n8\n"


def test_len_evaluates_the_index() -> None:
    outcome = execute("fn main(i: int) -> int { var a: int[3][4]; return len(a[i]); }", 2)
    assert outcome.value == 4
    outcome = execute("fn main(i: int) -> int { var a: int[3][4]; return len(a[i]); }", 3)
    assert outcome.trap is not None and outcome.trap.values == (3, 3)


@pytest.mark.parametrize("w", [4, 5, 8, 13, 16, 32])
def test_arithmetic_at_every_width(w: int) -> None:
    low, high = smallest(w), largest(w)
    text = (
        "fn main(x: int, y: int) { print(x + y, x - y, x * y, x / y, x % y, -x, x < y, x >> 1); }"
    )
    for x in (low, -1, 0, 1, high):
        for y in (low, -1, 1, high):
            outcome = execute(text, x, y, word_bits=w)
            quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
            values = [x + y, x - y, x * y, quotient, x - y * quotient, -x]
            words = [(v - low) % (1 << w) + low for v in values]
            expected = [*map(str, words), str(x < y).lower(), str(x >> 1)]
            assert outcome.output.decode().split() == expected


def test_loops_reach_the_extremes() -> None:
    for w in (4, 5, 8):
        low, high = smallest(w), largest(w)
        up = f"for i in {low}..{high} by 3 {{ write(i, ' '); }}".replace("' '", '" "')
        down = f'for i in {high}..{low} by -3 {{ write(i, " "); }}'
        assert written(up, word_bits=w).split() == [*map(str, range(low, high, 3))]
        assert written(down, word_bits=w).split() == [*map(str, range(high, low, -3))]


def test_positions_of_traps() -> None:
    def location(body: str) -> tuple[str, int]:
        outcome = execute(f"fn main(n: int) {{ var a: int[3]; {body} }}", -1)
        assert outcome.trap is not None and outcome.trap.location is not None
        return outcome.trap.kind.value, outcome.trap.location.column - len(prefix)

    prefix = "fn main(n: int) { var a: int[3]; "
    assert location("a[0] = a[n];") == ("index-out-of-bounds", 10)
    assert location("a[n] = 1 / 0;") == ("index-out-of-bounds", 3)
    assert location("n /= n + 1;") == ("division-by-zero", 3)
    assert location("n = 5 << n;") == ("negative-shift", 7)
    assert location("n = read();") == ("end-of-input", 5)
    assert location("assert(n > 0);") == ("assertion-failed", 1)


def test_deep_recursion_works_and_endless_recursion_traps() -> None:
    text = "fn f(n: int) -> int { if n == 0 { return 0; } return 1 + f(n - 1); }"
    text += "fn main(n: int) -> int { return f(n); }"
    assert execute(text, 5000).value == 5000
    endless = execute(text, -1)
    assert endless.trap is not None and endless.trap.kind is TrapKind.STACK_OVERFLOW
    assert endless.trap.location is not None


def test_input_is_asked_for_after_the_output_before_it() -> None:
    events: list[str] = []

    def supply() -> bytes:
        events.append("asked")
        return b"5\n" if events.count("asked") == 1 else b""

    text = 'fn main() { write("? "); let n = read(); print(n); print(getc(), getc()); }'
    execute(text, input=supply, output=lambda data: events.append(data.decode()))
    assert events == ["? ", "asked", "5\n", "asked", "-1 -1\n"]


def test_steps_are_limited() -> None:
    outcome = execute("fn main() { while true { putc('x'); } }", max_steps=10)
    assert not outcome.finished and outcome.output == b"x" * 10 and outcome.value is None


def test_unchecked_programs_are_undefined_where_checks_would_trap() -> None:
    with pytest.raises(Undefined):
        execute("fn main(i: int) { var a: int[3]; print(a[i]); }", 3, checked=False)
    with pytest.raises(Undefined):
        execute("fn main(i: int) { print(1 << i); }", -3, checked=False)
