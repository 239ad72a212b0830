"""A looped network: layers, what its state vector means, and how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind
from mlpl.backend.mlp.layer import Group, Layer
from mlpl.backend.mlp.layout import Constants, StateLayout

if TYPE_CHECKING:
    from mlpl.backend.mlp.analysis.certificate import Certificate
    from mlpl.backend.mlp.provenance.explain import Neuron
    from mlpl.backend.mlp.provenance.naming import NeuronId
    from mlpl.backend.mlp.verification.report import Report


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a machine's network was built from.

    Attributes:
        word_bits: w.
        memory: n.
        mode: "standard" or "accumulate" (M2.8).
        construction: which of N1.4.
        constants: the cells that are folded into the weights; the network is one program then.
        clean: the places that have restoring layers, in the order of a pass.
    """

    word_bits: int
    memory: int
    mode: str
    construction: str
    constants: Constants = ()
    clean: tuple[str, ...] = ()

    @property
    def layout(self) -> StateLayout:
        """What the entries of the state mean.

        Raises:
            ValueError: the constants are none of this machine.
        """
        return StateLayout(self.word_bits, self.memory, self.constants)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A feed-forward ReLU-MLP whose output is fed back as its input (N1.1).

    One pass is x' = f_L(... f_1(x)) with f_l(h) = ReLU(W_l h + b_l). Arithmetic is that of
    64-bit integers, which wraps, so every executor makes the same bits of any network.

    Attributes:
        layers: f_1 to f_L; the last has as many neurons as the state has entries.
        parameters: of the machine; None for a network that is none.
        steps_per_pass: how many steps of the machine one pass makes (N1.7).
        layout: what the entries of the state mean; None if the network is no machine.
        as_built: whether the layers are what the construction makes from the parameters, so that
            its invariants hold; lost when anything is replaced.
    """

    layers: tuple[Layer, ...]
    parameters: Parameters | None = None
    steps_per_pass: int = 1
    layout: StateLayout | None = field(init=False, repr=False)
    as_built: bool = field(default=False, init=False)
    _certificate: Certificate | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Checks the arrays.

        Raises:
            ValueError: they are no network.
        """
        if not self.layers:
            raise ValueError("a network has at least one layer")
        width = self.layers[-1].size
        for number, layer in enumerate(self.layers, 1):
            if layer.inputs != width:
                raise ValueError(f"layer {number} reads {layer.inputs} neurons of {width}")
            try:
                layer.check()
            except ValueError as error:
                raise ValueError(f"layer {number}: {error}") from error
            width = layer.size
        layout = None if self.parameters is None else self.parameters.layout
        if layout is not None and layout.size != self.size:
            raise ValueError(f"a state of {self.size} entries instead of {layout.size}")
        object.__setattr__(self, "layout", layout)

    def __repr__(self) -> str:
        """Returns what it is and its sizes; its weights would be pages."""
        machine, made = "", self.parameters
        if made is not None:
            machine = f" {made.construction} {made.memory:,} cells x {made.word_bits} bits:"
        sizes = f"{self.depth} layers, {self.neurons:,} neurons, {self.nonzeros:,} non-zeros"
        return f"<Network{machine} {sizes}>"

    def __deepcopy__(self, memo: object) -> Network:
        """Returns the network itself: nothing of it ever changes."""
        return self

    @property
    def certificate(self) -> Certificate:
        """The magnitudes that can occur: as they were stored, else derived when first asked for."""
        if self._certificate is None:
            from mlpl.backend.mlp.analysis.certificate import certify

            object.__setattr__(self, "_certificate", certify(self, trusted=self.as_built))
        assert self._certificate is not None
        return self._certificate

    def verify(
        self, steps: int = 10_000, *, seed: int = 0, exhaustive: bool = False, prove: bool = False
    ) -> Report:
        """Returns whether the network is the machine that its parameters say.

        Its weights are compared with those that are built from the parameters, its certificate
        with the one that is derived, and its passes with the machine's steps.

        Args:
            steps: random steps to compare at least.
            seed: of the random numbers.
            exhaustive: whether every state is tried, which only small machines allow.
            prove: whether z3 proves that every step is right, which takes minutes for machines
                of a thousand cells.

        Raises:
            ValueError: the network is no machine, has too many states to try all, or is that of a
                program, of which there is no proof.
            ImportError: there is no z3 for proofs.
        """
        from mlpl.backend.mlp.verification.verify import Plan, verify_network

        return verify_network(self, Plan(steps, seed, exhaustive, prove))

    def save(self, path: str | Path) -> None:
        """Writes the network to a safetensors file, as a whole or not at all.

        The same network makes the same bytes; `docs/files.md` says what they are.

        Raises:
            OSError: the file cannot be written.
        """
        from mlpl.backend.mlp.formats.files import save_network

        save_network(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Network:
        """Returns the network in a file that a network or a program was saved to.

        The weights stay in the file, which must not be altered as long as the network is in use;
        to replace the file is no harm.

        Raises:
            CompileError: the file is damaged, of a newer format, or no network file.
            OSError: it cannot be read.
        """
        from mlpl.backend.mlp.formats.files import load_network

        return load_network(path)

    @property
    def size(self) -> int:
        """The number of entries of the state."""
        return self.layers[-1].size

    @property
    def depth(self) -> int:
        """L, the number of layers."""
        return len(self.layers)

    @property
    def neurons(self) -> int:
        """The number of neurons in all layers."""
        return sum(layer.size for layer in self.layers)

    @property
    def nonzeros(self) -> int:
        """The number of weights in all layers."""
        return sum(layer.nonzeros for layer in self.layers)

    @property
    def nbytes(self) -> int:
        """The bytes of all layers."""
        return sum(layer.nbytes for layer in self.layers)

    def name(self, layer: int, index: int) -> str:
        """Returns the name of a neuron of layer 1 to L, or of an entry of the state for 0.

        Neurons of a network without names are called `layer 2[neuron 7]`.

        Raises:
            IndexError: there is no such neuron.
        """
        if not 0 <= layer <= self.depth:
            raise IndexError(f"no layer {layer} in a network of {self.depth}")
        size = self.size if layer == 0 else self.layers[layer - 1].size
        if not 0 <= index < size:
            place = f"layer {layer} of {size:,}" if layer else f"a state of {size:,} entries"
            raise IndexError(f"no neuron {index} in {place}")
        groups = self.state_groups() if layer == 0 else self.layers[layer - 1].groups
        for group in groups:
            if index < group.start + group.size:
                return group.label(index)
        return f"layer {layer}[neuron {index}]"

    def find(self, name: str) -> NeuronId:
        """Returns the layer and the index of the neuron with a name, 0 for entries of the state.

        Raises:
            ValueError: no neuron of this network is called so.
        """
        from mlpl.backend.mlp.provenance.naming import find

        return find(self, name)

    def explain(self, layer: int, index: int) -> Neuron:
        """Returns what a neuron of layer 1 to L is, or an entry of the state for layer 0.

        Raises:
            IndexError: there is no such neuron.
        """
        from mlpl.backend.mlp.provenance.explain import explain

        return explain(self, layer, index)

    def state_groups(self) -> Sequence[Group]:
        """The parts of the state as groups."""
        layout = self.layout
        if layout is None:
            return ()
        shape = (layout.memory, layout.word_bits)
        entries = None
        if layout.constants:
            entries = np.flatnonzero(np.repeat(layout.varies, layout.word_bits)).astype(np.int32)
        groups = [Group("memory", shape, ("cell", "bit"), Kind.STATE, 0, 0, entries)]
        for part in layout.parts[1:]:
            one = part.bits == 1
            size, axes = (() if one else (part.bits,)), (() if one else ("bit",))
            groups.append(Group(part.name, size, axes, Kind.STATE, 0, part.start))
        return groups


def as_built(layers: tuple[Layer, ...], parameters: Parameters) -> Network:
    """Returns the network of layers that a construction has made from the parameters."""
    network = Network(layers, parameters)
    object.__setattr__(network, "as_built", True)
    return network


def with_certificate(network: Network, certificate: Certificate) -> Network:
    """Returns the network with a certificate that was stored with it, and is not derived again.

    Raises:
        ValueError: it has another number of layers.
    """
    if len(certificate.layers) != network.depth:
        raise ValueError(
            f"a certificate of {len(certificate.layers)} layers for a network of {network.depth}"
        )
    found = copy(network)
    object.__setattr__(found, "as_built", False)
    object.__setattr__(found, "_certificate", certificate)
    return found


def csr_layer(weights: np.ndarray, bias: np.ndarray) -> Layer:
    """Returns a layer from a dense integer matrix of shape (m, k) and a bias of shape (m,).

    Raises:
        ValueError: a weight or a bias does not fit 32 bits.
    """
    limits = np.iinfo(np.int32)
    for array in (weights, bias):
        if array.size and not limits.min <= array.min() <= array.max() <= limits.max:
            raise ValueError("weights and biases have at most 32 bits")
    row, column = np.nonzero(weights)
    counts = np.bincount(row, minlength=len(weights))
    return Layer(
        np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        column.astype(np.int32),
        weights[row, column].astype(np.int32),
        np.asarray(bias).astype(np.int32),
        weights.shape[1],
    )
