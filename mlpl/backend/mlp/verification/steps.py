"""Long random runs: network and machine side by side, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mlpl.backend.mlp.verification.comparison import Comparison
from mlpl.backend.mlp.verification.random_states import random_states, random_words
from mlpl.backend.mlp.verification.report import Check
from mlpl.backend.mlp.verification.vectors import encode_all
from mlpl.backend.subleq.batch import States
from mlpl.backend.subleq.state import State

Told = Callable[[int], object]
"""Is told now and then how many steps, or states, are done."""


def check_steps(
    comparison: Comparison, steps: int, seed: int, starts: tuple[State, ...], told: Told
) -> Check:
    """Returns whether the network makes the machine's states over random runs.

    A batch of machines runs side by side, from random states and from `starts`, with random
    input words. A machine that has halted makes a further step or two, which must change nothing
    but flags, and begins anew.

    Args:
        comparison: of network and machine.
        steps: how many to make at least, those of halted machines not counted.
        seed: of the random numbers.
        starts: states to begin runs in as well.
        told: of progress.
    """
    rng = np.random.default_rng(seed)
    lanes = comparison.passes.lanes
    states = _begun(rng, comparison, lanes, starts)
    counts: Counter[str] = Counter(steps=0)
    while counts["steps"] < steps:
        vectors = encode_all(comparison.layout, states)
        after = comparison.step(states)
        mismatch = comparison.differs(vectors, after)
        if mismatch is not None:
            done = f"differs after {counts['steps']:,} random steps"
            return Check("steps", done, dict(counts), mismatch)
        counts.update(_counted(comparison, states, after))
        told(counts["steps"])
        states = _continued(rng, comparison, after, starts)
    summary = (
        f"{counts['steps']:,} random steps are those of the machine "
        f"({counts['halts']:,} halts, {counts['faults']:,} faults, {counts['taken']:,} inputs, "
        f"{counts['valid']:,} outputs)"
    )
    return Check("steps", summary, dict(counts))


def _begun(
    rng: np.random.Generator, comparison: Comparison, count: int, starts: tuple[State, ...]
) -> States:
    """Returns states to begin in: random ones, and a quarter of them from `starts`."""
    parameters = comparison.parameters
    states = random_states(rng, parameters.word_bits, parameters.memory, count)
    fixed = ~comparison.layout.varies
    states.memory[:, fixed] = comparison.layout.rest[fixed]
    if not starts:
        return states
    for lane in np.flatnonzero(rng.random(count) < 0.25):
        start = starts[int(rng.integers(len(starts)))]
        states.memory[lane], states.pc[lane] = start.memory, start.pc
    return states


def _continued(
    rng: np.random.Generator, comparison: Comparison, after: States, starts: tuple[State, ...]
) -> States:
    """Returns the states to go on from: other input words, and new states for the halted."""
    count, bits = len(after), comparison.parameters.word_bits
    again = (after.pc >= 1 << bits - 1) & (rng.random(count) < 0.6)
    states = replace(after, input=random_words(rng, bits, (count,)))
    if again.any():
        states.put(again, _begun(rng, comparison, int(again.sum()), starts))
    return states


def _counted(comparison: Comparison, before: States, after: States) -> dict[str, int]:
    half = 1 << comparison.parameters.word_bits - 1
    ran = before.pc < half
    return {
        "steps": int(ran.sum()),
        "halted": int((~ran).sum()),
        "halts": int((ran & (after.pc > half)).sum()),
        "faults": int((ran & (after.pc == half)).sum()),
        "taken": int(after.taken.sum()),
        "valid": int(after.valid.sum()),
    }
