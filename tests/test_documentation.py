"""Comments become the documentation of what they stand above."""

from __future__ import annotations

import pytest

from mlpl.base.source import Source
from mlpl.lang.documentation import Documentation, documentation, file_documentation


def described(text: str) -> dict[str, Documentation]:
    return dict(documentation(Source("test.mlpl", text)))


def test_what_is_documented() -> None:
    found = described("""// A file.

// Adds.
//
//     f(1, 2) is 3
fn f(
    a: int, // one
    b: int[][4],
) -> int { var x = 1; return a + x; }
struct P { x: int, y: int[2], } // not for g

var g: P;
/* How
 * many. */
const N = 3; // three
const M = [4, P { x: 1 }];
// Far away.

fn main() { let P2 = 1; }
""")
    assert [(d.name, d.signature, d.text) for d in found.values()] == [
        ("f", "fn f(a: int, b: int[][4]) -> int", "Adds.\n\n    f(1, 2) is 3"),
        ("P", "struct P { x: int, y: int[2] }", ""),
        ("g", "var g: P", ""),
        ("N", "const N = 3", "How\nmany."),
        ("M", "const M = [4, P { x: 1 }]", ""),
        ("main", "fn main()", ""),
    ]
    span = found["f"].span
    assert (span.source.text[span.start : span.end], span.location.line) == ("f", 6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("// A.\n// B.\n\n// C.\nfn f() { }", "A.\nB."),
        ("// A.\n\n// B.\n\nfn f() { }", "A.\n\nB."),
        ("// A.\nimport math;\n", "A."),
        ("/* A. */ // B.", "A.\nB."),
        ("// Only of f.\nfn f() { }", ""),
        ("fn f() { }", ""),
        ("", ""),
    ],
)
def test_what_a_file_is_about(text: str, expected: str) -> None:
    assert file_documentation(Source("test.mlpl", text)) == expected


def test_texts_with_errors() -> None:
    found = described("""// Broken.
fn f(a: int { if ( { "abc
// Whole.
fn g(x: int) -> bool { return x > 0; }
fn g() { }
var 3;
const = 4;
const E = 'ab';
var h: int
fn""")
    assert {d.name: d.text for d in found.values()} == {
        "f": "Broken.",
        "g": "Whole.",
        "E": "",
        "h": "",
    }
    assert found["g"].signature == "fn g(x: int) -> bool"
    assert found["h"].signature == "var h: int"
    for end in range(len("fn f(a: int) { }")):
        described("struct S { x: int }"[:end])
        described("// c\nfn f(a: int) { }"[:end])
