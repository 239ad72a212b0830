"""Full passes in ONNX Runtime."""

from __future__ import annotations

import numpy as np
import onnxruntime

from mlpl.backend.mlp.executors.full_pass import FullPassExecutor
from mlpl.backend.mlp.formats.onnx_step import step_model
from mlpl.backend.mlp.layout import Vector
from mlpl.backend.mlp.network import Network


class OnnxExecutor(FullPassExecutor):
    """Makes full passes with the network as an ONNX model (an `Engine`).

    Raises:
        ValueError: the certificate covers no type of numbers, or the model would be too large.
    """

    def __init__(self, network: Network) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # operators are too small to be shared
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            step_model(network).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        kind = self._session.get_inputs()[0].type
        self._dtype = np.float64 if kind == "tensor(double)" else np.float32
        super().__init__(network)

    def advance(self, vector: Vector) -> Vector:
        """Returns the state vector after one pass."""
        (after,) = self._session.run(None, {"state": vector[None].astype(self._dtype)})
        found: Vector = after[0].astype(np.int64)
        return found
