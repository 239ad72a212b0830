"""Steps a second of batches in PyTorch. Run `python -m benchmarks.batches [CELLS] [DEVICE]`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter

from benchmarks.network import TIMES, walk
from mlpl.backend.mlp.build import build_network
from mlpl.backend.mlp.executors.pool import MachinePool, Row
from mlpl.backend.mlp.formats.torch_module import LoopedNetwork

CPU_BATCHES = (1, 4, 16, 64, 256)
BATCHES = (1, 16, 256, 4_096, 65_536)
SIDE_BY_SIDE = 16
"""Machines that share a pass on a CPU; a batch of more is run in turns."""


def rate(module: LoopedNetwork, count: int, side_by_side: int, steps: int) -> float:
    """Returns the steps a second of `count` machines of `steps` steps each; the median of five."""
    layout = module.network.layout
    assert layout is not None
    image = walk(layout.memory)
    times = []
    for _ in range(TIMES):
        rows = (Row(image.start()) for _ in range(count))
        begin = perf_counter()
        done = sum(f.steps for f in MachinePool(module, side_by_side).run(rows, steps))
        times.append(perf_counter() - begin)
        assert done == count * steps
    return count * steps / median(times)


def main(arguments: Sequence[str] = sys.argv[1:]) -> None:
    """Prints a table."""
    cells = int(arguments[0]) if arguments else 256
    device = arguments[1] if len(arguments) > 1 else "cpu"
    network = build_network(16, cells)
    print(f"{cells:,} cells x 16 bits, float32, {device}, load {os.getloadavg()[0]:.1f}\n")
    print("| batch | machine-steps/s | of batch 1 |\n|--:|--:|--:|")
    module = LoopedNetwork(network).to(device)
    single = 0.0
    for count in CPU_BATCHES if device == "cpu" else BATCHES:
        side_by_side = min(count, SIDE_BY_SIDE) if device == "cpu" else count
        steps = max(8, min(200, 20_000 // count))
        found = rate(module, count, side_by_side, steps)
        single = single or found
        print(f"| {count:,} | {found:,.0f} | {found / single:.1f} |")


if __name__ == "__main__":
    main()
