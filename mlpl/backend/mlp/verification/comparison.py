"""One pass of a network against one step of the machine, for many states."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.batch import BatchPass
from mlpl.backend.mlp.forward import activations
from mlpl.backend.mlp.layout import StateLayout
from mlpl.backend.mlp.network import Network, Parameters
from mlpl.backend.mlp.verification.report import Mismatch
from mlpl.backend.mlp.verification.vectors import decode_all, encode_all
from mlpl.backend.subleq.batch import States, step_all
from mlpl.backend.subleq.state import State


class Comparison:
    """Compares passes with steps.

    Attributes:
        layout: of the state.
        parameters: of the machine.
        passes: of the network.
    """

    def __init__(self, network: Network, parameters: Parameters, rebuilt: Network | None) -> None:
        layout = network.layout
        assert layout is not None
        self.layout: StateLayout = layout
        self.parameters = parameters
        self.passes = BatchPass(network)
        self._network = network
        self._rebuilt = rebuilt

    def step(self, states: States) -> States:
        """Returns the states after a step of the machine."""
        return step_all(states, self.parameters.word_bits, self.parameters.mode, self.layout.varies)

    def differs(self, vectors: NDArray[np.integer], after: States) -> Mismatch | None:
        """Returns the first difference between a pass and a step, or None.

        Args:
            vectors: the states before, one a column.
            after: the states that the machine makes of them.
        """
        got = self.passes.advance(vectors)
        want = encode_all(self.layout, after)
        wrong = got != want
        if not wrong.any():
            return None
        column = int(np.argmax(wrong.any(0)))
        entry = int(np.argmax(wrong[:, column]))
        layer, neuron = self._culprit(vectors[:, column], entry)
        name = self._name(layer, neuron)
        place = self._network.name(self._network.depth, entry)
        message = (
            f"{place} is {got[entry, column]} after a step that makes it {want[entry, column]}"
        )
        if name != place:
            message += f"; {name} in layer {layer} is the first neuron with another activation"
        before = decode_all(self.layout, vectors[:, column : column + 1])[0]
        return Mismatch(name, layer, message, describe(before))

    def _culprit(self, vector: NDArray[np.integer], entry: int) -> tuple[int, int]:
        """Returns layer and index of the first neuron that differs from the rebuilt network's."""
        last = self._network.depth, entry
        if self._rebuilt is None or self._rebuilt.depth != self._network.depth:
            return last
        one = other = vector.astype(np.int64)
        pairs = zip(self._network.layers, self._rebuilt.layers, strict=True)
        for number, (have, want) in enumerate(pairs, 1):
            if have.size != want.size:
                break
            one, other = activations(have, one), activations(want, other)
            differing = np.flatnonzero(one != other)
            if len(differing):
                return number, int(differing[0])
        return last

    def _name(self, layer: int, neuron: int) -> str:
        named = self._rebuilt if self._rebuilt is not None else self._network
        return named.name(layer, neuron)


def describe(state: State) -> str:
    """Returns a state for people: the registers, and the memory as far as it is short."""
    shown = " ".join(str(word) for word in state.memory[:64].tolist())
    more = " ..." if len(state.memory) > 64 else ""
    flags = f"taken={int(state.taken)} output={state.output} valid={int(state.valid)}"
    return f"pc={state.pc} input={state.input} {flags} memory={shown}{more}"
