"""What can be asked of the neurons of a program, and seen of them in a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from mlpl.backend.subleq.drive import Reader
from mlpl.backend.subleq.engine import Engine
from mlpl.backend.subleq.image import Image
from mlpl.base.source import Source
from mlpl.engines import MACHINE
from mlpl.errors import UsageError
from mlpl.extras import optional

if TYPE_CHECKING:
    import torch

    from mlpl.backend.mlp.network import Network
    from mlpl.backend.mlp.provenance.naming import NeuronId
    from mlpl.capture import Capture
    from mlpl.provenance import Origin, Provenance
    from mlpl.session import Session
    from mlpl.torch_network import ProgramNetwork


class Inspectable(ABC):
    """A program whose neurons are known, one by one."""

    @property
    @abstractmethod
    def image(self) -> Image:
        """Its words and facts."""

    @property
    @abstractmethod
    def sources(self) -> Mapping[str, Source]:
        """The texts it was made from, by path; the main one first."""

    @cached_property
    @abstractmethod
    def network(self) -> Network:
        """The looped network that executes the image."""

    @abstractmethod
    def words(self, values: Sequence[object]) -> Sequence[Sequence[int]]:
        """Returns the words of each argument of the entry."""

    @abstractmethod
    def session(
        self,
        words: Sequence[Sequence[int]] = (),
        engine: str = MACHINE,
        observe: Callable[[Engine], Engine] = lambda engine: engine,
    ) -> Session:
        """Returns a run that has not begun."""

    @cached_property
    def _provenance(self) -> Provenance:
        from mlpl.provenance import Provenance

        return Provenance(self.image, self.network, next(iter(self.sources)))

    def explain(self, layer: int, index: int) -> Origin:
        """Returns what a neuron is for: its role, the instructions, lines and variables.

        Args:
            layer: 1 to L; 0 for entries of the state.
            index: in the layer.

        Raises:
            IndexError: there is no such neuron.
        """
        return self._provenance.explain(layer, index)

    def neurons_of(
        self,
        *,
        line: int | None = None,
        variable: str | None = None,
        cell: int | None = None,
        instruction: int | None = None,
        file: str | None = None,
    ) -> list[NeuronId]:
        """Returns the neurons that belong to something of the program, entries of the state too.

        `explain` is the other direction: it has these instructions, lines or variables.

        Args:
            line: a line of the source; `file` says of which, the main one if it is None.
            variable: a variable, `main.i` or a global's name, or `i` of every function; an element
                of an array, as in `main.xs[2]`.
            cell: a cell of the memory.
            instruction: the address of an instruction.
            file: the path of the source that `line` is of, or its last parts.

        Raises:
            UsageError: not one of the four is given, or the program has no such thing.
        """
        return self._provenance.neurons_of(
            line=line, variable=variable, cell=cell, instruction=instruction, file=file
        )

    def trace(
        self,
        *arguments: object,
        input: bytes | Reader = b"",
        steps: int = 1_000,
        start: int = 0,
        layers: int | Sequence[int] = (),
        neurons: str | Sequence[str | tuple[int, int]] = (),
        variables: str | Sequence[str] = (),
    ) -> Capture:
        """Returns activations and variables of a run, step by step, as arrays with labels.

        Args:
            arguments: the parameters of the entry, as in `run`.
            input: what the program reads, as in `run`.
            steps: how many steps are recorded at most; a run that ends sooner has fewer.
            start: how many steps are made before.
            layers: layers of which all activations are recorded; 0 is the state.
            neurons: single neurons, by name or as (layer, index).
            variables: variables by name, as in `main.i`, or `main.xs[2]` for an element; their
                words after each step.

        Raises:
            UsageError: there is no such layer, neuron or variable, the arrays would be too large,
                or the arguments are not what the entry takes.
            CompileError: the network would not fit the memory of this computer.
        """
        from mlpl.capturing import Collector, Wanted
        from mlpl.recorder import record_states

        wanted = Wanted.of(self.image, self.network, layers, neurons, variables)
        collector = Collector(self.network, wanted, self.image.word_bits)
        record_states(self, self.words(arguments), input, (start, steps), collector.take)
        return collector.capture(start + 1)

    def to_torch(
        self,
        dtype: str | torch.dtype = "float32",
        *,
        dense: bool = False,
        trainable: bool = False,
        exact: bool = True,
    ) -> ProgramNetwork:
        """Returns the network as a `torch.nn.Module`, batch first.

        Args:
            dtype: "float64", "float32", "float16" or "bfloat16", or PyTorch's own name of it.
            dense: whether weights are full matrices instead of sparse ones.
            trainable: whether weights and biases are parameters that take gradients.
            exact: whether a type is refused in which results would not be exact.

        Raises:
            UsageError: PyTorch is not installed, there is no such type, the network's certificate
                does not cover it, or full matrices would take more than 1 GB.
            CompileError: the network would not fit the memory of this computer.
        """
        with optional("torch"):
            from mlpl.backend.mlp.formats.torch_module import dtype_named
            from mlpl.torch_network import ProgramNetwork
        try:
            found = dtype_named(str(dtype))
            return ProgramNetwork(self, found, dense=dense, trainable=trainable, exact=exact)
        except ValueError as error:
            raise UsageError(str(error)) from error
