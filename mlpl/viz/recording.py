"""What a run looks like: how often each instruction was executed, and samples of the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.executors.wiring import Ints, neuron_nodes
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.drive import once
from mlpl.backend.subleq.engine import Engine, Stop
from mlpl.backend.subleq.state import State
from mlpl.observed import Observed
from mlpl.result import Result
from mlpl.run_input import check_steps

if TYPE_CHECKING:
    from mlpl.program import Program, Words

_COLUMNS = 256
"""Samples of a long run at least; there are at most twice as many."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A run of a program in its network.

    Attributes:
        program: what ran.
        words: of each argument of the entry.
        input: the bytes that it could read.
        result: what it has done.
        counts: how many steps began at each address of the memory.
        steps: the numbers of the steps that were looked at, evenly spaced and the first one
            among them, shape (T,): all of a run of up to 512 steps.
        addresses: of the instructions that they executed, shape (T,).
        memory: signed words after each of them, int32, shape (T, cells).
        changed: how many neurons of each layer, the state being layer 0, had another activation
            in the pass that made the step than in the pass before it, shape (T, layers + 1); none
            in the first pass.
    """

    program: Program
    words: Words
    input: bytes
    result: Result
    counts: Mapping[int, int]
    steps: NDArray[np.int64]
    addresses: NDArray[np.int64]
    memory: NDArray[np.int32]
    changed: NDArray[np.int64]


def record(
    program: Program, *arguments: object, input: bytes = b"", max_steps: int | None = None
) -> Recording:
    """Runs a program in its network, event-driven, and returns what the run looked like.

    Args:
        program: compiled, or an image.
        arguments: the parameters of the entry, as in `Program.run`.
        input: what the program reads.
        max_steps: steps after which the run is stopped.

    Raises:
        UsageError: the arguments are not what the entry takes.
        CompileError: the network would not fit the memory of this computer.
    """
    check_steps(max_steps)
    words, samplers, output = program.words(arguments), list[Sampler](), bytearray()

    def observe(engine: Engine) -> Engine:
        samplers.append(Sampler(engine))
        return samplers[0]

    session = program.session(words, "network", observe)
    session.run(once(input), output.extend, max_steps)
    return samplers[0].recording(program, words, input, session.result(bytes(output)))


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """One step: its number, the address of its instruction, the memory after it, nodes it changed.

    `memory` has signed words, shape (cells,).
    """

    step: int
    address: int
    memory: NDArray[np.int32]
    nodes: NDArray[np.int64]


@dataclass(slots=True)
class _Rate:
    """Of the steps, the first and every `stride`-th after it are samples."""

    stride: int = 1
    samples: list[_Sample] = field(default_factory=list)

    def due(self, step: int) -> bool:
        return (step - 1) % self.stride == 0

    def add(self, sample: _Sample) -> None:
        self.samples.append(sample)
        if len(self.samples) > 2 * _COLUMNS:
            self.stride *= 2
            self.samples = [sample for sample in self.samples if self.due(sample.step)]


class Sampler(Observed):
    """Makes steps singly, counts them by address, and takes samples (an `Engine`)."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        assert isinstance(engine, EventExecutor), "the engine `network` is one"
        self.executor = engine
        self.counts: Counter[int] = Counter()
        self._rate = _Rate()

    def recording(self, program: Program, words: Words, input: bytes, result: Result) -> Recording:
        """Returns what was seen by now; the other arguments are what is known of the run."""
        samples = self._rate.samples
        memory = np.empty((len(samples), program.image.memory), dtype=np.int32)
        for row, sample in enumerate(samples):
            memory[row] = sample.memory
        return Recording(
            program,
            words,
            input,
            result,
            dict(self.counts),
            np.array([sample.step for sample in samples], dtype=np.int64),
            np.array([sample.address for sample in samples], dtype=np.int64),
            memory,
            _by_layer(self.executor.network, [sample.nodes for sample in samples]),
        )

    def restore(self, state: State) -> None:
        """Makes `state` the current one."""
        super().restore(state)
        self.counts.clear()
        self._rate = _Rate()

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps and says why it stopped."""
        for _ in range(limit):
            step, address = self.engine.steps + 1, self.engine.pc
            due = self._rate.due(step)
            before = self.executor.activations() if due else None
            stop = self.engine.run(1)
            if self.engine.steps < step:
                return stop
            self.counts[address] += 1
            if before is not None:
                changed = np.flatnonzero(before != self.executor.activations())
                self._rate.add(_Sample(step, address, self._memory(), changed))
            if stop is not Stop.LIMIT:
                return stop
        return self.engine.run(0)

    def _memory(self) -> NDArray[np.int32]:
        layout = self.executor.network.layout
        assert layout is not None
        return signed(self.engine.state().memory, layout.word_bits)


def signed(words: NDArray[np.int64], word_bits: int) -> NDArray[np.int32]:
    """Returns unsigned words as signed ones."""
    half = 1 << (word_bits - 1)
    return ((words + half) % (2 * half) - half).astype(np.int32)


def _by_layer(network: Network, samples: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Returns how many neurons of each layer are among the nodes of each sample."""
    nodes = neuron_nodes(network)
    found = np.zeros((len(samples), len(nodes)), dtype=np.int64)
    marked = np.zeros(1 + max(int(layer.max(initial=-1)) for layer in nodes), dtype=bool)
    for row, changed in enumerate(samples):
        marked[changed] = True
        found[row] = [_count(marked, layer) for layer in nodes]
        marked[changed] = False
    return found


def _count(marked: NDArray[np.bool_], nodes: Ints) -> int:
    return int(np.count_nonzero(marked[nodes]))
