"""A model whose one run is one pass."""

from __future__ import annotations

import onnx

from mlpl.backend.mlp.formats.onnx_graph import Graph, tensor
from mlpl.backend.mlp.formats.onnx_pass import Pass, exact_type
from mlpl.backend.mlp.network import Network


def step_model(network: Network) -> onnx.ModelProto:
    """Returns a model that makes one pass for a batch of states: `state` to `next_state`.

    Both have the shape (batch, size), in float32, or float64 where the certificate asks for it.

    Raises:
        ValueError: no type of numbers is exact, or the model would not fit the format.
    """
    dtype = exact_type(network)
    graph = Graph()
    after = Pass(network, graph, dtype).add(graph, "state")
    graph.name(after, "next_state")
    shape = ("batch", network.size)
    return graph.model(
        "step", [tensor("state", dtype, shape)], [tensor("next_state", dtype, shape)], {}
    )
