"""L5: every operator on the edges of the word, against Python's integers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance import conform

Binary = Callable[[int, int, int], int]


def _quotient(x: int, y: int, w: int) -> int:
    magnitude = abs(x) // abs(y)
    return magnitude if (x < 0) == (y < 0) else -magnitude


def _shifted(x: int, s: int, w: int) -> int:
    return (0 if x >= 0 else -1) if s >= w else x >> s


ARITHMETIC: dict[str, Binary] = {
    "x + y": lambda x, y, w: x + y,
    "x - y": lambda x, y, w: x - y,
    "x * y": lambda x, y, w: x * y,
    "y != 0 ? x / y : 7": lambda x, y, w: _quotient(x, y, w) if y else 7,
    "y != 0 ? x % y : 7": lambda x, y, w: x - y * _quotient(x, y, w) if y else 7,
}
BITWISE: dict[str, Binary] = {
    "x & y": lambda x, y, w: x & y,
    "x | y": lambda x, y, w: x | y,
    "x ^ y": lambda x, y, w: x ^ y,
    "y >= 0 ? x << y : 7": lambda x, y, w: (0 if y >= w else x << y) if y >= 0 else 7,
    "y >= 0 ? x >> y : 7": lambda x, y, w: _shifted(x, y, w) if y >= 0 else 7,
}
COMPARISONS: dict[str, Binary] = {
    f"int(x {op} y)": meaning
    for op, meaning in {
        "==": lambda x, y, w: x == y,
        "!=": lambda x, y, w: x != y,
        "<": lambda x, y, w: x < y,
        "<=": lambda x, y, w: x <= y,
        ">": lambda x, y, w: x > y,
        ">=": lambda x, y, w: x >= y,
    }.items()
} | {
    "-x - -y": lambda x, y, w: y - x,
    "~x + (x < y ? 1 : 2)": lambda x, y, w: -1 - x + (1 if x < y else 2),
    "int(!(x < y) && x != y || y == 0)": lambda x, y, w: x > y or y == 0,
    "int((x < y) == (y > 0))": lambda x, y, w: (x < y) == (y > 0),
}


def edges(w: int) -> list[int]:
    low, high = -(1 << (w - 1)), (1 << (w - 1)) - 1
    return [low, low + 1, -w, -3, -1, 0, 1, 2, w - 1, w, w + 1, high]


@pytest.mark.parametrize("table", [ARITHMETIC, BITWISE, COMPARISONS], ids="abc")
@pytest.mark.parametrize("w", [13, 16, 32])
def test_of_two_variables(w: int, table: dict[str, Binary]) -> None:
    xs = edges(w)
    ys = xs if w == 16 else [xs[0], -3, 0, 2, w, xs[-1]]
    names = [f"r{i}" for i in range(len(table))]
    n, m = len(xs), len(ys)
    lines = [f"{name}[at] = {text};" for name, text in zip(names, table, strict=True)]
    parameters = ", ".join(f"{name}: int[{n * m}]" for name in names)
    program = f"""
fn main(xs: int[{n}], ys: int[{m}], {parameters}) {{
    var at = 0;
    for x in xs {{ for y in ys {{ {" ".join(lines)} at += 1; }} }}
}}
"""
    expected = {
        name: [int(meaning(x, y, w)) for x in xs for y in ys]
        for name, meaning in zip(names, table.values(), strict=True)
    }
    conform(program, w, words=[xs, ys, *[[0] * n * m] * len(names)], arrays=expected)


@pytest.mark.parametrize("table", [ARITHMETIC, BITWISE, COMPARISONS], ids="abc")
def test_of_a_variable_and_a_constant(table: dict[str, Binary], w: int = 16) -> None:
    """The same with each side known to the compiler, which has shorter forms for many of them."""
    xs = edges(w)
    constants = [xs[0], -3, 1, 2, w, xs[-1]]
    n, k = len(xs), 2 * len(constants)
    for text, meaning in table.items():
        if "?" in text and "x" in text.split("?")[0]:
            continue
        lines = []
        for i, c in enumerate(constants):
            lines.append(f"let y = {c}; r[at * {k} + {2 * i}] = {text};")
            lines.append(f"let x = {c}; let y = xs[at]; r[at * {k} + {2 * i + 1}] = {text};")
        expected = [
            int(value)
            for v in xs
            for c in constants
            for value in (meaning(v, c, w), meaning(c, v, w))
        ]
        blocks = " ".join(f"{{ {line} }}" for line in lines)
        program = f"""
fn main(xs: int[{n}], r: int[{k * n}]) {{ for at in 0..{n} {{ let x = xs[at]; {blocks} }} }}
"""
        conform(program, w, words=[xs, [0] * k * n], arrays={"r": expected})
