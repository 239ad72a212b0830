"""M3.2: SUBLEQ assembly to words, facts and diagnostics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpl.backend.subleq.assembler import assemble
from mlpl.backend.subleq.decimal_text import MOST_ERRORS
from mlpl.backend.subleq.image import Image, Variable
from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.base.words import wrap


def asm(text: str, word_bits: int = 16, memory: int | None = None) -> Image:
    return assemble(Source("x.asq", text), word_bits, memory)


def words(text: str, word_bits: int = 16) -> list[int]:
    return [wrap(word, word_bits) for word in asm(text, word_bits).words]


def errors(text: str, word_bits: int = 16) -> list[str]:
    """Each error as `line:column rule: message`, with its help in brackets."""
    with pytest.raises(CompileError) as caught:
        asm(text, word_bits)
    found = []
    for error in caught.value.diagnostics:
        place = error.mark.span.location if error.mark else None
        where = f"{place.line}:{place.column} " if place else ""
        found.append(
            f"{where}{error.rule}: {error.message}" + (f" [{error.help}]" if error.help else "")
        )
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 2 3", [1, 2, 3]),
        ("1 2", [1, 2, 3]),
        ("7", [7, 7, 3]),
        ("7; 1 2; 3 4 5", [7, 7, 3, 1, 2, 6, 3, 4, 5]),
        ("7;;\n;\n\n8", [7, 7, 3, 8, 8, 6]),
        ("1, 2, 3", [1, 2, 3]),
        ("1, -2, 3", [1, -2, 3]),
        ("1 2 # 3\n# 4\n", [1, 2, 3]),
        ("\ufeff1\t2\r\n", [1, 2, 3]),
        (". 1", [1]),
        (".1 2 ; .3", [1, 2, 3]),
        (". 1 2 3 4 5", [1, 2, 3, 4, 5]),
        (".\n1 2", [1, 2]),
        ("1 2 3 4", [1, 2, 3, 4]),
        ("0x1F 0Xff 010", [31, 255, 10]),
        ("65535 32768 (-32768)", [-1, -32768, -32768]),
    ],
)
def test_statements(text: str, found: list[int]):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(-1) 2 3", [-1, 2, 3]),
        ("-1 2 3", [-1, 2, 3]),
        ("5 -1", [4, 4, 3]),
        ("5 (-1)", [5, -1, 3]),
        ("5-1 2+3 - 1 +4", [4, 8, 3]),
        ("--5 +(-(-5)) (+6)", [10, 6, 3]),
        ("(1+2)-(3-(4-5)) 0", [-1, 0, 3]),
        ("((((7)))) 0", [7, 0, 3]),
        ("2 - -3 0", [5, 0, 3]),
        ("'a' ' ' '\\n'", [97, 32, 10]),
        ("'a'+1 'b'-'a'", [98, 1, 3]),
        ("'\\\\' '\\'' '\"'", [92, 39, 34]),
        ("';' '#' '?'", [59, 35, 63]),
    ],
)
def test_expressions(text: str, found: list[int]):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("?", [1, 1, 3]),
        ("? ? ?", [1, 2, 3]),
        ("?+5 ?-1 (-?)", [6, 1, -3]),
        (". 9 ?", [9, 2]),
        ("Z:Z Z ?", [0, 0, 3]),
        ("a b c; a:1 b:c c:a", [3, 4, 5, 1, 5, 3]),
        ("loop: x loop; . x:5", [3, 0, 3, 5]),
        ("a:b:c:\n\n d: a b c+d", [0, 0, 0]),
        ("1 p:0 q:?; p q", [1, 0, 3, 1, 2, 6]),
        ("1 2 next:\n3", [1, 2, 3]),
        ("end-start (-end); . start: 1 2 3 end:", [3, -6, 3, 1, 2, 3]),
        ("-(a-b) 0; . a:1 2 b:3", [2, 0, 3, 1, 2, 3]),
        (". @x_1: 4 _y@: @x_1 _y@", [4, 0, 1]),
        ("lab:\n. 1 2 lab", [1, 2, 0]),
        ("1 OUT; IN 2", [1, -1, 3, -1, 2, 6]),
        ("OUT: 1 OUT", [1, 0, 3]),
    ],
)
def test_labels(text: str, found: list[int]):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('. "Hi!" 0', [72, 105, 33, 0]),
        ('. s: "a;b#c" t: s t', [97, 59, 98, 35, 99, 0, 5]),
        ('. "\\n\\t\\0\\"\\\\" \'\\r\'', [10, 9, 0, 34, 92, 13]),
        ('. "" 1', [1]),
        ('. "é"', [0xC3, 0xA9]),
        (". a:[3] b:[1] a b", [0, 0, 0, 0, 0, 3]),
        ('"abc"', [97, 98, 99]),
    ],
)
def test_data(text: str, found: list[int]):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "1 cuont; . count:0",
            [
                "1:3 unknown-label: cannot find the label `cuont` "
                "[a label with a similar name exists: `count`]"
            ],
        ),
        (
            "a\nb b",
            [
                f"{p} unknown-label: cannot find the label `{n}`"
                for p, n in (("1:1", "a"), ("2:1", "b"), ("2:3", "b"))
            ],
        ),
        ("x:1\ny:2 x:3", ["2:5 duplicate-label: the label `x` is defined twice"]),
        ("1 (2+3", ["1:7 assembly-syntax: expected `)`, found the end of the line"]),
        (
            "1 2)\n3 +\n4",
            [
                "1:4 assembly-syntax: expected an operand, found `)`",
                "2:4 assembly-syntax: expected an operand, found the end of the line",
            ],
        ),
        ("1 $ 2", ["1:3 assembly-syntax: expected an operand, found `$`"]),
        ("12ab 0x", ["1:1 assembly-syntax: expected an operand, found `12ab`"]),
        ('. "abc\n1 2', ["1:3 unclosed-quote: the quote is not closed"]),
        (
            ". 'ab'",
            [
                "1:3 wide-character: `'ab'` is 2 bytes, not one "
                "[a string takes a cell for each byte]"
            ],
        ),
        (
            ". 'é' ''",
            ["1:3 wide-character: `'é'` is 2 bytes, not one [a string takes a cell for each byte]"],
        ),
        (". [0]", ["1:4 assembly-syntax: expected a number of cells in 1..1048576, found `0`"]),
        (". [x]", ["1:4 assembly-syntax: expected a number of cells in 1..1048576, found `x`"]),
        (". [3", ["1:5 assembly-syntax: expected `]`, found the end of the line"]),
        ("", ["empty-image: the image has no words"]),
        ("# nothing\n\nlabel:\n", ["empty-image: the image has no words"]),
    ],
)
def test_rejections(text: str, found: list[str]):
    assert errors(text) == found


def test_labels_of_wrong_statements_are_known():
    assert errors("x: 1 ) y: 2\nx y z: 0") == [
        "1:6 assembly-syntax: expected an operand, found `)`"
    ]


def test_word_range():
    assert [e.partition(" [")[0] for e in errors("70000 1; (-9) 65535+1")] == [
        "1:1 word-range: `70000` is no word of 16 bits",
        "1:15 word-range: `65536` is no word of 16 bits",
    ]
    assert "this number is no word" in errors("9" * 10_000)[0]
    assert words("70000-69999") == [1, 1, 3]
    assert words("16-9", 4) == [7, 7, 3]
    assert errors("16 (-9)", 4)[1].startswith("1:4 word-range: `-9` is no word of 4 bits [")


def test_unknown_escapes():
    assert errors(". '\\q'")[0].startswith("1:3 unknown-escape: `\\q` is no escape [")


def test_deep_nesting_needs_no_stack():
    deep = 10_000
    assert words("-(" * deep + "7" + ")" * deep) == [7, 7, 3]
    assert errors("(" * deep)[0].endswith("expected an operand, found the end of the line")


def test_errors_are_limited_and_in_order():
    found = errors("\n".join(f"name{i} )" for i in range(100)))
    assert len(found) == MOST_ERRORS
    lines = [int(error.partition(":")[0]) for error in found]
    assert lines == sorted(lines)


def test_too_large_for_memory():
    with pytest.raises(CompileError, match="65 words and the memory 64 cells"):
        asm(". [65]", 16, 64)


def test_facts():
    facts = asm("loop: x p:0 ?; Z Z loop\n. x: 1 2 3\n. y: 4 Z: 0 end:").facts
    assert facts.code == (0, 3)
    assert [str(facts.lines[pc]) for pc in facts.code] == ["x.asq:1:7", "x.asq:1:16"]
    assert facts.variables == (
        Variable("loop", 0, 1, "code"),
        Variable("p", 1, 1, "int"),
        Variable("x", 6, 3, "int[3]"),
        Variable("y", 9, 1, "int"),
        Variable("Z", 10, 1, "int"),
    )
    assert facts.leaders == (0,)
    assert facts.written == (0, 10)


def test_modes_and_widths_are_kept():
    image = assemble(Source("x.asq", "1"), 8, 100, "accumulate")
    assert (image.word_bits, image.memory, image.mode) == (8, 100, "accumulate")


PIECES = st.sampled_from([*"ab:;.?+-()[],\n '\"\\#", "a:", "0", "12", "0x", " ", "\n. ", "é", "\0"])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_assembled_or_rejected(text: str):
    try:
        image = asm(text, 8)
    except CompileError as error:
        assert 1 <= len(error.diagnostics) <= MOST_ERRORS
        for diagnostic in error.diagnostics:
            assert diagnostic.mark is None or 0 <= diagnostic.mark.span.start <= len(text)
    else:
        assert len(image) <= image.memory
