"""Running ONNX models, and looking at what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

INDEXED = {
    **dict.fromkeys(("Gather", "GatherElements", "GatherND", "Slice", "OneHot"), 1),
    **dict.fromkeys(("Scatter", "ScatterElements", "ScatterND"), 1),
}
"""Operators that take indices, and from which input on."""


def session(model: onnx.ModelProto | Path) -> Any:
    """A session of ONNX Runtime on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    raw = str(model) if isinstance(model, Path) else model.SerializeToString()
    return onnxruntime.InferenceSession(raw, options, providers=["CPUExecutionProvider"])


def run_program(
    runner: Any,
    arguments: Mapping[str, object],
    data: bytes = b"",
    limit: object = 1_000_000,
) -> Mapping[str, np.ndarray]:
    """The outputs of a program's model by name."""
    kinds = {"tensor(int64)": np.int64, "tensor(bool)": np.bool_}
    types = {value.name: kinds.get(value.type) for value in runner.get_inputs()}
    given = {name: np.array(value, types[name]) for name, value in arguments.items()}
    given["input"] = np.frombuffer(data, np.uint8)
    given["max_steps"] = np.array(limit, np.int64)
    names = [value.name for value in runner.get_outputs()]
    return dict(zip(names, runner.run(None, given), strict=True))


def graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and those inside of its nodes."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from graphs(attribute.g)


def computed_indices(model: onnx.ModelProto) -> list[str]:
    """The nodes that take indices which are no constants."""
    constants = {tensor.name for tensor in model.graph.initializer}
    return [
        node.name
        for graph in graphs(model.graph)
        for node in graph.node
        if node.op_type in INDEXED and not constants.issuperset(node.input[INDEXED[node.op_type] :])
    ]
