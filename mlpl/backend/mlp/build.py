"""Builds the network of a machine of any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlpl.backend.mlp.algebra.layering import layered
from mlpl.backend.mlp.analysis.cost import available_bytes, estimate
from mlpl.backend.mlp.constructions.lean import lean
from mlpl.backend.mlp.constructions.machine import MachineWires, machine_inputs
from mlpl.backend.mlp.constructions.paper import paper
from mlpl.backend.mlp.constructions.shallow import shallow
from mlpl.backend.mlp.network import Network, Parameters, as_built
from mlpl.backend.subleq.state import ACCUMULATE, STANDARD, check_machine

Construction = Callable[[MachineWires, bool], MachineWires]
"""(state before a step, whether the mode is accumulate) -> state after it."""

CONSTRUCTIONS: Mapping[str, Construction] = {"lean": lean, "paper": paper, "shallow": shallow}


def build_network(
    word_bits: int, memory: int, mode: str = STANDARD, construction: str = "lean"
) -> Network:
    """Returns the network that makes one step of the machine (M2) a pass.

    Raises:
        ValueError: there is no such machine or construction, or the network would not fit the
            memory of this computer.
    """
    check_fits(word_bits, memory, mode, construction)
    before = machine_inputs(word_bits, memory)
    after = CONSTRUCTIONS[construction](before, mode == ACCUMULATE)
    layers = layered(before.parts(), after.parts())
    return as_built(layers, Parameters(word_bits, memory, mode, construction))


def check_fits(
    word_bits: int, memory: int, mode: str = STANDARD, construction: str = "lean"
) -> None:
    """Raises the ValueError of `build_network`, from the cost model, without building."""
    check_machine(word_bits, memory, mode)
    need = estimate(word_bits, memory, construction, mode).working_bytes
    available = available_bytes()
    if available is not None and need > available:
        raise ValueError(
            f"a network of {memory:,} cells of {word_bits} bits needs about {need / 1e9:,.1f} GB "
            f"of memory, and {available / 1e9:,.1f} GB are available"
        )
