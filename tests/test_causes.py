"""L8: one error a cause: what follows from another is not said, and what does not follow is."""

from __future__ import annotations

import pytest

from mlpl.base.diagnostics import CompileError, Diagnostic
from mlpl.base.source import Source
from mlpl.lang.check import check

ENDED = "declared here, in a block that has ended"
POINT = "struct P { x: int, y: int }\n"

PROGRAMS = {
    # A missing result type is told where the value is returned.
    "fn f(x: int) { return x; } fn main() { print(f(1) + f(2)); let y = f(3); print(y); }": [
        "return-value"
    ],
    "fn f(x: int) { if x > 0 { return x; } return 2; } fn main() { f(1); }": ["return-value"],
    "fn f() { return g(); } fn g() { } fn main() { f(); }": ["no-value"],
    "fn f() -> int[] { return [1]; } fn main() { print(f()); }": ["slice-type"],
    # What has an error and a type keeps it.
    POINT + "fn main() { let p = P { x: 1 }; print(p.z); }": ["field-list", "unknown-field"],
    POINT + "const C = P { x: 1, z: 2 }; fn main() { print(C.y + true); }": [
        "unknown-field",
        "type-mismatch",
    ],
    "fn main() { let a = [1, true]; if a[0] { } }": ["type-mismatch"] * 2,
    "fn main() { let a: int[2] = [1, 2, 3]; print(a); }": ["array-length", "type-mismatch"],
    "const T: int[2] = [1, 2, 3]; fn main() { print(T[0] + true); }": [
        "array-length",
        "type-mismatch",
    ],
    "fn main() { let x = y + 1; if x { } }": ["unknown-name", "type-mismatch"],
    "fn main() { let x = 70000; if x { } }": ["literal-out-of-range", "type-mismatch"],
    "fn f() -> int { return 1; } fn main() { let x = f(1); if x { } }": [
        "argument-count",
        "type-mismatch",
    ],
    "var g = read(); fn main() { print(g + true); }": ["not-constant", "type-mismatch"],
    "fn main() { let c = 'a' == \"b\"; print(c + 1); }": ["misplaced-initializer", "type-mismatch"],
    # The type of an expression with an error is not held against it.
    "const N = true + 1; fn main() { var a: int[N]; print(a[0]); }": ["type-mismatch"],
    "fn main() { if x + 1 { } }": ["unknown-name"],
    "fn main() { let a = [0] * 3; print(a[0]); }": ["misplaced-initializer"],
    "fn main() { x << 3; }": ["unknown-name"],
    # An operator that does not take what stands on both sides is one error.
    "fn main() { let x = 1; if (x == 1) | (x == 2) { } }": ["type-mismatch"],
    "fn main() { let x = 1; if x && x { } }": ["type-mismatch"],
    "fn main() { let a = [1]; if a == a { } }": ["type-mismatch"],
    "fn main() { let a = [1]; if a == [1] { } }": ["misplaced-initializer"],
    "fn main() { let a: int[2][2] = [1, 2, 3, 4]; print(a[0][0]); }": ["type-mismatch"],
    # What a name means that is declared twice is not known.
    "fn f(a: int) { } fn f(a: int, b: int) { } fn main() { f(1); f(1, 2); }": ["duplicate-name"],
    "fn main() { let x = 5; let x = x > 3; if x { } print(x + 1); }": ["duplicate-name"],
    "fn f(a: int, a: bool) { if a { } } fn main() { f(1, true); }": ["duplicate-name"],
    "fn main() { let x = 5; var x = 6; x = 7; print(x); }": ["duplicate-name"],
    # What is no variable is not assigned to.
    "const N = 3; fn main() { N = 4; }": ["immutable-assignment"],
    "fn f() { } fn main() { f = 4; }": ["invalid-target"],
    "fn f() -> int { f = 4; } fn main() { print(f()); }": ["invalid-target"],
    # Strings are not chosen between.
    'fn main() { let x = true; print(x ? "yes" : "no"); }': ["misplaced-initializer"],
}


def found(text: str) -> tuple[Diagnostic, ...]:
    """Returns the errors of a program."""
    try:
        check(Source("test.mlpl", text))
    except CompileError as error:
        return error.diagnostics
    return ()


@pytest.mark.parametrize(("text", "rules"), PROGRAMS.items(), ids=PROGRAMS)
def test_one_error_a_cause(text: str, rules: list[str]) -> None:
    assert [error.rule for error in found(text)] == rules


@pytest.mark.parametrize(
    ("text", "mark", "remedy"),
    [
        ("print(count); let count = 1;", "declared here, further down", "before the use"),
        (
            "print(conut); let count = 1;",
            "declared here, further down",
            "not visible here: `count`",
        ),
        ("let x = x + 1;", "declared here", "from the end of its own declaration"),
        (
            "{ let y = 1; } print(y);",
            ENDED,
            "before the block",
        ),
        (
            "for i in 0..3 { } i = 1;",
            ENDED,
            "before the block",
        ),
        ("let total = 1; totl = 1; let totals = 1;", "", "exists: `total`"),
    ],
)
def test_a_local_name_that_is_not_visible_is_shown(text: str, mark: str, remedy: str) -> None:
    (error,) = found(f"fn main() {{ {text} }}")
    assert error.rule == "unknown-name"
    assert [other.text for other in error.others] == ([mark] if mark else [])
    assert remedy in error.help


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("#include <stdio.h>", "`import name;`"),
        ("#define N 3", "`const NAME = 1;`"),
        ("fn f(x: int) -> int { x + 1 }", "`return x + 1;`"),
        ("fn f() -> int { let a = 1; return a // 2;\n}", "`/` divides ints"),
        ("fn f() { var a[10]: int; }", "`var a: int[10];`"),
        ("fn f() { char s[10]; }", "`var s: int[…];`"),
        ("fn f() { assert 1 == 2; }", "`assert(1 == 2);`"),
        ("fn f() { var b = true; b &&= false; }", "`b = b && …;`"),
        ("fn f() -> bool { return 1; }", "`true` and `false`"),
        ("fn f() { return 1 == 2; }", "-> bool"),
        ("fn f() -> int { print(1); }", "no `->`"),
        ("fn f() { delete x; }", "nothing has to be freed"),
        ("fn f() -> int;", "declared once, with its body"),
        (POINT + "fn f() { let p = P(1, 2); }", "`var x = P { x: …, y: … };`"),
    ],
)
def test_remedies(text: str, remedy: str) -> None:
    (error,) = found(text)
    assert remedy in error.help
