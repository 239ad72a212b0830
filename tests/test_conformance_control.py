"""L4, L5.2 and L6: control, the order of evaluation, input and output."""

from __future__ import annotations

import pytest

from mlpl.base.traps import TrapKind
from mlpl.program import Program
from tests.conformance import WIDTHS, conform
from tests.ladder import by_engine, by_interpreter, by_ir, climb, compiled, said

LOOPS = """
fn main(n: int, low: int, high: int) {
    for i in high - 5..high { write(i - high, " "); }
    for i in low + 3..low by -1 { write(i - low, " "); }
    for i in high - 10..high by 4 { write(i - high, " "); }
    for i in low + 10..low by -7 { write(i - low, " "); }
    for i in low..high by 2047 { if i > low + 4000 { break; } write(i - low, " "); }
    print();
    for i in n..n { print(i); }
    for i in n..low { print(i); }
    for i in high..low by 1 { print(i); }
    for i in low..high by -1 { print(i); }
    var stop = n;
    for i in 0..stop { stop = 0; if i == 1 { continue; } write(i, " "); }
    for i in stop..n { for i in i..n { if i == 3 { break; } write(i, ","); } }
    var k = 0;
    while true { k += 1; if k == 2 { continue; } if k > n { break; } write(k, ";"); }
    var xs = [1, 2, 3];
    for x in xs { xs[2] = 9; write(x, ":"); if x == 2 { xs[0] = 5; } }
    print(xs[0], k);
}
"""


@pytest.mark.parametrize(("w", "level"), [(13, "O2"), (16, "O0"), (16, "O2"), (32, "O2")])
def test_loops_at_the_edges_of_the_word(w: int, level: str) -> None:
    low, high, n = -(1 << (w - 1)), (1 << (w - 1)) - 1, 4
    wide = [i - low for i in range(low, min(high, low + 4001), 2047)]
    first = [-5, -4, -3, -2, -1, 3, 2, 1, -10, -6, -2, 10, 3, *wide]
    second = "0 2 3 " + "0,1,2," + "1,2," + "2," + "1;3;4;" + "1:2:9:5 5"
    output = "".join(f"{i} " for i in first) + "\n" + second + "\n"
    conform(LOOPS, w, words=[[n], [low], [high]], output=output, level=level)


ORDER = """
var log: int[60];
var used: int;
fn t(x: int) -> int { log[used] = x; used += 1; return x; }
fn b(x: int, r: bool) -> bool { t(x); return r; }
fn three(x: int, y: int, xs: int[], z: int) -> int { return x * 100 + y * 10 + z + xs[0]; }
fn clear() -> int { used = 0; return 0; }
fn flush() { for i in 0..used { write(log[i], " "); } print(); used = 0; }
struct P { x: int, y: int }
fn main(n: int) {
    var xs: int[4];
    var g: int[3][3];
    print(t(1) + t(2) * t(3) - t(4)); flush();
    xs[t(1)] = t(2) + t(3); flush();
    g[t(1)][t(2)] += t(5); flush();
    print(three(t(1), t(2), g[t(0)], t(3))); flush();
    print(b(1, false) && b(2, true) || b(3, true) && !b(4, false)); flush();
    print(b(1, n > 100) ? t(2) : t(3), t(4)); flush();
    var p = P { y: t(1), x: t(2) };
    var ys = [t(3), t(4)]; flush();
    for i in t(1)..t(3) { t(i + 5); } flush();
    for x in g[t(2)] { t(8); } flush();
    var x = 10; x += change(xs) + x; print(x, xs[0]);
    xs[0] = 1; xs[0] += change(xs); print(xs[0]);
    xs[1] = 1; xs[xs[1]] = change(xs); print(xs[1]);
    used = 3; used -= clear(); print(used);
    t(1); used = 0; write(t(1), t(2), "|", p.x, p.y, ys[1], "\\n"); flush();
    x <<= t(1); x ^= t(3); x %= t(7); x |= 8; x >>= 1; x &= ~1; x /= -2; x *= x; print(x); flush();
}
fn change(xs: int[]) -> int { xs[0] = 40; xs[1] = 2; return 2; }
"""


@pytest.mark.parametrize("w", [14, 16, 32])
def test_the_order_of_evaluation(w: int) -> None:
    x = 22
    x = ((x << 1) ^ 3) % 7
    x = -(((x | 8) >> 1 & ~1) // 2)
    lines = [
        "3",
        "1 2 3 4 ",
        "1 2 3 ",
        "1 2 5 ",
        "123",
        "1 2 0 3 ",
        "true",
        "1 3 4 ",
        "3 4",
        "1 3 4 ",
        "1 2 3 4 ",
        "1 3 6 7 ",
        "2 8 8 8 ",
        "22 40",
        "3",
        "2",
        "3",
        "12|214",
        "1 2 ",
        f"{x * x}",
        "1 3 7 ",
    ]
    conform(ORDER, w, words=[[4]], output="\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("body", "kind", "output"),
    [
        ("xs[n] = t();", TrapKind.INDEX_OUT_OF_BOUNDS, b""),
        ("xs[-1] += t();", TrapKind.INDEX_OUT_OF_BOUNDS, b""),
        ("xs[t()] = t() / (n - 9);", TrapKind.DIVISION_BY_ZERO, b"tt"),
        ("print(t(), xs[n], t());", TrapKind.INDEX_OUT_OF_BOUNDS, b"t"),
        ("print(two(t(), t() << n - 10, t()));", TrapKind.NEGATIVE_SHIFT, b"tt"),
        ("g[t()][n] = t();", TrapKind.INDEX_OUT_OF_BOUNDS, b"t"),
        (
            "let r = n > 5 || xs[n] > t(); print(r); g[2] = xs;",
            TrapKind.INDEX_OUT_OF_BOUNDS,
            b"true\n",
        ),
        ("assert(t() == n);", TrapKind.ASSERTION_FAILED, b"t"),
    ],
)
def test_traps_come_in_order(body: str, kind: TrapKind, output: bytes) -> None:
    text = "fn t() -> int { putc('t'); return 1; }\n"
    text += "fn two(a: int, b: int, c: int) -> int { return a + b + c; }\n"
    text += f"fn main(n: int) {{ var xs: int[3]; var g: int[2][3]; {body} }}"
    found = climb(text, [[9]], b"", 16, engines=["machine"])
    assert found.trap is not None
    assert (found.trap[0], found.output) == (kind, output)


ECHO = """
fn main() {
    let a = read();
    putc(getc()); putc(a); putc(-a);
    print(read(), read());
    for i in 0..3 { write(getc(), ","); }
    print(getc() == -1, true, "end\\t\\x21", 'c');
    write("a", 1, false, "\\n");
    print();
    write();
}
"""


@pytest.mark.parametrize("w", WIDTHS)
def test_input_and_output(w: int) -> None:
    low, high = -(1 << (w - 1)), (1 << (w - 1)) - 1
    data = f" \r\n\t+300 \xff{low} \t {high}\n\x00".encode("latin-1")
    numbers = f"{low} {high}\n0,-1,-1,true true end\t! 99\na1false\n\n".encode()
    conform(ECHO, w, data=data, output=bytes([0xFF, 300 % 256, -300 % 256]) + numbers)


def _number(data: bytes, w: int) -> tuple[int | TrapKind, int]:
    """Returns what `read()` makes of the data by L6, and how many bytes it takes."""
    text = data.decode("latin-1")
    start = len(text) - len(text.lstrip(" \t\r\n"))
    end = start + (text[start : start + 1] in ("+", "-") and start < len(text))
    digits = end
    while end < len(text) and text[end] in "0123456789":
        end += 1
    if digits == end:
        return TrapKind.END_OF_INPUT if end == len(text) else TrapKind.INVALID_INPUT, 0
    value = int(text[start:end])
    fits = -(1 << (w - 1)) <= value < 1 << (w - 1)
    if not fits or (end < len(text) and text[end] not in " \t\r\n"):
        return TrapKind.INVALID_INPUT, 0
    return value, min(end + 1, len(text))


@pytest.mark.parametrize("w", WIDTHS)
def test_read_of_anything(w: int) -> None:
    low, high = -(1 << (w - 1)), (1 << (w - 1)) - 1
    inputs = [
        *(
            "",
            " ",
            "\n\n",
            "-",
            "+",
            " - 5",
            "--5",
            "+-5",
            "5",
            "+5 ",
            "-0",
            "00012",
            "5x",
            "x5",
            "5-",
        ),
        *(
            "5.0",
            "5,6",
            "\x0b5",
            "5\x00",
            "0x10",
            "\u0661",
            "5 x",
            "-5\t-",
            "9" * 40,
            "0" * 40 + "7",
        ),
        *(
            f"{low}",
            f"{high}",
            f"{low - 1}",
            f"{high + 1}",
            f"{low * 10}",
            f"+{high} {low}z",
            "\x00",
        ),
        *(f"{2 << w}", f"{(1 << w) + 5}", f"-{1 << w}", f"{high}0", f"{-low}", f"-00{-low} 1"),
    ]
    compilation = compiled("fn main() { print(read()); print(getc()); }", w)
    program = Program(compilation)
    for data in (text.encode() for text in inputs):
        value, taken = _number(data, w)
        rungs = [
            by_interpreter(compilation, [], data),
            by_ir(compilation.optimized, [], data),
            said(by_engine(program, [], data, "machine")),
        ]
        for rung in rungs:
            if isinstance(value, TrapKind):
                assert rung.trap is not None and rung.trap[0] is value, data
                assert rung.output == b"", data
            else:
                byte = data[taken] if taken < len(data) else -1
                assert (rung.trap, rung.output) == (None, f"{value}\n{byte}\n".encode()), data
