"""Network files: how long they take to load, and how large they are.

Run `python -m benchmarks.files [CELLS ...]`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import onnxruntime

from benchmarks.network import TIMES
from mlpl.backend.mlp.build import build_network
from mlpl.backend.mlp.formats.onnx_step import step_model
from mlpl.backend.mlp.network import Network

CELLS = (1_024, 65_536)
PASSES = 20


def seconds(work: Callable[[], object]) -> float:
    """Returns how long some work takes; the median of five."""
    times = []
    for _ in range(TIMES):
        begin = perf_counter()
        work()
        times.append(perf_counter() - begin)
    return median(times)


def row(cells: int, folder: Path) -> str:
    """Returns the line of one size."""
    network = build_network(16, cells)
    saved, model = folder / "network.safetensors", folder / "step.onnx"
    network.save(saved)
    model.write_bytes(step_model(network).SerializeToString())
    build = seconds(lambda: build_network(16, cells))
    load = seconds(lambda: Network.load(saved))
    sizes = [file.stat().st_size / 1e6 for file in (saved, model)]
    rate = 1 / _pass_seconds(model, network.size)
    parts = (f"{cells:,}", f"{build:.3f} s", f"{load:.3f} s", f"{build / load:.1f}")
    return " | ".join((*parts, f"{sizes[0]:,.1f} MB", f"{sizes[1]:,.2f} MB", f"{rate:,.0f}"))


def _pass_seconds(model: Path, size: int) -> float:
    """Returns how long a pass takes in ONNX Runtime, on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    state = np.zeros((1, size), dtype=np.float32)

    def passes() -> None:
        for _ in range(PASSES):
            session.run(None, {"state": state})

    return seconds(passes) / PASSES


def main(arguments: Sequence[str] = sys.argv[1:]) -> None:
    """Prints a table."""
    print(f"lean, 16 bits, load {os.getloadavg()[0]:.1f}\n")
    print("| cells | built in | loaded in | ratio | .safetensors | .onnx, a step | passes/s |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for cells in map(int, arguments) if arguments else CELLS:
            print(f"| {row(cells, Path(folder))} |")


if __name__ == "__main__":
    main()
