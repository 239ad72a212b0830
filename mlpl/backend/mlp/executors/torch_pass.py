"""Full passes in PyTorch."""

from __future__ import annotations

import numpy as np
import torch

from mlpl.backend.mlp.executors.full_pass import FullPassExecutor
from mlpl.backend.mlp.formats.torch_module import LoopedNetwork, one_thread
from mlpl.backend.mlp.layout import Vector
from mlpl.backend.mlp.network import Network


class TorchExecutor(FullPassExecutor):
    """Makes full passes with the network as a module of PyTorch (an `Engine`).

    Raises:
        InexactError: the network is not exact in `dtype`.
    """

    def __init__(self, network: Network, dtype: torch.dtype = torch.float32) -> None:
        self.module = LoopedNetwork(network, dtype)
        super().__init__(network)

    def advance(self, vector: Vector) -> Vector:
        """Returns the state vector after one pass."""
        with torch.no_grad(), one_thread():
            after = self.module(torch.from_numpy(vector).to(self.module.dtype))
        values: Vector = after.to(torch.int64).numpy().astype(np.int64, copy=False)
        return values
