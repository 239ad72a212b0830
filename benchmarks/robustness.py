"""What networks bear: noise on every activation, and flipped activations.

Run `python -m benchmarks.robustness`; it takes some minutes.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import mlpl
from mlpl.backend.mlp.analysis.faults import FaultInjector, Flip, Outcome
from mlpl.backend.mlp.analysis.noise import largest_sigma
from mlpl.backend.mlp.build import PLACES, build_network
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.reference import step
from mlpl.backend.subleq.state import STANDARD
from mlpl.session import start_state

MEMORY, STEPS, FLIPS = 96, 10_000, 2_000
"""Cells of 16 bits; steps with noise; flipped activations, each in a run of its own."""

JOB = Path(__file__).with_name("jobs") / "sum100.mlpl"
TERMS, FEW = 2_000, 20
"""What is summed up: 10,000 steps for noise, about a hundred for flips."""


def cleanings(construction: str) -> Iterator[tuple[str, ...]]:
    """Yields no places, the state alone, and all of them."""
    yield from ((), ("state",), tuple(PLACES[construction]))


def noise() -> Iterator[tuple[str, ...]]:
    """Yields the rows of the table about noise."""
    program = mlpl.compile_file(JOB, memory=MEMORY)
    start = start_state(program.image, program.words([TERMS]))
    yield "construction", "restoring layers", "layers", "neurons", "largest sigma"
    for construction in PLACES:
        for clean in cleanings(construction):
            network = build_network(16, MEMORY, STANDARD, construction, (), clean)
            sigma = largest_sigma(network, [start], lambda state: step(state, 16), STEPS, 1)
            yield (
                f"`{construction}`",
                ", ".join(clean) or "none",
                f"{network.depth}",
                f"{network.neurons:,}",
                f"{sigma:.1e}" if sigma else "below 1e-16",
            )


def flips(network: Network, steps: int) -> Iterator[Flip]:
    """Yields activations by chance, each neuron and step as likely as any other."""
    rng = np.random.default_rng(1)
    bounds = np.cumsum([layer.size for layer in network.layers])
    for neuron in rng.integers(bounds[-1], size=FLIPS).tolist():
        layer = int(np.searchsorted(bounds, neuron, side="right"))
        first = 0 if layer == 0 else int(bounds[layer - 1])
        yield Flip(int(rng.integers(steps)), layer + 1, neuron - first)


def faults() -> Iterator[tuple[str, ...]]:
    """Yields the rows of the table about flipped activations."""
    program = mlpl.compile_file(JOB, memory=MEMORY)
    start = start_state(program.image, program.words([FEW]))
    yield "construction", "restoring layers", *(outcome.value for outcome in Outcome)
    for construction in PLACES:
        for clean in cleanings(construction):
            network = build_network(16, MEMORY, STANDARD, construction, (), clean)
            injector = FaultInjector(network, start)
            found = Counter(x.outcome for x in injector.inject(flips(network, injector.steps)))
            shares = (f"{100 * found[outcome] / FLIPS:.1f} %" for outcome in Outcome)
            yield f"`{construction}`", ", ".join(clean) or "none", *shares


def main() -> None:
    """Prints both tables, or the one that is named."""
    tables = {"noise": noise, "faults": faults}
    for name in sys.argv[1:] or tables:
        for number, row in enumerate(tables[name]()):
            sys.stdout.write(f"| {' | '.join(row)} |\n")
            if number == 0:
                sys.stdout.write("|---|---|" + "--:|" * (len(row) - 2) + "\n")
            sys.stdout.flush()
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
