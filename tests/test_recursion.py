"""Recursion that becomes a loop does what it did, in fewer steps and without a stack."""

from __future__ import annotations

import pytest

from tests.ladder import climb, compiled

PROGRAMS = {
    "factorial": "fn f(n: int) -> int { if n < 2 { return 1; } return n * f(n - 1); }",
    "fibonacci": "fn f(n: int) -> int { if n < 2 { return n; } return f(n - 1) + f(n - 2); }",
    "three calls": (
        "fn f(n: int) -> int {"
        " if n < 3 { return n + 1; } return f(n - 3) + f(n - 1) + 2 + f(n - 2); }"
    ),
    "tail": "fn f(n: int) -> int { if n > 40 { return n; } return f(n * 3 + 1); }",
    "swap": (
        "fn g(a: int, b: int, n: int) -> int { if n <= 0 { return a - b; } return g(b, a, n - 1); }"
        "fn f(n: int) -> int { return g(n, 3, n); }"
    ),
    "bool": (
        "fn g(n: int) -> bool { if n <= 0 { return n == 0; } return g(n - 2); }"
        "fn f(n: int) -> int { return int(g(n)); }"
    ),
    "effects": (
        "fn g(n: int) { if n <= 0 { return; } putc(65 + n); g(n - 2); putc(97 + n); g(n - 1); }"
        "fn f(n: int) -> int { g(n); return n; }"
    ),
    "sum of others": (
        "var k = 3;fn f(n: int) -> int { if n <= 0 { return k; } k += 2; return k + f(n - 1) + n; }"
    ),
    "not last": "fn f(n: int) -> int { if n <= 0 { return 1; } return 2 * n - f(n - 1); }",
    "both results of a division": (
        "fn g(b: int, n: int) -> int { if n == 0 { return 1; } let r = g(b, n / 2);"
        " return n % 2 == 0 ? r * r : r * r * b; }"
        "fn f(n: int) -> int { return n < 0 ? n : g(3, n); }"
    ),
    "parameters changed by constants": (
        "var s: int[4]; fn g(a: int, b: int, k: int) { if k >= 3 { putc(65 + a); return; }"
        " for i in 0..3 { s[k] = i; g(a + 2, b, k + 1); s[k] += a - b; }"
        " putc(97 + (a + b) % 8); if a > 2 { g(a - 1, b, k + 1); } putc(48 + s[k] % 8); }"
        "fn f(n: int) -> int { g(n, 1, 0); return s[0]; }"
    ),
    "arguments that change places with a constant": (
        "fn g(a: int, b: int, n: int) -> int { if n <= 0 { return a - 2 * b; }"
        " let x = g(b, a, n - 1); let y = g(a + n, b, n - 2); return x * 3 + y + n + b; }"
        "fn f(n: int) -> int { return g(n, 3, n); }"
    ),
    "a parameter that is an argument twice": (
        "fn g(a: int, b: int) -> int { if a > 4 { return b; } let x = g(a + 1, a + 1);"
        " let y = a > 2 ? 0 : g(a + 2, b); return x - y + a * b; }"
        "fn f(n: int) -> int { return g(n - 1, n); }"
    ),
    "nested": "fn f(n: int) -> int { if n > 20 { return n - 3; } return f(f(n + 4)); }",
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("level", ["O2", "Os"])
def test_every_rung_agrees(program: str, level: str) -> None:
    text = PROGRAMS[program] + "\nfn main(n: int) -> int { return f(n); }"
    for n in (-1, 0, 1, 2, 7):
        climb(text, [[n]], b"", 16, level=level, engines=("machine",))


def test_a_loop_needs_no_stack() -> None:
    text = PROGRAMS["factorial"] + "\nfn main(n: int) -> int { return f(n); }"
    assert compiled(text, 16).image.facts.stack is None
