"""Library routines against Python, through the whole ladder."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from mlpl.base.words import smallest, wrap
from tests.ladder import climb


def bits_of(x: int, w: int) -> int:
    return x & ((1 << w) - 1)


def rotated(x: int, s: int, w: int) -> int:
    s %= w
    u = bits_of(x, w)
    return (u << s | u >> (w - s)) & ((1 << w) - 1)


SCALARS: dict[str, Callable[[int, int, int], int | bool]] = {
    "math.abs(x)": lambda x, y, w: abs(x),
    "math.sign(x)": lambda x, y, w: (x > 0) - (x < 0),
    "math.min(x, y)": lambda x, y, w: min(x, y),
    "math.max(x, y)": lambda x, y, w: max(x, y),
    "math.clamp(x, -9, y & 15)": lambda x, y, w: max(-9, min(x, y & 15)),
    "math.mod(x, y | 1)": lambda x, y, w: x % (y | 1),
    "math.gcd(x, y)": lambda x, y, w: math.gcd(x, y),
    "math.pow(x, y & 7)": lambda x, y, w: x ** (y & 7),
    "math.isqrt(x & 1023)": lambda x, y, w: math.isqrt(x & 1023),
    "math.mul(x, y)": lambda x, y, w: x * y,
    "math.mulmod(x & 2047, y & 2047, 2048)": lambda x, y, w: (x & 2047) * (y & 2047) % 2048,
    "math.powmod(x & 1023, y & 63, 1024)": lambda x, y, w: pow(x & 1023, y & 63, 1024),
    "bits.and(x, y)": lambda x, y, w: x & y,
    "bits.or(x, y)": lambda x, y, w: x | y,
    "bits.xor(x, y)": lambda x, y, w: x ^ y,
    "bits.not(x)": lambda x, y, w: ~x,
    "bits.shl(x, y & 31)": lambda x, y, w: 0 if y & 31 >= w else x << (y & 31),
    "bits.shr(x, y & 31)": lambda x, y, w: x >> (y & 31),
    "bits.shr_logical(x, y & 31)": lambda x, y, w: bits_of(x, w) >> (y & 31),
    "bits.popcount(x)": lambda x, y, w: bits_of(x, w).bit_count(),
    "bits.parity(x)": lambda x, y, w: bits_of(x, w).bit_count() & 1,
    "bits.reverse(x)": lambda x, y, w: int(f"{bits_of(x, w):0{w}b}"[::-1], 2),
    "bits.rotl(x, y)": lambda x, y, w: rotated(x, y, w),
    "bits.rotr(x, y)": lambda x, y, w: rotated(x, -y, w),
    "bits.clz(x)": lambda x, y, w: w - bits_of(x, w).bit_length(),
    "bits.ctz(x)": lambda x, y, w: w if x == 0 else (x & -x).bit_length() - 1,
    "bits.width()": lambda x, y, w: w,
    "x * y": lambda x, y, w: x * y,
    "x / (y | 1)": lambda x, y, w: (
        int(math.copysign(1, x) * math.copysign(1, y | 1)) * (abs(x) // abs(y | 1))
    ),
    "x % (y | 1)": lambda x, y, w: int(math.copysign(1, x)) * (abs(x) % abs(y | 1)),
}


@pytest.mark.parametrize("w", [16, 32])
@pytest.mark.parametrize("call", SCALARS)
def test_scalar_routine(call: str, w: int) -> None:
    rng = random.Random(call)
    low, high = smallest(w), -1 - smallest(w)
    edges = [(low, -1), (low, low), (high, low), (0, 0), (-1, 1)]
    pairs = [*edges, (rng.randrange(low, high), rng.randrange(low, high) >> rng.randrange(w))]
    prints = " ".join(f"one({x}, {y});" for x, y in pairs)
    text = f"import math; import bits; fn one(x: int, y: int) {{ print({call}); }}"
    said = climb(f"{text} fn main() {{ {prints} }}", (), b"", w)
    assert said.trap is None
    expected = [wrap(int(SCALARS[call](x, y, w)), w) for x, y in pairs]
    assert [int(line) for line in said.output.split()] == expected


VALUES = [5, -3, 0, 5, 32767, -32768, 12, 5, -3, 1]


@pytest.mark.parametrize(
    "call",
    [
        *(f"sort.{n}(a)" for n in ("insertion", "bubble", "selection", "shell", "heap", "quick")),
        "sort.merge(a, b)",
    ],
)
def test_sort(call: str) -> None:
    body = f"{call}; return sort.is_sorted(a);"
    text = f"import sort; fn main(a: int[10], b: int[10]) -> bool {{ {body} }}"
    said = climb(text, (VALUES, [0] * 10), b"", 16)
    assert said.value == 1
    assert list(said.arrays["a"]) == sorted(VALUES)


ARRAYS: dict[str, Callable[[list[int]], int]] = {
    "array.sum(a)": sum,
    "array.min(a)": min,
    "array.max(a)": max,
    "array.argmin(a)": lambda a: a.index(min(a)),
    "array.argmax(a)": lambda a: a.index(max(a)),
    "array.dot(a, a)": lambda a: sum(x * x for x in a),
    "array.count(a, 5)": lambda a: a.count(5),
    "int(array.contains(a, 12))": lambda a: 1,
    "search.linear(a, 12)": lambda a: a.index(12),
    "search.linear(a, 77)": lambda a: -1,
}


@pytest.mark.parametrize("call", ARRAYS)
def test_array_routine(call: str) -> None:
    text = f"import array; import search; fn main(a: int[10]) -> int {{ return {call}; }}"
    said = climb(text, (VALUES,), b"", 16)
    assert said.value == wrap(ARRAYS[call](VALUES), 16)


def test_searches_in_order() -> None:
    text = """import search;
fn main(a: int[6]) {
    for x in 0..12 { print(search.lower_bound(a, x), search.binary(a, x) >= 0); }
}"""
    a = [1, 3, 3, 5, 8, 11]
    said = climb(text, (a,), b"", 16)
    rows = [line.split() for line in said.output.decode().splitlines()]
    for x, (lower, found) in enumerate(rows):
        assert int(lower) == sum(v < x for v in a)
        assert found == str(x in a).lower()


def test_text_routines() -> None:
    text = """import text;
fn main() {
    var line: int[20];
    var n = text.read_line(line);
    while n >= 0 {
        text.write(line); write(" ", n, " ");
        text.reverse(line); text.write(line);
        print("", text.length(line));
        n = text.read_line(line);
    }
    var number = "-123";
    print(text.parse_int(number), text.is_digit('7'), text.to_upper('q'));
}"""
    said = climb(text, (), b"hello\n\nabc", 16)
    assert said.output == b"hello 5 olleh 5\n 0  0\nabc 3 cba 3\n-123 true 81\n"
