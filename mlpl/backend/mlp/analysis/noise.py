"""How much noise on every activation a network bears.

Noise is normal with standard deviation sigma, independent for each neuron and each pass, and added
to the activation; the loop around the network reads an entry of the state as 1 where it is above
1/2. A run is free of error as long as every state that is read like this is the machine's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mlpl.backend.mlp.executors.checks import machine_layout
from mlpl.backend.mlp.executors.noisy import NoisyPass
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.state import State

Step = Callable[[State], State]
"""The machine: the state after one step, with `State.input` as the input word."""

_HALF = 0.5
_RATIO = 10 ** (1 / 4)
"""Between the values of sigma that are tried."""
_LEAST = 1e-16
"""The smallest sigma that float64 adds to 1."""


@dataclass(frozen=True, slots=True)
class NoisyRun:
    """A run with noise.

    Attributes:
        steps: made without an error.
        entry: the name of the first entry of the state that was wrong, or None.
        largest: the largest error of an entry of the state after any step without an error.
    """

    steps: int
    entry: str | None
    largest: float


def run_noisy(
    network: Network, starts: Sequence[State], step: Step, sigma: float, steps: int, seed: int = 0
) -> NoisyRun:
    """Runs a network with noise beside the machine and returns where they differ first.

    Args:
        network: of the machine.
        starts: where runs begin, none of them halted; when one is, or has made its share of the
            steps, the next begins, and after the last the first again.
        step: the machine.
        sigma: of the noise.
        steps: in all.
        seed: of the noise.
    """
    layout = machine_layout(network)
    noisy = NoisyPass(network, sigma, seed)
    share = -(-steps // len(starts))
    made, largest = 0, 0.0
    for start in itertools.cycle(starts):
        state, vector = start, layout.encode(start).astype(np.float64)
        for _ in range(min(share, steps - made)):
            if state.pc >> (layout.word_bits - 1):
                break
            state, vector = step(state), noisy.advance(vector)
            exact = layout.encode(state)
            wrong = np.flatnonzero((vector > _HALF) != (exact > 0))
            if len(wrong):
                return NoisyRun(made, network.name(0, int(wrong[0])), largest)
            largest = max(largest, float(np.abs(vector - exact).max()))
            made += 1
        if made >= steps:
            break
    return NoisyRun(made, None, largest)


def largest_sigma(
    network: Network, starts: Sequence[State], step: Step, steps: int, seeds: int = 2
) -> float:
    """Returns the largest sigma tried under which all runs are free of error.

    Sigmas are powers of 10^(1/4), from 1 down to 1e-16; each is tried with several seeds. Where all
    are too large, it is 0: errors grow from step to step, whatever they begin with.

    Args:
        network: of the machine.
        starts: as in `run_noisy`.
        step: the machine.
        steps: of each run.
        seeds: how many runs there are of each sigma.
    """
    sigma = 1.0
    while not all(
        run_noisy(network, starts, step, sigma, steps, seed).entry is None for seed in range(seeds)
    ):
        sigma /= _RATIO
        if sigma < _LEAST:
            return 0.0
    return sigma
