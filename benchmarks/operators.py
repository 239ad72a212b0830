"""What the operators cost that SUBLEQ has no instruction for, beside code made by hand.

`python -m benchmarks.operators` writes its table into docs/benchmarks.md. Each figure is the mean
over operands by chance (always the same ones) of the steps of a program of one operator, less those
of a program that returns its operand; cells likewise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import mlpl
from benchmarks.page import PAGE

_SECTION = re.compile(r"(?<=<!-- operators -->\n).*?(?=<!-- /operators -->)", re.DOTALL)
_RUNS = 200
LEVELS = ("O2", "Os")


@dataclass(frozen=True, slots=True)
class Row:
    """An operator with operands.

    Attributes:
        code: of a function of `a` and `b`.
        a: bits of the first operand.
        b: bits of the second one.
        by_hand: steps and cells of code made by hand, as text.
    """

    code: str
    a: int = 15
    b: int = 15
    by_hand: str = ""


ROWS = (
    Row("return a * b;", by_hand="72 / 715"),
    Row("return a * b;", 8, 8, "49 / 715"),
    Row("return a / b;", 15, 8, "61 / 630"),
    Row("return a / b;", 8, 4, "36 / 630"),
    Row("return a % b;", 15, 8),
    Row("return a & b;", by_hand="45 / 650"),
    Row("return a | b;", by_hand="55 / 880"),
    Row("return a ^ b;", by_hand="53 / 880"),
    Row("return a << b;", 15, 4),
    Row("return a >> b;", 15, 4),
    Row("return a * 10;"),
    Row("return a << 8;"),
    Row("return a / 10;"),
    Row("return a % 10;"),
    Row("return a / 10 + a % 10;"),
    Row("return a >> 1;", by_hand="25"),
    Row("return a >> 8;", by_hand="14"),
    Row("return a & 1;"),
    Row("return a & 255;"),
    Row("return a | 1;"),
    Row("return a ^ 255;"),
    Row("write(a); return a;", by_hand="80 / 266"),
)
"""What is measured; the figures by hand are for operands that are not negative."""


def measure(row: Row, level: str) -> tuple[float, int]:
    """Returns the mean steps of an operator, and its cells."""
    rng = random.Random(1)
    cases = [(rng.randrange(1 << row.a), rng.randrange(1, 1 << row.b)) for _ in range(_RUNS)]
    steps, cells = [], []
    for code in (row.code, "return a;"):
        program = mlpl.compile(f"fn main(a: int, b: int) -> int {{ {code} }}", level=level)
        runs = [program.run(a, b, engine="machine").steps for a, b in cases]
        steps.append(sum(runs) / len(runs))
        cells.append(len(program.image))
    return steps[0] - steps[1], cells[0] - cells[1]


def table() -> Iterator[str]:
    """Yields the lines of the table."""
    yield "| | bits | steps -O2 | cells -O2 | steps -Os | cells -Os | by hand, steps / cells |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for row in ROWS:
        shown = row.code.removeprefix("return ").split(";")[0]
        bits = f"{row.a}, {row.b}" if "b" in shown else str(row.a)
        figures = [figure for level in LEVELS for figure in measure(row, level)]
        cells = " | ".join(f"{figure:.0f}" for figure in figures)
        yield f"| `{shown}` | {bits} | {cells} | {row.by_hand} |".replace("`a | ", "`a \\| ")


def main() -> None:
    """Writes the table into the page."""
    text = PAGE.read_text(encoding="utf-8")
    made = "\n".join(table())
    PAGE.write_text(_SECTION.sub(lambda _: f"\n{made}\n", text), encoding="utf-8")


if __name__ == "__main__":
    main()
