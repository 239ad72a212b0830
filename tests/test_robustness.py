"""Texts that are no programs: one clear answer each, and never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.base.render import render, to_json
from mlpl.base.source import Source
from mlpl.lang import scan
from mlpl.lang.check import check
from mlpl.lang.load import LARGEST, SourceNotFound, decode_source, read_source
from mlpl.lang.parse import parse_partially

ROOT = Path(__file__).parent.parent
PROGRAMS = [p.read_text() for p in sorted((ROOT / "examples").glob("*.mlpl"))]
WORDS = [
    "as",
    "assert",
    "bool",
    "break",
    "by",
    "const",
    "continue",
    "else",
    "false",
    "fn",
    "for",
    "if",
    "import",
    "in",
    "int",
    "let",
    "return",
    "struct",
    "true",
    "var",
    "while",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ";",
    ",",
    ":",
    "=",
    "==",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "^",
    "<<",
    ">>",
    "!",
    "~",
    "&&",
    "||",
    "?",
    "..",
    ".",
    "->",
    "+=",
    "x",
    "y",
    "main",
    "1",
    "2",
    "'a'",
    '"s"',
    "read",
    "print",
    "len",
    "#",
    "\n",
]


def judge(text: str) -> list[str]:
    """Returns the rules that a text breaks; renders every diagnostic."""
    try:
        check(Source("test.mlpl", text))
    except CompileError as error:
        assert error.diagnostics
        for diagnostic in error.diagnostics:
            assert render(diagnostic) and to_json(diagnostic)
        return [diagnostic.rule for diagnostic in error.diagnostics]
    return []


def test_token_soup() -> None:
    rng = random.Random(1)
    for _ in range(300):
        soup = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(50)))
        judge(soup)
        judge(f"fn main() {{ {soup} }}")


def test_truncated_and_altered_programs() -> None:
    rng = random.Random(2)
    for _ in range(150):
        text = rng.choice(PROGRAMS)
        judge(text[: rng.randrange(len(text))])
        pieces = text.split(" ")
        for _ in range(rng.randrange(1, 5)):
            pieces[rng.randrange(len(pieces))] = rng.choice(WORDS)
        judge(" ".join(pieces))


def test_random_characters() -> None:
    rng = random.Random(3)
    for _ in range(100):
        judge(
            "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0xD800)])) for _ in range(99))
        )


N = 10_000
DEEP = {
    "parentheses": f"fn main() -> int {{ return {'(' * N}1{')' * N}; }}",
    "open parentheses": "fn main() -> int { return " + "(" * N,
    "blocks": "fn main() {" + "{" * N + "}" * N + "}",
    "ifs": "fn main() {" + "if true {" * N + "}" * N + "}",
    "unary": f"fn main() -> int {{ return {'-' * N}1; }}",
    "sum": f"fn main() -> int {{ return 1{'+1' * N}; }}",
    "else if": "fn main() { var x = 1; if x == 0 {}" + " else if x == 2 {}" * N + "}",
    "conditional": "fn main() -> int { var x = 1; return " + "x == 2 ? 1 : " * N + "0; }",
    "index": "fn main() -> int { var x = 1; return x" + "[0]" * N + "; }",
    "type": "fn main() { var x: int" + "[1]" * N + "; }",
    "initialiser": "fn main() { var x = " + "[" * N + "1" + "]" * N + "; }",
    "constants": "fn main() { }"
    + "".join(f"const C{i + 1} = C{i} + 1;" for i in reversed(range(N)))
    + "const C0 = 1;",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_refused_once(text: str) -> None:
    assert judge(text) == ["nesting-too-deep"]


FLAT = {
    "parentheses": f"fn main() -> int {{ return {'(' * 190}1{')' * 190}; }}",
    "blocks": "fn main() {" + "{" * 190 + "}" * 190 + "}",
    "sum": f"fn main() -> int {{ return 1{'+1' * 490}; }}",
    "else if": "fn main() { var x = 1; if x == 0 {}" + " else if x == 2 {}" * 490 + "}",
    "list": "fn main() { var x = [" + "-1, " * 5000 + "0]; print(x[0]); }",
    "statements": "fn main() { var x = 0;" + "x += 1;" * 3000 + "print(x); }",
}


@pytest.mark.parametrize("text", FLAT.values(), ids=FLAT)
def test_what_is_long_but_not_deep_is_accepted(text: str) -> None:
    assert judge(text) == []


def test_huge_texts() -> None:
    assert judge(" " * LARGEST + "\n") == ["source-too-large"]
    assert judge('fn main() { print("' + "a" * 500_000 + '"); }') == []
    assert judge("(" * 1_000_000) == ["nesting-too-deep"]
    assert judge("# " * 100_000) == ["stray-character"]
    assert judge("#\n" * 100_000) == ["stray-character"]
    assert judge("$ " * 100_000) == ["stray-character"] * 50
    assert judge("1" * 1_000_000) == ["invalid-number"]


def test_many_slips_and_unknown_names() -> None:
    assert judge("fn main() { print(1" + " 2" * 20_000 + "); }") == ["missing-comma"]
    assert judge("fn main() { let a = [1" + "; 2" * 20_000 + "]; }") == ["unexpected-token"]
    unknown = "".join(f"fn f{i}() {{ g{i}(); }}\n" for i in range(5_000))
    assert judge(unknown + "fn main() { }") == ["unknown-name"] * 5_000


def test_a_text_of_too_many_tokens_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MOST_TOKENS", 9)
    source = Source("test.mlpl", "fn f() {} fn fn () {} fn g() {}")
    tree, errors = parse_partially(source)
    assert [error.rule for error in errors] == ["source-too-large"]
    assert not tree.items


def test_odd_characters() -> None:
    assert judge("") == judge("\ufefffn main() { }"[1:]) == judge("fn main() {\r\n}\r\n") == []
    assert judge("fn main() { \0 }") == ["stray-character"]
    assert judge("fn main() { print(1); } \x1a") == ["stray-character"]
    assert judge("fn größe() { }")[0] == "stray-character"


def test_files(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        read_source(tmp_path / "missing.mlpl")
    with pytest.raises(SourceNotFound):
        read_source(tmp_path)
    with pytest.raises(SourceNotFound):
        read_source("nul\0byte.mlpl")
    with pytest.raises(CompileError) as caught:
        decode_source("x.mlpl", b"fn main() {\n  \xff }")
    assert not isinstance(caught.value, SourceNotFound)
    mark = caught.value.diagnostics[0].mark
    assert mark is not None and (mark.span.location.line, mark.span.location.column) == (2, 3)
    with pytest.raises(CompileError):
        decode_source("x.mlpl", b" " * (LARGEST + 1))
    assert decode_source("x.mlpl", b"\xef\xbb\xbffn").text == "fn"
