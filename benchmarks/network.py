"""What networks cost: building, memory, work a step, threads. Run `python -m benchmarks.network`.

Work and speed are those of complete runs of the jobs in `benchmarks/jobs`, and of programs that
walk an array for ever, one with its data behind its code and one with them at the top of memory.
Names of tables (`lean`, `constructions`, `threads`) make those only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import mean, median
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array

import mlpl
from benchmarks.jobs import jobs
from mlpl.backend.mlp.build import CONSTRUCTIONS, build_network
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.executors.sparse import SparseExecutor
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.assembler import assemble
from mlpl.backend.subleq.drive import drive, once
from mlpl.backend.subleq.engine import Engine
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.state import STANDARD, State
from mlpl.base.source import Source
from mlpl.session import start_state

SIZES = (1_024, 4_096, 65_536)
"""Cells, of 16 bits."""

TIMES = 5
"""Each figure is the median of so many."""

STEPS, PASSES, ROWS = 100_000, 20, 10_000
"""Steps or passes that one measurement makes; rows of the batch."""

Run = tuple[State, bytes, int | None]
"""Where a run starts, what it reads, and after how many steps it is stopped."""


def walk(memory: int, at_the_top: bool = False) -> Image:
    """Returns a program that loops for ever, with pointers and branches."""
    path = Path(__file__).with_name("walk.asq")
    text = path.read_text(encoding="utf-8")
    image = assemble(Source(str(path), text), 16, memory)
    if not at_the_top:
        return image
    text = text.replace("minus_array:-array", "minus_array:65536-array")  # may be below -2^15
    code, data = text.split("    . Z:0", 1)
    room = "0 " * (memory - len(image) - 8)
    return assemble(Source(str(path), f"{code}    . {room}\n    . Z:0{data}"), 16, memory)


def runs(memory: int) -> list[Run]:
    """Returns the jobs, and behind them the walks."""
    found: list[Run] = []
    for job in jobs():
        program = mlpl.compile_file(job.path, memory=memory)
        words = program.parse_words(job.arguments)
        found.append((start_state(program.image, words), job.input, None))
    found += [(walk(memory, top).start(), b"", STEPS) for top in (False, True)]
    return found


def work(executor: EventExecutor, made: list[Run]) -> list[float]:
    """Returns the weight updates a step of each run."""
    found = []
    for start, data, most in made:
        executor.restore(start)
        drive(executor, once(data), lambda _: None, max_steps=most)
        found.append(executor.updates / executor.steps)
    return found


def rate(count: int, work: Callable[[], object]) -> float:
    """Returns how many of `count` things `work` does in a second; the median."""
    times = []
    for _ in range(TIMES):
        begin = perf_counter()
        work()
        times.append(perf_counter() - begin)
    return count / median(times)


def engine_rate(engine: Engine, start: State, steps: int) -> float:
    """Returns steps a second of a run from the start, without compiling and first passes."""
    engine.restore(start)
    engine.run(10)
    return rate(steps, lambda: engine.run(steps))


def scipy_rate(network: Network, start: State) -> float:
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
    vector = network.layout.encode(start).astype(np.float32)
    count = max(1, PASSES * SIZES[0] * 16 // network.size)

    def passes() -> None:
        for _ in range(count):
            values = vector
            for weights, bias in layers:
                values = np.maximum(weights @ values + bias, 0)

    return rate(count, passes)


def figures(memory: int, construction: str) -> Iterator[tuple[str, str]]:
    """Yields the figures of a construction at one size, each with its name."""
    begin = perf_counter()
    network = build_network(16, memory, STANDARD, construction)
    built = perf_counter() - begin
    begin = perf_counter()
    event = EventExecutor(network)
    setup = perf_counter() - begin
    made = runs(memory)
    updates = work(event, made)
    steps = engine_rate(event, made[-1][0], STEPS)
    scipy = scipy_rate(network, made[-1][0])
    yield "layers", f"{network.depth}"
    yield "neurons", f"{network.neurons:,}"
    yield "non-zeros", f"{network.nonzeros:,}"
    yield "bytes of the network", f"{network.nbytes / 1e6:,.1f} MB"
    yield "building the network", f"{built:.2f} s"
    yield "setting up the event-driven executor", f"{setup:.2f} s"
    yield "executor's memory over the network's", f"{event.nbytes / network.nbytes:.2f}"
    yield "weight updates a step, mean of the 14 jobs", f"{mean(updates[:-2]):,.0f}"
    yield "… data behind the code, for ever", f"{updates[-2]:,.0f}"
    yield "… data at the top of memory, for ever", f"{updates[-1]:,.0f}"
    yield "non-zeros for each update (of all 16)", f"{network.nonzeros / mean(updates):,.0f}"
    yield "event-driven, steps a second (top)", f"{steps:,.0f}"
    if memory <= 4_096:
        sparse = engine_rate(SparseExecutor(network), made[-1][0], PASSES)
        yield "full pass over sparse weights, steps a second", f"{sparse:,.0f}"
    yield "SciPy CSR float32 product, passes a second", f"{scipy:,.1f}"
    yield "event-driven over SciPy", f"{steps / scipy:,.0f}"


def table(columns: dict[str, dict[str, str]]) -> str:
    """Returns a table with a column for each title."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    lines = [f"| | {' | '.join(columns)} |", "|---|" + "--:|" * len(columns)]
    for name in names:
        lines.append(f"| {name} | {' | '.join(c.get(name, '') for c in columns.values())} |")
    return "\n".join(lines) + "\n"


def lean() -> str:
    """Returns the figures of the default construction."""
    return table({f"{n:,} cells": dict(figures(n, "lean")) for n in SIZES})


def constructions() -> str:
    """Returns the figures of every construction at the smallest size."""
    return table({name: dict(figures(SIZES[0], name)) for name in CONSTRUCTIONS})


def threads() -> str:
    """Returns the figures of a batch, with one thread and with one for each processor."""
    program = mlpl.compile_file(Path(__file__).parent.parent / "examples" / "gcd.mlpl")
    draw = Random(1).randrange
    rows = [(draw(1, 30_000), draw(1, 30_000)) for _ in range(ROWS)]
    program.run_batch(rows[:10])
    columns = {}
    for count in (1, len(os.sched_getaffinity(0))):
        begin = perf_counter()
        steps = sum(result.steps for result in program.run_batch(rows, threads=count))
        seconds = perf_counter() - begin
        columns[f"{count} thread{'s' * (count > 1)}"] = {
            f"{ROWS:,} rows of gcd, rows a second": f"{ROWS / seconds:,.0f}",
            "steps a second": f"{steps / seconds:,.0f}",
        }
    return table(columns)


def main() -> None:
    """Prints the tables, or those that are named, and the machine's load before."""
    tables = {"lean": lean, "constructions": constructions, "threads": threads}
    for name in sys.argv[1:] or tables:
        sys.stdout.write(f"load {os.getloadavg()[0]:.2f}\n{tables[name]()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
