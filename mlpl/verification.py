"""Verification of networks for people: what cannot be done is said as they asked for it."""

from __future__ import annotations

from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.verification.report import Report
from mlpl.backend.mlp.verification.verify import Plan, Progress, verify_network
from mlpl.errors import UsageError
from mlpl.kernels import provide_cache

__all__ = ["Plan", "Progress", "verify"]


def verify(network: Network, plan: Plan, progress: Progress = lambda name, done: None) -> Report:
    """Returns what `verify_network` returns.

    Raises:
        UsageError: there are too many states to try all; or there is no proof, since z3 is
            missing or the network is baked.
    """
    provide_cache()
    try:
        return verify_network(network, plan, progress)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except ModuleNotFoundError as error:
        if error.name != "z3":
            raise
        remedy = "`pip install z3-solver` installs it"
        raise UsageError("the package `z3` is missing, which proves", remedy) from error
