"""What networks cost: building, executors, work a step. Run `python -m benchmarks.network`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array

from mlpl.backend.mlp.build import build_network
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.executors.sparse import SparseExecutor
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.assembler import assemble
from mlpl.backend.subleq.engine import Engine
from mlpl.backend.subleq.image import Image
from mlpl.base.source import Source

SIZES = (1_024, 4_096)
"""Cells, of 16 bits."""

TIMES = 5
"""Each figure is the median of so many."""

EVENT_STEPS, PASSES = 100_000, 50
"""Steps or passes that one measurement makes."""


def program(memory: int) -> Image:
    """Returns a program that loops for ever, with pointers and branches."""
    path = Path(__file__).with_name("walk.asq")
    return assemble(Source(str(path), path.read_text(encoding="utf-8")), 16, memory)


def rate(count: int, work: Callable[[], object]) -> float:
    """Returns how many of `count` things `work` does in a second; the median."""
    times = []
    for _ in range(TIMES):
        begin = perf_counter()
        work()
        times.append(perf_counter() - begin)
    return count / median(times)


def engine_rate(engine: Engine, image: Image, steps: int) -> float:
    """Returns steps a second of a run from the start, without compiling and first passes."""
    engine.restore(image.start())
    engine.run(10)
    return rate(steps, lambda: engine.run(steps))


def scipy_rate(network: Network, image: Image) -> float:
    """Returns full passes a second of the same layers as SciPy CSR matrices in float32."""
    layers = [
        (
            csr_array(
                (layer.data.astype(np.float32), layer.indices, layer.indptr),
                shape=(layer.size, layer.inputs),
            ),
            layer.bias.astype(np.float32),
        )
        for layer in network.layers
    ]
    assert network.layout is not None
    start = network.layout.encode(image.start()).astype(np.float32)

    def passes() -> None:
        values = start
        for _ in range(PASSES):
            for weights, bias in layers:
                values = np.maximum(weights @ values + bias, 0)

    return rate(PASSES, passes)


def report(memory: int) -> str:
    """Returns the figures for one size."""
    image = program(memory)
    build = 1 / rate(1, lambda: build_network(16, memory))
    network = build_network(16, memory)
    begin = perf_counter()
    event = EventExecutor(network)
    setup = perf_counter() - begin
    steps = engine_rate(event, image, EVENT_STEPS)
    sparse = engine_rate(SparseExecutor(network), image, PASSES)
    scipy = scipy_rate(network, image)
    updates = event.updates / event.steps
    lines = [
        f"{memory:,} cells x 16 bits",
        f"  {network.depth} layers, {network.neurons:,} neurons, {network.nonzeros:,} non-zeros,"
        f" {network.nbytes / 1e6:,.1f} MB",
        f"  built in {build:.3f} s, event-driven executor set up in {setup:.3f} s",
        f"  {updates:,.0f} weight updates a step, {network.nonzeros / updates:,.0f} non-zeros each",
        f"  event-driven {steps:,.0f} steps/s",
        f"  sparse {sparse:,.0f} steps/s (event-driven is {steps / sparse:,.0f} times as fast)",
        f"  SciPy CSR float32 {scipy:,.0f} passes/s ({steps / scipy:,.0f} times)",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Prints the figures for every size, or for those given as arguments."""
    for memory in [int(x) for x in sys.argv[1:]] or SIZES:
        sys.stdout.write(report(memory))


if __name__ == "__main__":
    main()
