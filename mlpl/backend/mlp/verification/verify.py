"""Verification of a network: weights, certificate, random steps, and every state of small ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mlpl.backend.mlp.analysis.certificate import certify
from mlpl.backend.mlp.build import build_from
from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.comparison import Comparison
from mlpl.backend.mlp.verification.exhaustive import check_entries, check_exhaustively
from mlpl.backend.mlp.verification.magnitudes import check_certificate
from mlpl.backend.mlp.verification.report import Check, Mismatch, Report
from mlpl.backend.mlp.verification.steps import Told, check_steps
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
        prove: whether it is proved that every step is right.
        starts: states that random runs begin in as well.
    """

    steps: int = DEFAULT_STEPS
    seed: int = 0
    exhaustive: bool = False
    prove: bool = False
    starts: tuple[State, ...] = ()


def verify_network(
    network: Network, plan: Plan, progress: Progress = lambda name, done: None
) -> Report:
    """Returns what is right and wrong with the network of a machine.

    The weights are compared first, so that the first difference names the neuron whose weights
    are others; the other checks are made all the same.

    Raises:
        ValueError: the network is none of a machine, has too many states to try all, or is that of
            a program, of which there is no proof.
        ImportError: there is no z3 for proofs.
    """
    parameters = network.parameters
    if parameters is None:
        raise ValueError("the network is no machine: there is nothing to compare it with")
    if plan.exhaustive:
        check_entries(network)
    if plan.prove:
        _check_provable(network)
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
    if plan.prove:
        checks.append(_proof(network, rebuilt, lambda done: progress("proof", done)))
    return Report(parameters, tuple(checks))


def _check_provable(network: Network) -> None:
    """Raises ValueError for the network of a program, ImportError where there is no z3."""
    import z3  # noqa: F401 - so that it is missed before anything takes time

    if network.parameters is not None and network.parameters.constants:
        raise ValueError("proofs are of whole machines: constants are folded into this network")


def _proof(network: Network, rebuilt: Network, told: Told) -> Check:
    """Returns whether the step is right, with the names that the construction gives to neurons."""
    from mlpl.backend.mlp.verification.proof.prove import check_proof

    sizes, wanted = ([layer.size for layer in x.layers] for x in (network, rebuilt))
    if sizes != wanted:
        other = Mismatch("", 0, "the layers have other sizes than those of the construction")
        return Check("proof", "not tried", {}, other)
    pairs = zip(network.layers, rebuilt.layers, strict=True)
    layers = tuple(replace(have, groups=want.groups) for have, want in pairs)
    assert rebuilt.parameters is not None
    return check_proof(replace(network, layers=layers), rebuilt.parameters, told)
