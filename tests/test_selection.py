"""Selected code against the meaning of the operators, at the edges of the word."""

from __future__ import annotations

import random

import pytest

from mlpl.base.operators import BinaryOp
from tests.compiled import image_of, run_image

DIRECT = [
    BinaryOp.ADD,
    BinaryOp.SUB,
    BinaryOp.EQ,
    BinaryOp.NE,
    BinaryOp.LT,
    BinaryOp.LE,
    BinaryOp.GT,
    BinaryOp.GE,
]


def edges(w: int) -> list[int]:
    top = 1 << (w - 1)
    return [-top, 1 - top, 2 - top, -top // 2, -2, -1, 0, 1, 2, top // 2, top - 2, top - 1]


def program(body: str, w: int) -> str:
    return f"""
module word_bits={w} entry=@.start
object @a[1]: int
object @b[1]: int
object @r[1]: int
argument a @a: int
argument b @b: int
result @r: int

fn @.start() {{
entry:
  %1: int = load @a, 0
  %2: int = load @b, 0
  %3: int = call @f(%1, %2)
  store @r, 0, %3
  halt
}}

fn @f(%x.1: int, %y.2: int) -> int {{
entry:
{body}
}}
"""


def stored(op: BinaryOp, a: str, b: str) -> str:
    if not op.compares:
        return f"  %3 = {op.word} {a}, {b}\n  return %3"
    return f"  %3 = {op.word} {a}, {b}\n  %4 = int %3\n  return %4"


def branched(word: str, a: str, b: str) -> str:
    return f"  %3 = {word} {a}, {b}\n  branch %3, yes, no\nyes:\n  return 1\nno:\n  return 0"


def check(body: str, w: int, op: BinaryOp, fixed: tuple[int | None, int | None]) -> None:
    image = image_of(program(body, w))
    rng = random.Random(w)
    top = 1 << (w - 1)
    values = edges(w) + [rng.randrange(-top, top) for _ in range(4)]
    for x in values:
        for y in values:
            p = x if fixed[0] is None else fixed[0]
            q = y if fixed[1] is None else fixed[1]
            assert run_image(image, (x, y)).value == op.apply(p, q, w), (x, y)


@pytest.mark.parametrize("w", [12, 32])
@pytest.mark.parametrize("op", DIRECT, ids=lambda op: op.word)
def test_two_values(op: BinaryOp, w: int) -> None:
    check(stored(op, "%x.1", "%y.2"), w, op, (None, None))
    if op.compares:
        check(branched(op.word, "%x.1", "%y.2"), w, op, (None, None))


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("op", DIRECT, ids=lambda op: op.word)
def test_a_value_and_a_constant(op: BinaryOp, side: int) -> None:
    for c in edges(12):
        sides = (str(c), "%y.2") if side == 0 else ("%x.1", str(c))
        fixed = (c, None) if side == 0 else (None, c)
        body = branched(op.word, *sides) if op.compares else stored(op, *sides)
        check(body, 12, op, fixed)


@pytest.mark.parametrize("length", [0, 1, 7, 2047, None])
def test_within(length: int | None) -> None:
    image = image_of(
        program(branched("within", "%x.1", "%y.2" if length is None else str(length)), 12)
    )
    for x in edges(12):
        for y in (0, 1, 2, 1024, 2046, 2047):
            n = y if length is None else length
            assert run_image(image, (x, y)).value == int(0 <= x < n)


@pytest.mark.parametrize(
    ("word", "expected"), [("neg", lambda x: -x), ("invert", lambda x: -1 - x)]
)
def test_one_value(word, expected) -> None:
    image = image_of(program(f"  %3 = {word} %x.1\n  return %3", 12))
    for x in edges(12):
        value = run_image(image, (x, 0)).value
        assert value is not None
        assert (value - expected(x)) % 4096 == 0


def test_a_sum_of_a_value_with_itself_and_operands_that_live_on() -> None:
    body = """
  %3 = add %x.1, %x.1
  %4 = sub %y.2, %x.1
  %5 = add %3, %y.2
  %6 = sub %5, %4
  %7 = sub %6, %6
  %8 = add %6, %7
  return %8"""
    image = image_of(program(body, 16))
    for x, y in ((3, 4), (-5, 9), (0, 0), (32767, -32768)):
        value = run_image(image, (x, y)).value
        assert value is not None
        assert (value - ((2 * x + y) - (y - x))) % 65536 == 0
