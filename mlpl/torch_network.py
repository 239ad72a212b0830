"""A program's network as a module of PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mlpl.backend.mlp.executors.pool import Finished, MachinePool, Row
from mlpl.backend.mlp.formats.torch_module import LoopedNetwork
from mlpl.batch import read_rows
from mlpl.result import Result
from mlpl.run_input import check_count, check_steps
from mlpl.session import MachineRun, machine_result, start_state

if TYPE_CHECKING:
    from mlpl.inspectable import Inspectable
    from mlpl.program import Words

_CPU_BATCH, _BATCH = 16, 65_536
"""How many machines run side by side: what a processor's caches hold, and what others do."""

_MOST_BYTES = 1 << 32
"""Of the widest layer's activations, on devices other than the CPU."""


class ProgramNetwork(LoopedNetwork):
    """The network of a program: a pass, as `LoopedNetwork` has it, and the loop around it."""

    def __init__(
        self,
        program: Inspectable,
        dtype: torch.dtype = torch.float32,
        *,
        dense: bool = False,
        trainable: bool = False,
        exact: bool = True,
    ) -> None:
        """Makes the module; arguments and errors are those of `LoopedNetwork`."""
        super().__init__(program.network, dtype, dense=dense, trainable=trainable, exact=exact)
        self.program = program

    def start(self, *arguments: object) -> Tensor:
        """Returns the state in which a run with these arguments begins, shape (size,).

        Raises:
            UsageError: they are not what the entry takes.
        """
        return self.encode(start_state(self.program.image, self.program.words(arguments)))

    def result(self, state: Tensor) -> Result:
        """Returns what a run has done by a state, shape (size,), as far as the state tells.

        Value, arrays and halt code are in it. What was written and how many steps it took are not:
        `output` is empty, `steps` is 0.
        """
        run = MachineRun(self.decode(state), (), 0, 0)
        return machine_result(self.program.image, run, b"")

    def run(
        self,
        inputs: Iterable[object],
        max_steps: int | None = None,
        *,
        batch: int | None = None,
        progress: Callable[[int], object] = lambda done: None,
    ) -> list[Result]:
        """Runs the program on many inputs, a whole batch at a time, each to its halt.

        Args:
            inputs: of each run: its arguments as a tuple or a list, its input as bytes, or both
                as `{"arguments": [...], "input": b"..."}`.
            max_steps: steps after which a run is stopped; None for no limit.
            batch: how many machines run side by side; None for what suits the device.
            progress: is told how many runs have ended, whenever one has.

        Returns:
            What each run has done, in the order of the inputs.

        Raises:
            UsageError: an input is not what the program takes; of a sequence, before any run.
        """
        check_steps(max_steps)
        check_count(batch, 1, "a batch has at least 1 row", "what suits the device")
        given = read_rows(self.program, inputs)
        if isinstance(inputs, Sequence):
            given = iter(list(given))  # whoever waits for results hears of mistakes before
        rows = ((one.words, one.input) for one in given)
        done: dict[int, Result] = {}
        for index, result in self.finished(rows, max_steps, batch=batch):
            done[index] = result
            progress(len(done))
        return [done[index] for index in range(len(done))]

    def finished(
        self,
        rows: Iterable[tuple[Words, bytes]],
        max_steps: int | None = None,
        *,
        batch: int | None = None,
    ) -> Iterator[tuple[int, Result]]:
        """Yields what each run has done when it ends, with its number from 0.

        Args:
            rows: of each run, the words of its arguments and its input.
            max_steps: steps after which a run is stopped; None for no limit.
            batch: how many machines run side by side; None for what suits the device.
        """
        pool = MachinePool(self, batch or self.suitable_batch())
        for finished in pool.run((self._row(*row) for row in rows), max_steps):
            yield finished.index, self._result(finished)

    def _row(self, words: Words, input: bytes) -> Row:
        data = np.frombuffer(input, dtype=np.uint8).astype(np.int64)
        return Row(start_state(self.program.image, words), data)

    def _result(self, finished: Finished) -> Result:
        steps = finished.steps
        passes = steps // self.network.steps_per_pass
        run = MachineRun(finished.state, finished.changes, steps, passes)
        output = bytes(word & 255 for word in finished.output)
        return machine_result(self.program.image, run, output)

    def suitable_batch(self) -> int:
        """Returns how many machines run side by side best on the module's device."""
        if self.device.type == "cpu":
            return _CPU_BATCH
        widest = max(layer.size for layer in self.network.layers)
        return max(1, min(_BATCH, _MOST_BYTES // (widest * self.dtype.itemsize)))
