"""Builds the network of a machine of any size, or of one program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from mlpl.backend.mlp.algebra.folding import VARIES, fold
from mlpl.backend.mlp.algebra.layering import layered
from mlpl.backend.mlp.algebra.restoring import restored
from mlpl.backend.mlp.algebra.wires import block_of, wires_of_block
from mlpl.backend.mlp.analysis.cost import available_bytes, estimate
from mlpl.backend.mlp.analysis.invariants import INVARIANTS
from mlpl.backend.mlp.constructions.lean import lean
from mlpl.backend.mlp.constructions.machine import MachineWires, Semantics, machine_inputs
from mlpl.backend.mlp.constructions.paper import paper
from mlpl.backend.mlp.constructions.shallow import shallow
from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.layout import Constants, StateLayout
from mlpl.backend.mlp.network import Network, Parameters, as_built
from mlpl.backend.subleq.state import ACCUMULATE, STANDARD, check_machine

PLACES: Mapping[str, Mapping[str, str]] = {
    "lean": {
        "fetch": "fetch_{}.bit",
        "read": "read_{}.gate",
        "result": "subtract.bit",
        "state": "memory.next",
    },
    "paper": {
        "fetch": "fetch_{}.bit",
        "read": "read_{}.bit",
        "result": "subtract.bit",
        "next": "next.pc_plus_3",
        "state": "memory.next",
    },
    "shallow": {"fetch": "fetch_{}.bit", "state": "memory.next"},
}
"""Where restoring layers can stand, by construction, in the order of a pass: the name of the place,
and a block whose layer holds bits alone."""

Construction = Callable[[MachineWires, Semantics], MachineWires]
"""(state before a step, what the step does) -> state after it."""

CONSTRUCTIONS: Mapping[str, Construction] = {"lean": lean, "paper": paper, "shallow": shallow}


def build_network(
    word_bits: int,
    memory: int,
    mode: str = STANDARD,
    construction: str = "lean",
    constants: Constants = (),
    clean: Sequence[str] = (),
) -> Network:
    """Returns the network that makes one step of the machine (M2) a pass.

    Args:
        word_bits: w.
        memory: n.
        mode: "standard" or "accumulate".
        construction: one of `CONSTRUCTIONS`.
        constants: cells that hold a word for ever, ascending: they are folded into the weights and
            are no part of the state, and to write one is a fault.
        clean: the `PLACES` that get restoring layers, in any order.

    Raises:
        ValueError: there is no such machine, constant, construction or place, or the network would
            not fit the memory of this computer.
    """
    places = ordered_places(construction, clean)
    check_fits(word_bits, memory, mode, construction, places)
    parameters = Parameters(word_bits, memory, mode, construction, constants, places)
    layout = parameters.layout
    before = machine_inputs(word_bits, memory)
    semantics = Semantics(mode == ACCUMULATE, layout.varies)
    after = CONSTRUCTIONS[construction](before, semantics)
    layers = (
        _baked(before, after, layout, construction)
        if constants
        else layered(before.parts(), after.parts())
    )
    if places:
        layers = restored(layers, (PLACES[construction][place] for place in places))
    return as_built(layers, parameters)


def build_from(parameters: Parameters) -> Network:
    """Returns the network that has these parameters; raises the ValueError of `build_network`."""
    p = parameters
    return build_network(p.word_bits, p.memory, p.mode, p.construction, p.constants, p.clean)


def _baked(
    before: MachineWires, after: MachineWires, layout: StateLayout, construction: str
) -> tuple[Layer, ...]:
    """Returns the layers with the constant cells folded into them."""
    bits = layout.rest[:, None] >> np.arange(layout.word_bits) & 1
    memory, written = block_of(before.memory), block_of(after.memory)
    varies = np.repeat(layout.varies, layout.word_bits)
    folded = fold(
        [block_of(wires) for wires in after.parts()],
        {memory: np.where(varies, VARIES, bits.reshape(-1))},
        {written: varies},
        {x.block: x.at_most for x in INVARIANTS[construction]},
    )
    outputs = [wires_of_block(block) for block in folded]
    return layered(before.parts(), outputs, {memory: varies, folded[0]: varies})


def ordered_places(construction: str, clean: Sequence[str]) -> tuple[str, ...]:
    """Returns places in the order of a pass, each once.

    Raises:
        ValueError: the construction has no such place.
    """
    known = PLACES.get(construction, {})
    for place in clean:
        if place not in known:
            raise ValueError(f"`{construction}` has the places {', '.join(known)}, not {place}")
    return tuple(place for place in known if place in clean)


def check_fits(
    word_bits: int,
    memory: int,
    mode: str = STANDARD,
    construction: str = "lean",
    clean: Sequence[str] = (),
) -> None:
    """Raises the ValueError of `build_network`, from the cost model, without building."""
    check_machine(word_bits, memory, mode)
    need = estimate(word_bits, memory, construction, mode, clean).working_bytes
    available = available_bytes()
    if available is not None and need > available:
        raise ValueError(
            f"a network of {memory:,} cells of {word_bits} bits needs about {need / 1e9:,.1f} GB "
            f"of memory, and {available / 1e9:,.1f} GB are available"
        )
