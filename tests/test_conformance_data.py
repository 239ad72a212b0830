"""L2 to L4: structs, arrays, references, copies, scopes and modules, with results known before."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlpl
from tests.conformance import WIDTHS, conform

STRUCTS = """
struct Inner { at: int[2], on: bool }
struct Outer { id: int, parts: Inner[2], last: Inner }

fn change(o: Outer, n: int) { o.parts[1].at[0] += n; o.last.on = !o.last.on; n = 0; }
fn bump(i: Inner) { i.at[1] += 1; }
fn total(o: Outer) -> int {
    var sum = o.id;
    for p in o.parts { for x in p.at { sum += x; } sum += int(p.on) * 100; }
    return sum + o.last.at[0] + o.last.at[1] + int(o.last.on) * 100;
}
fn row(xs: int[], n: int) { for i in 0..len(xs) { xs[i] += n; } }
fn grid(g: int[][3], more: int) -> int { g[len(g) - 1][len(g[0]) - 1] += more; return len(g); }
fn reset(o: Outer) { var fresh: Outer; o = fresh; }

fn main(n: int) {
    var a: Outer;
    a.id = n;
    a.parts[1].at[0] = 5;
    var b = a;
    change(b, n);
    print(total(a), total(b), n);
    a.parts[0] = b.parts[1];
    b.parts[1].at[0] = 0;
    print(a.parts[0].at[0], a.parts[1].at[0], b.parts[1].at[0], b.last.on);
    bump(a.parts[n - 3]);
    bump(a.last);
    print(a.parts[0].at[1], a.parts[1].at[1], a.last.at[1]);
    let t = a.parts[0];
    a.parts[0] = a.parts[1];
    a.parts[1] = t;
    a = a;
    a.parts[1] = a.parts[1];
    print(a.parts[0].at[0], a.parts[1].at[0], a.parts[0].at[1], t.at[0]);
    row(a.parts[0].at, 1);
    row(a.last.at, 2);
    print(a.parts[0].at[0], a.parts[0].at[1], a.last.at[0], a.last.at[1]);

    var several: Outer[3];
    several[1] = a;
    let made = Outer {
        id: 1,
        parts: [Inner { at: [1, 2], on: true }, Inner { at: [3, 4], on: false }],
        last: several[1].last,
    };
    several[2] = made;
    reset(several[1]);
    for s in several { write(total(s), " "); }
    print(several[0].id);

    var g: int[2][2][3];
    g[1][0][2] = n;
    g[0] = g[1];
    g[0][1] = g[1][0];
    row(g[1][1], 7);
    print(grid(g[1], 1), g[0][0][2], g[0][1][2], g[1][1][0], g[1][1][2]);
    for plane in g { for line in plane { for x in line { write(x, ","); } } write(";"); }
}
"""


@pytest.mark.parametrize("w", [13, 16, 32])
def test_structs_and_arrays_of_arrays(w: int) -> None:
    n = 4
    lines = [
        f"{n + 5} {n + 5 + n + 100} {n}",
        "9 5 0 true",
        "0 1 1",
        "5 9 1 9",
        "6 2 2 3",
        "0 0 116 0",
        "2 4 4 7 8",
        "0,0,4,0,0,4,;0,0,4,7,7,8,;",
    ]
    conform(
        STRUCTS,
        w,
        words=[[n]],
        output="\n".join(lines),
        engines=("machine", "network") if w == 16 else ("machine",),
    )


SCOPES = """
const N = 3;
const T = [4, 5, 6];
const P = Pair { x: 7, y: [8, 9] };
struct Pair { x: int, y: int[2] }
var count: int;
var table: int[N] = T;
var names = "ab";

fn N2() -> int { return N * 2; }
fn mark() -> int { count += 1; return count; }
fn shadow(len: int) -> int { var N = len; { let N = N + 1; len += N; } return len * 10 + N; }
fn empty(xs: int[]) { for x in xs { print(x); } }

fn main(n: int) {
    for i in 0..2 {
        var x: int;
        var b: bool;
        var xs: int[2];
        var p: Pair;
        print(x, b, xs[1], p.y[1]);
        x = 5; b = true; xs[1] = 6; p.y[1] = 7;
    }
    let n = n + 1;
    { let n = n * 2; print(n); { var n = true; print(n); } }
    if true { let n = 0; print(n); }
    for n in 0..1 { let n = n + 40; print(n); }
    print(n, shadow(5), N2());
    table[1] = T[2] + P.y[1];
    var copy = table;
    copy[0] = 0;
    for t in table { write(t, " "); }
    print(copy[0], copy[1]);
    var text: int[6] = "hé\\0x";
    print(text[1], text[2], text[3], text[4], text[5]);
}
"""


@pytest.mark.parametrize("w", WIDTHS)
def test_scopes_constants_and_globals(w: int) -> None:
    accented = "é".encode()
    output = [
        "0 false 0 0",
        "0 false 0 0",
        "10",
        "true",
        "0",
        "40",
        f"5 {(5 + 6) * 10 + 5} 6",
        "4 15 6 0 15",
        f"{accented[0]} {accented[1]} 0 120 0",
    ]
    conform(SCOPES, w, words=[[4]], output="\n".join(output) + "\n")


ALIASES = """
fn shift(to: int[], from: int[]) { for i in 0..len(from) - 1 { to[i] = from[i + 1]; } to[0] += 1; }
fn swap(a: int[2], b: int[2]) { let t = a; a = b; b = t; }
fn both(a: int[], b: int[]) -> int { a[0] = 1; b[0] += 5; return a[0]; }
fn deep(n: int, up: int[]) -> int {
    var own: int[2] = [n, up[0]];
    if n == 0 { up[1] = 9; return 0; }
    let below = deep(n - 1, own);
    up[1] += own[0] + own[1];
    return below * 3 + own[1];
}
fn main(xs: int[4], g: int[2][2]) {
    shift(xs, xs);
    print(both(xs, xs), both(g[0], g[1]));
    swap(g[0], g[1]);
    swap(g[0], g[0]);
    var a = [7, 0];
    print(deep(4, a), a[1]);
}
"""


def _deep(n: int, up: list[int]) -> int:
    own = [n, up[0]]
    if n == 0:
        up[1] = 9
        return 0
    below = _deep(n - 1, own)
    up[1] += own[0] + own[1]
    return below * 3 + own[1]


@pytest.mark.parametrize(("w", "level"), [*((w, "O2") for w in range(12, 33)), (16, "O0")])
def test_references_to_the_same_array(w: int, level: str) -> None:
    a = [7, 0]
    result = _deep(4, a)
    conform(
        ALIASES,
        w,
        words=[[10, 20, 30, 40], [1, 2, 3, 4]],
        output=f"6 1\n{result} {a[1]}\n",
        arrays={"xs": [6, 30, 40, 40], "g": [8, 4, 1, 2]},
        level=level,
    )


def test_modules_keep_their_globals_and_private_names_apart(tmp_path: Path) -> None:
    one = "var count = 10;\nconst STEP = 2;\nfn _next() { count += STEP; }\n"
    one += "fn next() -> int { _next(); return count; }\nstruct Box { x: int }\n"
    two = "import one as first;\nvar count: int;\nfn _next() { count -= 1; }\n"
    two += "fn next() -> int { _next(); return count * 100 + first.next(); }\n"
    main = """
import one;
import two as other;
var count = 1;
fn next() -> int { return count; }
fn grow(b: one.Box) { b.x += one.STEP; }
fn main() {
    var b: one.Box;
    grow(b);
    print(next(), one.next(), other.next(), other.next(), one.count, other.count, b.x);
    one.count = 0;
    print(other.next(), count);
}
"""
    (tmp_path / "far").mkdir()
    for name, text in {"far/one": one, "two": two, "main": main}.items():
        (tmp_path / f"{name}.mlpl").write_text(text)
    program = mlpl.compile_file(tmp_path / "main.mlpl", paths=[tmp_path / "far"])
    for engine in ("interpreter", "machine", "network"):
        result = program.run(engine=engine)
        assert result.output == b"1 12 -86 -184 16 -2 2\n-298 1\n", engine
