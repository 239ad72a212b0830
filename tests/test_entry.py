"""The entry and its arguments, as texts and as Python values (L7.1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.lang.check import check
from mlpl.lang.entry import ArgumentError, check_entry, check_values, parse_arguments
from mlpl.lang.typed import Function

TEXT = "fn main(n: int, b: bool, xs: int[3], m: int[2][2], f: bool[2]) { }"


def entry(text: str = TEXT) -> Function:
    return check_entry(check(Source("test.mlpl", text)).program)


def test_texts() -> None:
    words = parse_arguments(entry(), ["-5", "true", "1,-2, 3", "1,2,3,4", "false,true"], 16)
    assert words == ((-5,), (1,), (1, -2, 3), (1, 2, 3, 4), (0, 1))


def test_values() -> None:
    m = np.array([[1, 2], [3, 4]])
    words = check_values(entry(), [np.int64(-5), True, (1, -2, 3), m, [False, np.True_]], 16)
    assert words == ((-5,), (1,), (1, -2, 3), (1, 2, 3, 4), (0, 1))
    assert all(type(word) is int for part in words for word in part)


ONE: dict[str, tuple[str, object]] = {
    "fn main(n: int) { }": ("x", "x"),
    "fn main(a: int) { }": ("", None),
    "fn main(b: int) { }": ("32768", 32768),
    "fn main(c: int) { }": ("-32769", -32769),
    "fn main(d: int) { }": ("1.5", 1.5),
    "fn main(e: int) { }": ("true", True),
    "fn main(f: int) { }": ("9" * 5000, 10**5000),
    "fn main(g: bool) { }": ("1", 1),
    "fn main(h: int[2]) { }": ("1", [1]),
    "fn main(i: int[2]) { }": ("1,2,3", [1, 2, 3]),
    "fn main(j: int[2]) { }": ("1,", [1, "2"]),
    "fn main(k: int[2]) { }": ("1,x", [[1], [2]]),
    "fn main(l: int[2][2]) { }": ("1,2,3", [[1, 2, 3], [4]]),
}


@pytest.mark.parametrize("text", ONE)
@pytest.mark.parametrize("kind", [0, 1], ids=["text", "value"])
def test_wrong_arguments(text: str, kind: int) -> None:
    reader: Callable[..., object] = (parse_arguments, check_values)[kind]
    with pytest.raises(ArgumentError):
        reader(entry(text), [ONE[text][kind]], 16)


def test_wrong_numbers() -> None:
    for given in ([], ["1", "2"]):
        with pytest.raises(ArgumentError, match="takes 1 argument"):
            parse_arguments(entry("fn main(n: int) { }"), given, 16)


@pytest.mark.parametrize(
    "text",
    ["", "fn man() { }", "fn main(a: int[]) { }", "struct P { x: int } fn main(p: P) { }"],
)
def test_what_is_no_entry(text: str) -> None:
    with pytest.raises(CompileError):
        entry(text)
