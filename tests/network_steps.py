"""Networks against the machine over a million random steps and more, in the long form.

`python -m tests.network_steps [--steps N] [CONSTRUCTION ...]` makes N steps (10,000) in each of
many machines: every construction, both modes, words of 4 to 32 bits, 4 cells and more, powers of
two and others; from random states, self-modifying programs and compiled ones, with halts and
faults. It writes a line for each and the totals.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections import Counter

from mlpl.backend.mlp.build import CONSTRUCTIONS, build_network
from mlpl.backend.mlp.verification.verify import Plan, verify_network
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.backend.subleq.state import MODES, State
from mlpl.base.source import Source
from mlpl.driver import Compilation
from mlpl.options import Options

SIZES = (
    (4, 4),
    (4, 5),
    (4, 11),
    (4, 15),
    (4, 16),
    (5, 7),
    (5, 32),
    (6, 33),
    (7, 128),
    (8, 100),
    (8, 256),
    (9, 65),
    (10, 21),
    (11, 130),
    (13, 50),
    (16, 4),
    (16, 60),
    (16, 257),
    (19, 40),
    (24, 37),
    (31, 12),
    (32, 4),
    (32, 65),
)
"""(word bits, cells)."""

PROGRAMS = {
    "sort": """fn main() -> int {
        var a: int[8];
        for i in 0..8 { a[i] = (i * 5 + 3) & 7; }
        for i in 0..8 { for j in 0..7 { if a[j] > a[j + 1] {
            let x = a[j];
            a[j] = a[j + 1];
            a[j + 1] = x;
        } } }
        return a[3] - a[2];
    }""",
    "recursion": """fn fib(n: int) -> int {
        if n < 2 { return n; }
        return fib(n - 1) + fib(n - 2);
    }
    fn main() -> int { return fib(9); }""",
}


@functools.cache
def starts_of(text: str, word_bits: int, memory: int, count: int) -> tuple[State, ...]:
    """States that a compiled program goes through, evenly over its run."""
    options = Options(word_bits=word_bits, memory=memory)
    image = Compilation(Source("<text>", text), options).image
    machine = ReferenceMachine(word_bits, memory)
    machine.restore(image.start())
    machine.feed([], end=True)
    machine.run(1 << 20)
    every = max(1, machine.steps // count)
    machine.restore(image.start())
    machine.feed([], end=True)
    states: list[State] = []
    while len(states) < count:
        states.append(machine.state())
        machine.run(every)
        machine.drain()
    return tuple(states)


def check(
    construction: str, mode: str, w: int, n: int, steps: int, starts: tuple[State, ...] = ()
) -> Counter[str]:
    """Verifies one machine; returns what was counted."""
    network = build_network(w, n, mode, construction)
    report = verify_network(network, Plan(steps, seed=w * 1000 + n, starts=starts))
    assert report.ok, report.mismatch
    counts = next(check.counts for check in report.checks if check.name == "steps")
    sys.stdout.write(f"{construction:<8} {mode:<10} w={w:<2} n={n:<4} {_told(counts)}\n")
    sys.stdout.flush()
    return Counter(counts)


def _told(counts: dict[str, int] | Counter[str]) -> str:
    return " ".join(f"{name}={number:,}" for name, number in counts.items())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("constructions", nargs="*", default=list(CONSTRUCTIONS))
    arguments = parser.parse_args()
    total: Counter[str] = Counter()
    for construction in arguments.constructions:
        for mode in MODES:
            for w, n in SIZES:
                total += check(construction, mode, w, n, arguments.steps)
        for text in PROGRAMS.values():
            for w, n in ((12, 700), (16, 600), (32, 640)):
                starts = starts_of(text, w, n, 50)
                total += check(construction, MODES[0], w, n, arguments.steps, starts)
    sys.stdout.write(f"total: {_told(total)}\n")


if __name__ == "__main__":
    main()
