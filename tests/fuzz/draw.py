"""The case of a seed: a generated program, words of some width, levels, passes in some order."""

from __future__ import annotations

import random

from mlpl.ir.pipeline import LEVELS, PASSES
from tests.fuzz.case import Case
from tests.generator import Limits, random_program

NARROW = (4, 5, 6, 7, 8, 9, 10, 11)
COMPILED = (12, 12, 13, 14, 15, 16, 16, 16, 18, 20, 24, 28, 31, 32)
SIZES = (4, 6, 8, 12, 15, 20, 30, 60)
MOST_PASSES = 6


def draw(seed: int, network_share: float = 0.0) -> Case:
    """Returns the case of a seed; it depends on nothing else."""
    rng = random.Random(f"case {seed}")
    w = rng.choice(NARROW) if rng.random() < 0.2 else rng.choice(COMPILED)
    checked = rng.random() < 0.85
    limits = Limits(
        word_bits=w,
        statements=rng.choice(SIZES[:5] if w < 14 else SIZES),
        risk=rng.choice((0, 1, 3, 8, 20)) if checked else 0,
        inputs=w >= 8,
        imports=w >= 8,
        files=w >= 8,
    )
    program = random_program(seed, limits)
    levels = rng.sample(list(LEVELS), 2 if rng.random() < 0.3 else 1)
    passes = [name for name in PASSES for _ in range(2)]
    rng.shuffle(passes)
    orders = rng.randint(0, MOST_PASSES) if rng.random() < 0.5 else 0
    return Case(
        program.source,
        program.modules,
        program.arguments,
        program.input,
        w,
        checked,
        tuple(levels),
        tuple(passes[:orders]),
        w >= 12 and rng.random() < network_share,
    )
