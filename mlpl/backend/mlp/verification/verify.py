"""Verification of a network: weights, certificate, random steps, and every state of small ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mlpl.backend.mlp.analysis.certificate import certify
from mlpl.backend.mlp.build import build_from
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.comparison import Comparison
from mlpl.backend.mlp.verification.exhaustive import check_entries, check_exhaustively
from mlpl.backend.mlp.verification.magnitudes import check_certificate
from mlpl.backend.mlp.verification.report import Report
from mlpl.backend.mlp.verification.steps import check_steps
from mlpl.backend.mlp.verification.weights import check_weights
from mlpl.backend.subleq.state import State

DEFAULT_STEPS = 10_000

Progress = Callable[[str, int], object]
"""Is told the name of a check and how many steps, states or lemmas of it are done."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be checked besides weights and certificate.

    Attributes:
        steps: random steps at least.
        seed: of their random numbers.
        exhaustive: whether every state is tried.
        starts: states that random runs begin in as well.
    """

    steps: int = DEFAULT_STEPS
    seed: int = 0
    exhaustive: bool = False
    starts: tuple[State, ...] = ()


def verify_network(
    network: Network, plan: Plan, progress: Progress = lambda name, done: None
) -> Report:
    """Returns what is right and wrong with the network of a machine.

    The weights are compared first, so that the first difference names the neuron whose weights
    are others; the other checks are made all the same.

    Raises:
        ValueError: the network is none of a machine, or has too many states to try all.
    """
    parameters = network.parameters
    if parameters is None:
        raise ValueError("the network is no machine: there is nothing to compare it with")
    if plan.exhaustive:
        check_entries(network)
    progress("weights", 0)
    rebuilt = build_from(parameters)
    weights = check_weights(network, rebuilt)
    same = weights.mismatch is None
    comparison = Comparison(network, parameters, None if same else rebuilt)
    checks = [weights]
    found = check_steps(
        comparison, plan.steps, plan.seed, plan.starts, lambda done: progress("steps", done)
    )
    progress("certificate", 0)
    derived = certify(network, trusted=same)
    checks += [check_certificate(network, derived, comparison.passes.extremes), found]
    if plan.exhaustive:
        told = lambda done: progress("exhaustive", done)  # noqa: E731
        checks.append(check_exhaustively(comparison, network, told))
    return Report(parameters, tuple(checks))
