"""The builder: order of evaluation, checks and their places, loops, aggregates, linking, depth."""

from __future__ import annotations

import pytest

from mlpl.base.source import Source
from mlpl.base.traps import TrapKind
from mlpl.base.words import wrap
from mlpl.ir import interpreter as ir_interpreter
from mlpl.ir import module as module_form
from mlpl.ir.build import build
from mlpl.ir.interpreter import Outcome, StepLimitError, UndefinedBehaviorError
from mlpl.ir.module import Module, Op
from mlpl.ir.pipeline import optimize
from mlpl.ir.verify import require_valid
from mlpl.lang import interpreter
from mlpl.lang.check import check

LIBRARY = ("math", "bits", "text")


def module_of(text: str, w: int = 16, entry: str = "main", checked: bool = True) -> Module:
    source = Source("t.mlpl", text)
    done = check(source, word_bits=w, checked=checked, extra_modules=LIBRARY, entry=entry)
    return require_valid(build(done.program, entry), "build")


def agree(text: str, *words: list[int], data: bytes = b"", w: int = 16) -> Outcome:
    """Runs a program by the language's interpreter and as IR, built and optimised."""
    program = check(Source("t.mlpl", text), word_bits=w, extra_modules=LIBRARY).program
    arguments = [x[0] if len(x) == 1 else x for x in words]
    expected = interpreter.run(program, arguments, input=data)
    module = module_of(text, w)
    for variant in (module, optimize(module, "O0"), optimize(module)):
        done = ir_interpreter.run(variant, words, input=data)
        assert (done.value, done.output, done.trap) == (
            expected.value,
            expected.output,
            expected.trap,
        )
    return ir_interpreter.run(module, words, input=data)


TRACE = """
var log = 0;
fn t(x: int) -> int { log = log * 10 + x; return x; }
fn b(x: int, r: bool) -> bool { log = log * 10 + x; return r; }
"""


@pytest.mark.parametrize(
    ("body", "log"),
    [
        ("let x = t(1) + t(2) * t(3);", 123),
        ("let x = t(3) - t(2) - t(1);", 321),
        ("var xs: int[9]; xs[t(1)] = t(2);", 12),
        ("var xs: int[9]; xs[t(1)] += t(2) / t(3);", 123),
        ("var xs = [t(3), t(1)]; let y = xs[t(1)];", 311),
        ("let x = b(1, false) && b(2, true) || b(3, true) && b(4, false);", 134),
        ("let x = b(1, true) ? t(2) : t(3);", 12),
        ("if !(b(1, true) || b(2, true)) { log = 0; }", 1),
        ("for i in t(1)..t(2) { }", 12),
        ("print(t(1), b(2, true), t(3));", 123),
        ("var x = 5; x += t(x - 4) + t(2); log = log * 100 + x;", 1208),
        ("var m: int[2][3]; m[t(1)][t(2)] = t(3);", 123),
        ("var m: int[2][3]; m[t(1)] = m[t(0)];", 10),
    ],
)
def test_order_of_evaluation(body: str, log: int) -> None:
    assert agree(TRACE + f"fn main() -> int {{ {body} return log; }}").value == log


def test_op_assignment_reads_its_target_before_the_value() -> None:
    text = """
        var g = 1;
        fn f() -> int { g = 100; return 5; }
        fn main() -> int { g += f(); return g; }
    """
    assert agree(text).value == 6


@pytest.mark.parametrize(
    ("body", "kind", "column", "values"),
    [
        ("return xs[k + 3];", TrapKind.INDEX_OUT_OF_BOUNDS, 11, (8, 4)),
        ("xs[-k] += 1;", TrapKind.INDEX_OUT_OF_BOUNDS, 4, (-5, 4)),
        ("return k / (k - 5);", TrapKind.DIVISION_BY_ZERO, 10, (5,)),
        ("k %= 0;", TrapKind.DIVISION_BY_ZERO, 3, (5,)),
        ("return k << -k;", TrapKind.NEGATIVE_SHIFT, 10, (-5,)),
        ("k >>= -1;", TrapKind.NEGATIVE_SHIFT, 3, (-1,)),
        ('assert(k == 4, "four");', TrapKind.ASSERTION_FAILED, 1, ()),
        ("k = read();", TrapKind.END_OF_INPUT, 5, ()),
    ],
)
def test_traps(body: str, kind: TrapKind, column: int, values: tuple[int, ...]) -> None:
    text = f"fn main(k0: int) -> int {{ var k = k0; var xs: int[4];\n{body}\nreturn xs[0]; }}"
    trap = agree(text, [5]).trap
    assert trap is not None and trap.location is not None
    assert (trap.kind, trap.location.line, trap.values) == (kind, 2, values)
    assert trap.location.column == column


@pytest.mark.parametrize(
    ("data", "value", "kind"),
    [
        (b" 42", 42, None),
        (b"\t\r\n-7 ", -7, None),
        (b"+5\n", 5, None),
        (b"", None, TrapKind.END_OF_INPUT),
        (b"  ", None, TrapKind.END_OF_INPUT),
        (b"-", None, TrapKind.END_OF_INPUT),
        (b"x", None, TrapKind.INVALID_INPUT),
        (b"1x", None, TrapKind.INVALID_INPUT),
        (b"- 1", None, TrapKind.INVALID_INPUT),
        (b"32767", 32767, None),
        (b"-32768", -32768, None),
        (b"32768", None, TrapKind.INVALID_INPUT),
        (b"-32769", None, TrapKind.INVALID_INPUT),
        (b"99999999999", None, TrapKind.INVALID_INPUT),
    ],
)
def test_read(data: bytes, value: int | None, kind: TrapKind | None) -> None:
    done = agree("fn main() -> int { return read(); }", data=data)
    assert done.value == value
    assert (done.trap and done.trap.kind) == kind


@pytest.mark.parametrize("w", [5, 8, 16])
@pytest.mark.parametrize("step", [1, 2, 3, 7, -1, -2, -5])
def test_for_loops_end_at_the_edge_of_the_word(w: int, step: int) -> None:
    top = (1 << (w - 1)) - 1
    edge, start = (top, top - 9) if step > 0 else (-top - 1, -top + 8)
    text = f"""
        fn main(stop: int) -> int {{
            var n = 0;
            for i in {start}..stop by {step} {{ n += 1; if n == 3 {{ continue; }} }}
            for i in {start}..{edge} by {step} {{ n += 1; }}
            return n;
        }}
    """
    assert agree(text, [edge], w=w).value == wrap(2 * len(range(start, edge, step)), w)


def test_aggregates() -> None:
    text = """
        struct P { x: int, y: int }
        struct L { a: P, b: P[2], ok: bool }
        const T = [3, 1, 2];
        var g: L;
        fn bump(p: P) { p.x += 1; }
        fn total(rows: int[][3]) -> int {
            var s = len(rows);
            for row in rows { for x in row { s += x; } }
            return s;
        }
        fn main(q: int[2][3]) -> int {
            var l = L { ok: true, b: [P { y: 2, x: 1 }, P { x: 3, y: 4 }], a: P { x: 5, y: 6 } };
            bump(l.b[1]);
            g = l;
            g.a = g.b[1];
            var copy = g.b;
            copy[0].y = 50;
            var s: int[5] = "ab";
            q[1] = q[0];
            q[0] = T;
            print(g.a.x, g.b[0].y, copy[0].y, s[0], s[4], l.ok, total(q));
            return total(q);
        }
    """
    done = agree(text, [1, 2, 3, 4, 5, 6])
    assert done.output == b"4 2 50 97 0 true 14\n"
    assert done.arguments == {"q": (3, 1, 2, 1, 2, 3)}


def test_a_variable_is_declared_afresh_each_time() -> None:
    text = """
        fn main() -> int {
            var s = 0;
            for i in 0..3 { var x: int; var q: int[2]; x += 1; q[1] += x; s += q[1]; }
            return s;
        }
    """
    assert agree(text).value == 3


def test_recursion_has_its_own_objects() -> None:
    text = """
        fn f(n: int) -> int {
            var q: int[3];
            q[n] = n;
            if n > 0 { let below = f(n - 1); return below + q[n] + q[0]; }
            return 10;
        }
        fn main() -> int { return f(2); }
    """
    assert agree(text).value == 13


def test_only_what_the_entry_reaches_is_linked() -> None:
    text = """
        var used = 3;
        var unused = 4;
        fn dead() -> int { return unused * 2; }
        fn main() -> int { return used; }
        fn other(x: int) -> int { return x * used; }
    """
    module = module_of(text)
    assert set(module.functions) == {".start", "main"}
    assert {o.name for o in module.objects} == {"@main.return", "@used"}
    assert not module.routines
    other = module_of(text, entry="other")
    assert set(other.functions) == {".start", "other", "math.mul"}
    assert other.routines == {Op.MUL: "math.mul"}
    assert [a.name for a in other.arguments] == ["x"]


def test_halt_leaves_no_result() -> None:
    text = "fn main(a: int) -> int { if a > 0 { halt(); } return 7; }"
    module = module_of(text)
    assert module.returned is not None
    assert agree(text, [1]).halted
    assert agree(text, [1]).value is None
    assert agree(text, [0]).value == 7
    assert module_of("fn main() -> int { return 1; }").returned is None


def test_unchecked_leaves_index_and_shift_checks_out_and_nothing_else() -> None:
    text = "fn main(i: int) -> int { var q: int[4]; q[i] = 1 << i; assert(i > 0); return 7 / i; }"
    kinds = {
        block.terminator.kind
        for block in module_of(text, checked=False).functions["main"].blocks
        if isinstance(block.terminator, module_form.Trap)
    }
    assert kinds == {TrapKind.DIVISION_BY_ZERO, TrapKind.ASSERTION_FAILED}
    with pytest.raises(UndefinedBehaviorError):
        ir_interpreter.run(module_of(text, checked=False), [[9]])


DEEP = {
    "chain": "let x = a" + " + a" * 400 + ";",
    "parentheses": "let x = " + "(1 + " * 150 + "a" + ")" * 150 + ";",
    "conditions": "let x = " + "a > 0 && " * 200 + "true;",
    "blocks": "if a > 0 { " * 60 + "a2 = 1;" + " }" * 60,
    "else if": "if a == 1 { a2 = 1; }"
    + "".join(f" else if a == {n} {{ a2 = {n}; }}" for n in range(2, 150)),
    "choices": "let x = " + "".join(f"a == {n} ? {n} : " for n in range(150)) + "0;",
}


@pytest.mark.parametrize("name", DEEP)
def test_depth(name: str) -> None:
    agree(f"fn main(a: int) -> int {{ var a2 = 0; {DEEP[name]} return a2; }}", [3])


def test_endless_loops_and_endless_recursion() -> None:
    with pytest.raises(StepLimitError):
        ir_interpreter.run(module_of("fn main() { while true { } }"), max_steps=1000)
    module = module_of("fn f(n: int) -> int { return f(n + 1) + 1; } fn main() { print(f(0)); }")
    trap = ir_interpreter.run(module, max_depth=500).trap
    assert trap is not None and trap.kind is TrapKind.STACK_OVERFLOW


def test_input_is_fetched_when_it_is_needed() -> None:
    module = module_of("fn main() { print(getc()); print(getc()); print(getc(), getc()); }")
    chunks = iter([b"a", b"bc"])
    fetched: list[bytes] = []

    def fetch() -> bytes:
        fetched.append(next(chunks, b""))
        return fetched[-1]

    assert ir_interpreter.run(module, input=fetch).output == b"97\n98\n99 -1\n"
    assert fetched == [b"a", b"bc", b""]
