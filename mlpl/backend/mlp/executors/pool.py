"""Many machines in one batch of PyTorch, each run to its halt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mlpl.backend.mlp.executors.checks import machine_layout
from mlpl.backend.mlp.formats.torch_module import LoopedNetwork, one_thread
from mlpl.backend.subleq.engine import Change
from mlpl.backend.subleq.state import State, Words


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A machine that is to run.

    Attributes:
        state: where it starts.
        input: the words that it can read, taken modulo 2^w; after the last, input is -1 for ever.
    """

    state: State
    input: Sequence[int] | Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A machine that has run.

    Attributes:
        index: which of the rows it is, from 0.
        state: the last one.
        changes: what the last step altered.
        output: the words put out, unsigned, in order.
        steps: counted (M2.10).
        halted: whether it halted; False where it was stopped at the limit of steps.
    """

    index: int
    state: State
    changes: tuple[Change, ...]
    output: Sequence[int]
    steps: int
    halted: bool


@dataclass(slots=True)
class _Slot:
    """What of a machine is not in its state."""

    index: int
    row: Row
    taken: int = 0
    steps: int = 0
    output: list[int] = field(default_factory=list)

    def next_word(self) -> int:
        """Returns the next input word."""
        word = self.row.input[self.taken] if self.taken < len(self.row.input) else -1
        self.taken += 1
        return int(word)


class MachinePool:
    """Runs machines side by side, each in a row of one batch.

    Whoever halts makes room for the next machine, so that the batch stays full, and memory is
    bounded by the batch however many machines there are. A pass is for all of them; those whose
    step takes an input word are repeated with the word in place (N1.1).
    """

    def __init__(self, module: LoopedNetwork, batch: int) -> None:
        """Makes a pool.

        Args:
            module: of a machine, on any device.
            batch: how many machines run side by side.

        Raises:
            ValueError: the network is no machine, or the batch has less than 1 row.
        """
        if batch < 1:
            raise ValueError(f"a batch has at least 1 row, not {batch}")
        self._module = module
        self._layout = machine_layout(module.network)
        self._batch = batch
        parts = (self._layout.part(name).start for name in ("taken", "valid"))
        self._flags = torch.tensor([*parts, self._layout.halt], device=module.device)

    def run(self, rows: Iterable[Row], max_steps: int | None = None) -> Iterator[Finished]:
        """Yields every row when it has halted or made `max_steps` steps, in order of finishing.

        Rows are drawn when there is room for them.

        Raises:
            ValueError: a state is not one of the machine.
        """
        waiting = enumerate(rows)
        slots: list[_Slot] = []
        now = torch.zeros(
            (0, self._layout.size), dtype=self._module.dtype, device=self._module.device
        )
        before = now
        while True:
            new = [_Slot(i, row) for i, row in islice(waiting, self._batch - len(slots))]
            if new:
                starts = torch.stack([self._module.encode(slot.row.state) for slot in new])
                before, now = _joined(before, starts), _joined(now, starts)
                slots += new
            if not slots:
                return
            halted = self._read(now)[:, 2]
            ended = halted | [max_steps is not None and s.steps >= max_steps for s in slots]
            if ended.any():
                for place in np.flatnonzero(ended):
                    yield self._finished(slots[place], before[place], now[place], halted[place])
                keep = np.flatnonzero(~ended)
                before, now = _chosen(before, keep), _chosen(now, keep)
                slots = [slots[place] for place in keep]
            else:
                before, now = now, self._step(now, slots)

    def _step(self, states: Tensor, slots: list[_Slot]) -> Tensor:
        """Returns the states after one step of every machine, and notes what was put out."""
        after = self._pass(states)
        flags = self._read(after)
        takers = np.flatnonzero(flags[:, 0])
        if len(takers):
            index = torch.from_numpy(takers).to(after.device)
            repeated = self._pass(self._with_input(states[index], slots, takers))
            after = after.index_copy(0, index, repeated)
            flags = self._read(after)
        valid = np.flatnonzero(flags[:, 1])
        if len(valid):
            part = self._layout.part("output").slice
            bits = after[torch.from_numpy(valid).to(after.device), part].cpu() > 0
            words = bits.numpy() @ (1 << np.arange(bits.shape[1], dtype=np.int64))
            for place, word in zip(valid, words.tolist(), strict=True):
                slots[place].output.append(word)
        for slot in slots:
            slot.steps += 1
        return after

    def _pass(self, states: Tensor) -> Tensor:
        with torch.no_grad(), one_thread():
            after: Tensor = self._module(states)
        return after

    def _with_input(self, states: Tensor, slots: list[_Slot], takers: NDArray[np.intp]) -> Tensor:
        """Returns the states of those who take an input word, with the word in place."""
        part = self._layout.part("input")
        words = np.array([slots[place].next_word() for place in takers])
        bits = torch.from_numpy(words[:, None] >> np.arange(part.bits) & 1)
        placed = states.clone()
        placed[:, part.slice] = bits.to(placed.device, placed.dtype)
        return placed

    def _read(self, states: Tensor) -> NDArray[np.bool_]:
        """Returns which machines have taken input, put out a word, halted; shape (batch, 3)."""
        found: NDArray[np.bool_] = (states[:, self._flags] > 0).cpu().numpy()
        return found

    def _finished(self, slot: _Slot, before: Tensor, now: Tensor, halted: bool) -> Finished:
        old, new = (x.cpu().to(torch.int64).numpy() for x in (before, now))
        entries = np.flatnonzero(old != new)
        return Finished(
            slot.index,
            self._layout.decode(new),
            self._layout.changes(entries, old[entries], new),
            slot.output,
            slot.steps,
            bool(halted),
        )


def _joined(states: Tensor, more: Tensor) -> Tensor:
    """Returns the rows of both, the batch last in memory."""
    return torch.cat((states.T, more.T), dim=1).T


def _chosen(states: Tensor, rows: NDArray[np.intp]) -> Tensor:
    """Returns some of the rows, the batch last in memory."""
    return states.T.index_select(1, torch.from_numpy(rows).to(states.device)).T
