"""The literal definition in NumPy alone, where there is no Numba."""

from __future__ import annotations

from mlpl.backend.mlp.executors.full_pass import FullPassExecutor
from mlpl.backend.mlp.forward import activations
from mlpl.backend.mlp.layout import Vector


class NumpyExecutor(FullPassExecutor):
    """The twin of the sparse and the event-driven executor without Numba (an `Engine`)."""

    def advance(self, vector: Vector) -> Vector:
        """Returns the state vector after one pass."""
        values = vector
        for layer in self.network.layers:
            values = activations(layer, values)
        return values
