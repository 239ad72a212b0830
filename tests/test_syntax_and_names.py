"""L8: errors of names and types are told beside syntax errors that damage single functions only."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.lang.check import check
from mlpl.lang.parse import parse, parse_partially, read_tokens
from mlpl.lang.syntax import Function

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.mlpl"))

GOOD = "fn good() -> int { return unknown; }\n"

PROGRAMS = {
    # What is damaged is not looked at; its signature is.
    GOOD + "fn bad() -> int { let x = 1 return y; } fn main() { print(good(), bad(1)); }": [
        *("unknown-name", "missing-semicolon", "argument-count")
    ],
    GOOD + "fn bad() { let s = @; } fn main() { bad(); let x: int = true; }": [
        *("unknown-name", "stray-character", "type-mismatch")
    ],
    GOOD + "fn bad() -> int { if 1 { return } } fn main() { bad(); }": [
        *("unknown-name", "missing-semicolon")
    ],
    # What only a damaged function may use is not told, nor what it may change.
    "var g = 1; fn f() { } fn main() { let x = 1; let = 2; }": ["unexpected-token"],
    # Errors that reach further, or are outside of functions, come first.
    GOOD + "fn bad() { if true { }\nfn main() { bad(); }": ["missing-brace"],
    GOOD + "fn bad() { print(1); /* } fn main() { }": ["unclosed-comment"],
    GOOD + "const A = ; fn main() { print(A); }": ["unexpected-token"],
    GOOD + "fn f(x) { } fn main() { f(1); }": ["declaration-syntax"],
    GOOD + "import nowhere; fn main() { let = 1; }": ["unexpected-token", "unknown-module"],
    GOOD + "fn main() { let = 1; } class P { x: int }": ["unexpected-token", "foreign-word"],
    # Behind so many errors nothing is read.
    GOOD + "fn main() { " + "let = 1; " * 60 + "}": ["unexpected-token"] * 50,
    GOOD + "fn main() { " + "print(@); " * 60 + "} fn f() { g(); }": ["stray-character"] * 50,
}


def rules(text: str, folder: Path | None = None) -> list[str]:
    """Returns the rules that a program breaks, in order."""
    with pytest.raises(CompileError) as raised:
        check(Source("<test>", text), base_directory=folder)
    return [diagnostic.rule for diagnostic in raised.value.diagnostics]


@pytest.mark.parametrize(("text", "expected"), PROGRAMS.items(), ids=range(len(PROGRAMS)))
def test_errors_of_both_phases(text: str, expected: list[str]) -> None:
    found = rules(text)
    assert sorted(found) == sorted(expected)


def test_errors_of_several_files(tmp_path: Path) -> None:
    (tmp_path / "m.mlpl").write_text("fn f() -> int { return 1 }\nfn g() { h(); }\n")
    text = "import m; fn main() { print(m.f() + true); let = 1; } fn k() { m.g(1); }"
    assert rules(text, tmp_path) == [
        *("missing-semicolon", "unknown-name", "unexpected-token", "argument-count")
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_error_follows_from_a_damaged_function(path: Path) -> None:
    source = Source(str(path), path.read_text())
    tokens = read_tokens(source)
    bodies = [item.body.span for item in parse(source).items if isinstance(item, Function)]
    draw = random.Random(path.stem)
    for _ in range(4):
        body = draw.choice(bodies)
        places = [(t.start_pos or 0, t.end_pos or 0) for t in tokens]
        start, end = draw.choice([p for p in places if body.start < p[0] and p[1] < body.end])
        text = source.text[:start] + draw.choice(["", "(", ";", '"', "}"]) + source.text[end:]
        damaged = Source(str(path), text)
        _, errors = parse_partially(damaged)
        if errors:
            with pytest.raises(CompileError) as raised:
                check(damaged)
            assert list(raised.value.diagnostics) == errors
