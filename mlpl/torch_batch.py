"""Many runs of one program in PyTorch, side by side; results in the order of the rows."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import torch

from mlpl.batch import Drawn, Given
from mlpl.result import Result

if TYPE_CHECKING:
    from mlpl.program import Program
    from mlpl.torch_network import ProgramNetwork

_BATCHES = 64
"""In a window of rows: a long run keeps at most so many batches of results waiting."""


def run_side_by_side(
    program: Program, rows: Iterable[Given], max_steps: int | None = None, *, states: bool = False
) -> Generator[Result]:
    """Yields the result of each row, in order.

    Args:
        program: what runs, in float32 and on a GPU where there is one.
        rows: what each run is given. An exception that drawing one raises comes after the
            results of the rows before it.
        max_steps: steps after which a run is stopped.
        states: whether results keep the last state.

    Raises:
        UsageError: the network is not exact in float32.
        CompileError: it would not fit the memory of this computer.
    """
    module = program.to_torch().to("cuda" if torch.cuda.is_available() else "cpu")
    return _results(module, Drawn(rows), max_steps, states)


def _results(
    module: ProgramNetwork, rows: Drawn, max_steps: int | None, states: bool
) -> Generator[Result]:
    size = _BATCHES * module.suitable_batch()
    while window := list(islice(rows, size)):
        for result in _in_order(module, window, max_steps):
            yield result if states else replace(result, state=None)
    rows.close()


def _in_order(
    module: ProgramNetwork, window: list[Given], max_steps: int | None
) -> Iterator[Result]:
    waiting: dict[int, Result] = {}
    following = 0
    for index, result in module.finished(((r.words, r.input) for r in window), max_steps):
        waiting[index] = result
        while following in waiting:
            yield waiting.pop(following)
            following += 1
