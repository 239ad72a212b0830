"""Diagnostics as people see them: marks stand below what they mark."""

from __future__ import annotations

import json

import pytest

from mlpl.base.columns import columns
from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.render import json_line, render
from mlpl.base.source import Source, Span


def excerpt(text: str, start: int, end: int) -> tuple[str, str]:
    """The source line and the line with the mark, without the gutter."""
    mark = Mark(Span(Source("test.mlpl", text), start, end), "here")
    lines = render(Diagnostic("rule", "message", mark)).splitlines()
    return lines[-2].partition("| ")[2], lines[-1].partition("| ")[2]


@pytest.mark.parametrize(
    ("before", "marked"),
    [
        ("let x = ", "y"),
        ("\t\t", "y"),
        ("let x =\t", "y + \t1"),
        ('print("漢字", ', "y"),
        ("", "漢字"),
        ('print("e\u0301\u0301", ', "y"),
        ("print(\U0001f600\U0001f600, ", "\U0001f600"),
        ("\uff46\uff55 ", "\uff57\uff49"),
        ("a\u200bb\x00c\x1b ", "y\x07z"),
        ("\u0301", "y"),
    ],
)
def test_the_mark_stands_below_what_it_marks(before: str, marked: str) -> None:
    shown, mark = excerpt(before + marked + " behind", len(before), len(before + marked))
    underline = mark.removesuffix(" here")
    left = next(n for n in range(len(shown) + 1) if columns(shown[:n]) >= underline.index("^"))
    right = next(n for n in range(len(shown) + 1) if columns(shown[:n]) >= len(underline))
    expected = marked.replace("\t", "    ").replace("\x07", "\N{REPLACEMENT CHARACTER}")
    assert columns(shown[:left]) == underline.index("^")
    assert shown[left:right].lstrip("\u0301") == expected


def test_long_lines_are_cut_around_the_mark() -> None:
    text = "x" * 1_000_000 + "Y" + "z" * 1_000_000
    shown, mark = excerpt(text, 1_000_000, 1_000_001)
    assert len(shown) < 200
    assert shown[mark.index("^")] == "Y"
    assert shown.startswith("…x") and shown.endswith("z…")
    shown, mark = excerpt(text, 0, len(text))
    assert len(shown) < 200 and len(mark) < 200


def test_marks_over_several_lines_show_the_first() -> None:
    shown, mark = excerpt("let x = [\n  1,\n];", 8, 15)
    assert (shown, mark) == ("let x = [", "        ^ here")
    shown, mark = excerpt("one\r\ntwo", 5, 8)
    assert (shown, mark) == ("two", "^^^ here")


def test_the_end_of_a_text_can_be_marked() -> None:
    assert excerpt("", 0, 0) == ("", "^ here")
    assert excerpt("one", 3, 4) == ("one", "   ^ here")
    assert excerpt("one\n", 4, 4) == ("", "^ here")


def test_json_has_places_in_characters() -> None:
    source = Source("t", "漢\n字x")
    mark = Mark(Span(source, 3, 4), "label")
    line = json_line(Diagnostic("rule", "message", mark, (mark,), "help"))
    data = json.loads(line)
    place = {"file": "t", "start": 3, "end": 4, "line": 2, "column": 2}
    expected = {**place, "end_line": 2, "end_column": 3, "label": "label"}
    assert data["mark"] == expected and data["others"] == [expected]
    assert (data["rule"], data["help"], data["severity"]) == ("rule", "help", "error")
