"""The network as a module of PyTorch: Linear and ReLU, and nothing else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from mlpl.backend.mlp.analysis.certificate import require_format
from mlpl.backend.mlp.executors.checks import machine_layout
from mlpl.backend.mlp.formats.torch_linear import SparseLinear, dense_linear
from mlpl.backend.mlp.network import Network
from mlpl.backend.subleq.state import State

DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
}
"""The types in which a module can compute, by the names of certificates."""

_MOST_DENSE_BYTES = 1 << 30


def dtype_named(name: str) -> torch.dtype:
    """Returns the type of a name, with or without `torch.` before it.

    Raises:
        ValueError: modules do not compute in it.
    """
    found = DTYPES.get(name.removeprefix("torch."))
    if found is None:
        raise ValueError(f"modules compute in {', '.join(DTYPES)}, not in {name}")
    return found


class LoopedNetwork(nn.Module):
    """One pass of a network: `forward(state)` is the state after it (N1.1).

    A state is a row of 0.0 and 1.0, shape (size,), or several, shape (batch, size); what its
    entries mean says `network.name(0, index)`. `layers` is a plain `nn.Sequential` of
    `layer_1` to `layer_L`, each of a `linear` and a `relu`; hooks on them see activations of
    shape (batch, neurons), whose names are `network.name(layer, index)`.

    Weights are buffers, or parameters where the module is made with `trainable`. A type in which
    results would not be exact is refused, by `forward` too, unless `exact` is False.

    Attributes:
        network: what the module was made from; copies of the module share it.
        exact: whether inexact types are refused.
    """

    layers: nn.Sequential

    def __init__(
        self,
        network: Network,
        dtype: torch.dtype = torch.float32,
        *,
        dense: bool = False,
        trainable: bool = False,
        exact: bool = True,
    ) -> None:
        """Makes the module.

        Args:
            network: any network.
            dtype: float64, float32, float16 or bfloat16.
            dense: whether weights are full matrices (`nn.Linear`).
            trainable: whether weights and biases are parameters that take gradients.
            exact: whether types in which results would not be exact are refused.

        Raises:
            ValueError: the network is not exact in `dtype`, or full matrices would take more than
                1 GB.
        """
        super().__init__()
        self.network = network
        self.exact = exact
        self._covered: set[torch.dtype] = set()
        self._check(dtype)
        if dense:
            _check_dense(network, dtype)
        make: Callable[..., nn.Module] = dense_linear if dense else SparseLinear
        self.layers = nn.Sequential(
            OrderedDict(
                (
                    f"layer_{number}",
                    nn.Sequential(
                        OrderedDict(linear=make(layer, dtype, trainable=trainable), relu=nn.ReLU())
                    ),
                )
                for number, layer in enumerate(network.layers, 1)
            )
        )

    def forward(self, state: Tensor) -> Tensor:
        """Returns the state after one pass, of the same shape.

        Args:
            state: shape (size,) or (batch, size), of the module's type and on its device.

        Raises:
            ValueError: the module was moved to a type in which it is not exact.
        """
        self._check(self.dtype)
        if state.dim() == 1:
            after: Tensor = self.layers(state[None])[0]
        else:
            after = self.layers(state)
        return after

    @property
    def dtype(self) -> torch.dtype:
        """The type of weights and activations."""
        return self._bias().dtype

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self._bias().device

    def encode(self, state: State) -> Tensor:
        """Returns a state of the machine as a row of 0.0 and 1.0, shape (size,).

        Raises:
            ValueError: the network is no machine, or the state is not one of it.
        """
        vector = machine_layout(self.network).encode(state)
        return torch.from_numpy(vector).to(self.device, self.dtype)

    def decode(self, state: Tensor) -> State:
        """Returns the state of the machine that a row of shape (size,) stands for."""
        values = state.detach().to("cpu", torch.float64).numpy()
        return machine_layout(self.network).decode((values > 0).astype(np.int64))

    def _bias(self) -> Tensor:
        """The bias of the first layer, of which every module has one."""
        bias = self.layers.get_submodule("layer_1.linear").bias
        assert isinstance(bias, Tensor)
        return bias

    def _check(self, dtype: torch.dtype) -> None:
        if self.exact and dtype not in self._covered:
            name = str(dtype).removeprefix("torch.")
            require_format(self.network.certificate, name)
            self._covered.add(dtype)


@contextmanager
def one_thread() -> Iterator[None]:
    """Gives a context in which an operation uses one core.

    Layers are so small that threads wait for each other longer than they work.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _check_dense(network: Network, dtype: torch.dtype) -> None:
    need = dtype.itemsize * sum(layer.size * layer.inputs for layer in network.layers)
    if need > _MOST_DENSE_BYTES:
        raise ValueError(f"dense matrices of this network take {need / 1e9:,.1f} GB (most: 1)")
