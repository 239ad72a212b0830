"""Arrays that begin as they are first filled are filled again wherever they must be."""

from __future__ import annotations

import pytest

import mlpl
from tests.ladder import climb

PROGRAMS = {
    "in every round of an unrolled loop": """
fn main(k: int) -> int {
    var sum = 0;
    for i in 0..3 {
        var c: int[4];
        c[k] += i + 1;
        c[1] += 1;
        sum = sum * 7 + c[0] + 2 * c[1];
    }
    return sum;
}""",
    "by two calls of a function": """
fn once(k: int) -> int {
    var c = [3, 1, 4, 1];
    c[k] *= 2;
    return c[0] * 100 + c[1] * 10 + c[2];
}

fn main(k: int) -> int { return once(k) - once(3 - k); }""",
    "on the way back of a loop": """
fn main(k: int) -> int {
    var n = k;
    while true {
        var c: int[20];
        c[n] = 5;
        if c[k] + c[2] + c[3] == 10 || n == 3 { return n + c[0]; }
        n += 1;
    }
}""",
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("level", ["O2", "Os"])
def test_every_rung_agrees(program: str, level: str) -> None:
    for k in (0, 1, 2, 3):
        climb(PROGRAMS[program], [[k]], b"", 16, level=level, engines=("machine",))


def test_a_first_clear_takes_no_steps() -> None:
    text = "fn main(k: int) -> int { var a: int[N]; a[k] = 1; a[5] += 2; return a[3] + a[k]; }"
    short, long = (
        mlpl.compile(f"const N = {n};\n{text}").run(3, engine="machine") for n in (20, 200)
    )
    assert short.steps == long.steps
