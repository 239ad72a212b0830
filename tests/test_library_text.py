"""`text` against Python: texts with and without an end, numbers as texts, lines."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import pytest

from mlpl.base.words import smallest
from tests.ladder import climb
from tests.routines import (
    ENGINES,
    Arguments,
    Interpreted,
    Meaning,
    Table,
    climb_table,
    number,
    outside,
)


def text_of(cells: list[int]) -> list[int]:
    return cells[: cells.index(0)] if 0 in cells else list(cells)


def written(to: list[int], characters: list[int]) -> int:
    """Puts a text into an array and ends it there; returns its length."""
    if len(characters) > len(to):
        outside()
    to[: len(characters) + 1] = [*characters, 0][: len(to)]
    return len(characters)


def compared(s: list[int], t: list[int]) -> int:
    s, t = text_of(s), text_of(t)
    return (s > t) - (s < t)


def reversed_text(s: list[int]) -> None:
    n = len(text_of(s))
    s[:n] = s[:n][::-1]


def parsed(s: list[int], w: int) -> int:
    text = "".join(chr(c) if 0 < c < 128 else "?" for c in text_of(s))
    stripped = text.strip(" \t\r\n")
    digits = stripped[stripped[:1] in ("+", "-") :] if stripped else ""
    if not digits.isdecimal() or not digits.isascii():
        outside()
    value = int(stripped)
    return value if smallest(w) <= value < -smallest(w) else outside()


TEXT: dict[str, Meaning] = {
    "text.length": lambda w, a: len(text_of(a)),
    "text.equal": lambda w, a, b: text_of(a) == text_of(b),
    "text.compare": lambda w, a, b: compared(a, b),
    "text.copy": lambda w, a, b: written(a, text_of(b)) and None,
    "text.reverse": lambda w, a: reversed_text(a),
    "text.parse_int": lambda w, a: parsed(a, w),
    "text.format_int": lambda w, x, a: written(a, [ord(c) for c in str(x)]),
}

SPELLINGS = [
    *("7", "-7", "+7", "007", " 12 ", "\t-3\r\n", "", " ", "-", "+", "+-1", "--1", "1-", "- 1"),
    *("1 2", "x", "12x", "0x1", "1.0", "1e3", "-0", "+0", "00000000000", "/", ":", "1_0"),
]


def numbers_as_texts(w: int) -> Iterator[str]:
    """Spellings right and wrong; the edges of the word, and what is just beyond them."""
    yield from SPELLINGS
    low = smallest(w)
    for edge in (low, -low - 1, low * 10, -low * 10, low // 10 * 10, 1 << w):
        for x in range(edge - 1, edge + 2):
            yield from (str(x), f" +0{x}" if x >= 0 else f"-000{-x}")


def as_cells(text: str, length: int, filler: int = 0) -> list[int]:
    return [*map(ord, text), *[0] * (len(text) < length), *[filler] * length][:length]


def random_texts(rng: random.Random, w: int, length: int, count: int) -> Iterator[Arguments]:
    spellings = [s for s in numbers_as_texts(w) if len(s) <= length]
    for _ in range(count):
        a = [rng.choice([97, 98, 98, 0]) for _ in range(length)]
        b = list(a) if rng.random() < 0.3 else [rng.choice([97, 98, 0]) for _ in range(length)]
        if rng.random() < 0.5:
            a = as_cells(rng.choice(spellings), length, rng.choice([0, 57, 120]))
        yield {"a": a, "b": b, "x": number(rng, w)}


@pytest.mark.parametrize(("w", "length"), [(13, 4), (16, 7), (23, 1), (32, 14)], ids=str)
def test_any_texts(w: int, length: int, everywhere: bool = False) -> None:
    engines = ENGINES if everywhere or w == 16 else ("machine",)
    routines = list(TEXT.items())
    together = 4 if w == 13 else len(routines)
    for first in range(0, len(routines), together):
        table = Table(dict(routines[first : first + together]), w, rows=50, length=length)
        tries = random_texts(random.Random(w), w, length, 400)
        climb_table(table, tries, batches=4, engines=engines)


@pytest.mark.parametrize("w", [9, 12, 16, 17, 31, 32])
def test_numbers_as_texts(w: int) -> None:
    interpreted = Interpreted(["text"], w)
    for text in numbers_as_texts(w):
        for length in (len(text), len(text) + 2):
            given: Arguments = {"a": as_cells(text, max(length, 1), 57)}
            interpreted.check("text.parse_int", TEXT["text.parse_int"], given)
    low = smallest(w)
    for x in (low, low + 1, -101, -100, -10, -9, -1, 0, 1, 9, 10, 99, 100, 101, -low - 1):
        for length in range(1, len(str(low)) + 2):
            given = {"x": x, "a": [7] * length}
            interpreted.check("text.format_int", TEXT["text.format_int"], given)


def test_all_short_texts() -> None:
    """All pairs of texts of up to 3 cells, of other lengths too; characters may be negative."""
    interpreted = Interpreted(["text"], 9)
    cells = [list(a) for n in (1, 2, 3) for a in product((-5, 0, 98), repeat=n)]
    for a in cells:
        for name in ("length", "reverse", "parse_int"):
            interpreted.check(f"text.{name}", TEXT[f"text.{name}"], {"a": a})
        for b in cells:
            for name in ("equal", "compare", "copy"):
                interpreted.check(f"text.{name}", TEXT[f"text.{name}"], {"a": a, "b": b})


LINES = """import text;
fn main(s: int[5]) {
    var n = 0;
    while n >= 0 {
        n = text.read_line(s);
        print(n, text.length(s), s[0], s[4]);
        text.write(s);
        write("|");
        for i in 0..5 { s[i] = 9; }
    }
}"""


def lines_said(data: bytes) -> tuple[bytes, bool]:
    """Returns what the program says, and whether a line is too long for its array."""
    output = b""
    *lines, last = data.split(b"\n")
    for line in [*lines, last] if last else lines:
        if len(line) > 5:
            return output, True
        cells = [*line, 0, 9, 9, 9, 9, 9][:5]
        text = bytes(text_of(cells))
        output += b"%d %d %d %d\n%s|" % (len(line), len(text), cells[0], cells[4], text)
    return output + b"-1 0 0 9\n|", False


INPUTS = [
    *(b"", b"\n", b"ab", b"ab\n", b"\n\nabcde\nx", b"a\r\n b\n", b"abcde", b"abcdef"),
    *(b"a\0b\nc", b"abcd\nabcdef\n", b"\xff\xfe\n"),
]


@pytest.mark.parametrize("data", INPUTS)
def test_lines(data: bytes, w: int = 16, everywhere: bool = False) -> None:
    engines = ("machine", "network") if everywhere else ("machine",)
    said = climb(LINES, ([9] * 5,), data, w, engines=engines)
    output, long = lines_said(data)
    assert said.output == output
    assert (said.trap is not None) == long
    assert said.trap is None or said.trap[0].value == "assertion-failed"


@pytest.mark.parametrize("w", [12, 13, 16, 23, 32])
def test_numbers_written(w: int, everywhere: bool = False) -> None:
    rng = random.Random(w)
    numbers = [sign * 10**k + d for k in range(10) for d in (-1, 0, 1) for sign in (-1, 1)]
    numbers += [smallest(w), -1 - smallest(w), *(number(rng, w) for _ in range(20))]
    numbers = [x for x in numbers if smallest(w) <= x < -smallest(w)]
    text = f"""import text;
fn main(a: int[{len(numbers)}]) {{ for x in a {{ text.write_int(x); putc(' '); }} }}"""
    engines = ("machine", "network") if everywhere or w == 16 else ("machine",)
    said = climb(text, (numbers,), b"", w, engines=engines)
    assert said.output.decode().split() == [str(x) for x in numbers]
