"""The rules of the language, each through the whole ladder, and each way to break one."""

from __future__ import annotations

import pytest

from mlpl.base.diagnostics import CompileError
from tests.ladder import climb, compiled

MEANING = {
    "L1.1 comments": ("/* a // b */ print(1); // c\n", b"", "1\n"),
    "L1.3 literals": (
        "print(0x1F, 0b1__01, 1__000, 'A', '\\n', '\\x41', '\\'');",
        b"",
        "31 5 1000 65 10 65 39\n",
    ),
    "L1.4 edges": ("print(-32768, 0xFFFF, 32767);", b"", "-32768 -1 32767\n"),
    "L2.5 int of bool": ("let b = 3 > 2; print(int(b) + int(!b));", b"", "1\n"),
    "L3.3 zeros anew": (
        "for i in 0..2 { var a: int[2]; a[1] += 1; print(a[1]); }",
        b"",
        "1\n1\n",
    ),
    "L3.3 string": ('var s = "abc"; var t: int[5] = "hi"; print(len(s), t[1], t[2]);', b"", None),
    "L3.5 shadowing": ("let x = 1; { let x = 2; print(x); } print(x);", b"", "2\n1\n"),
    "L4.1 op reads first": (
        "var a = [1, 2]; var i = 0; a[i] += bump(a); print(a[0]);",
        b"",
        "6\n",
    ),
    "L4.3 by": ('for i in 7..-1 by -3 { write(i, " "); }', b"", "7 4 1 "),
    "L4.3 largest": (
        'for i in 32765..32767 { write(i, " "); } for i in -32767..-32768 by -1 { print(i); }',
        b"",
        "32765 32766 -32767\n",
    ),
    "L4.3 big steps": ('for i in 0..32767 by 30000 { write(i, " "); }', b"", "0 30000 "),
    "L4.4 each copies": (
        'var a = [1, 2, 3]; for x in a { a[2] = 9; write(x, " "); }',
        b"",
        "1 2 9 ",
    ),
    "L5.1 precedence": ("print(1 + 2 * 3 << 1 & 15 | 16 ^ 1, (1 < 2) == true);", b"", None),
    "L5.2 short circuit": ("if false && noisy() || true { print(0); }", b"", "0\n"),
    "L5.2 print after all": ("print(noisy(), noisy());", b"", "!!true true\n"),
    "L5.3 division": (
        "let m = -32768; print(-7 / 2, -7 % 2, 7 / -2, 7 % -2, m / -1, m % -1);",
        b"",
        "-3 -1 -3 1 -32768 0\n",
    ),
    "L5.3 wrap": ("var x = 32767; x += 1; print(x, x - 1, x * x);", b"", "-32768 32767 0\n"),
    "L5.4 shifts": (
        "let n = -5; print(1 << 15, 1 << 16, n >> 1, n >> 99, 5 >> 20);",
        b"",
        "-32768 0 -3 -1 0\n",
    ),
    "L6 putc": ("putc(321); putc(-191);", b"", "AA"),
    "L6 getc": ("print(getc(), getc(), getc());", b"a\xff", "97 255 -1\n"),
    "L6 read": ("print(read(), read(), read());", b" \t+12\n-32768\r\n7", "12 -32768 7\n"),
    "L6 halt": ("print(1); halt(); print(2);", b"", "1\n"),
}
HELPERS = """
fn bump(a: int[]) -> int { a[0] = 100; return 5; }
fn noisy() -> bool { putc('!'); return true; }
"""


@pytest.mark.parametrize("rule", MEANING)
def test_meaning(rule: str) -> None:
    body, data, expected = MEANING[rule]
    said = climb(f"fn main() {{ {body} }}{HELPERS}", (), data, 16)
    assert said.trap is None
    if expected is not None:
        assert said.output.decode() == expected


TRAPS = {
    "division-by-zero": ("var z = 0; print(1 / z);", 1, 32, (1,)),
    "index-out-of-bounds": ("var a: int[3]; var i = -1; a[i] = 2;", 1, 42, (-1, 3)),
    "negative-shift": ("var s = -2; print(1 << s);", 1, 33, (-2,)),
    "assertion-failed": ('var x = 1; assert(x == 2, "no");', 1, 24, ()),
    "end-of-input": ("print(1); print(read());", 1, 29, ()),
}


@pytest.mark.parametrize("kind", TRAPS)
def test_trap(kind: str) -> None:
    body, line, column, values = TRAPS[kind]
    said = climb(f"fn main() {{ {body} }}", (), b"", 16)
    assert said.trap is not None
    assert said.trap[0].value == kind
    assert said.trap[1] == f"test.mlpl:{line}:{column}"
    assert said.trap[2] == values


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "end-of-input"),
        (b" \n", "end-of-input"),
        (b"x", "invalid-input"),
        (b"1x", "invalid-input"),
        (b"--1", "invalid-input"),
        (b"+ 1", "invalid-input"),
        (b"32768", "invalid-input"),
        (b"-32769", "invalid-input"),
        (b"99999999", "invalid-input"),
        (b"\x0c1", "invalid-input"),
        (b"00000007 ", ""),
        (b"-0", ""),
    ],
)
def test_read(data: bytes, kind: str) -> None:
    said = climb("fn main() { print(read()); }", (), data, 16)
    assert (said.trap[0].value if said.trap else "") == kind


REJECTED = {
    "unknown-name": "fn main() { print(x); }",
    "literal-out-of-range": "fn main() { print(32768); }",
    "missing-entry": "fn other() { }",
    "type-mismatch": "fn main() { let x: int = true; }",
    "missing-return": "fn f() -> int { } fn main() { f(); }",
    "immutable": "fn main() { let x = 1; x = 2; }",
    "duplicate-name": "fn main() { var x = 1; var x = 2; print(x); }",
    "unknown-module": "import nothing_here; fn main() { }",
    "missing-brace": "fn main() { ",
}


@pytest.mark.parametrize("text", REJECTED.values(), ids=REJECTED)
def test_rejected(text: str) -> None:
    with pytest.raises(CompileError) as caught:
        _ = compiled(text, 16).image
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.message == diagnostic.message.strip(".")
        assert diagnostic.rule


def test_several_errors_in_one_run() -> None:
    text = "fn main() { print(x); print(y); let b: bool = 1; }"
    with pytest.raises(CompileError) as caught:
        _ = compiled(text, 16).typed
    assert len(caught.value.diagnostics) == 3


def test_recursion_and_arguments() -> None:
    text = """
fn even(n: int) -> bool { if n == 0 { return true; } return odd(n - 1); }
fn odd(n: int) -> bool { if n == 0 { return false; } return even(n - 1); }
fn main(n: int, flip: bool, xs: int[3]) -> bool {
    xs[0] = xs[1] + xs[2];
    return even(n) != flip;
}"""
    said = climb(text, ((7,), (1,), (1, 2, 3)), b"", 16)
    assert said.value == 1
    assert said.arrays["xs"] == (5, 2, 3)
