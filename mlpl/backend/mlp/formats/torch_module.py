"""The network as a module of PyTorch: Linear and ReLU, and nothing else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

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

        Autocast does not reach inside: the type in which results are exact is the module's own.

        Args:
            state: shape (size,) or (batch, size), on the module's device and of its type; bools
                and ints are converted to it.

        Raises:
            TypeError: the state is no tensor.
            ValueError: it has another shape, type or device, or the module was moved to a type in
                which it is not exact.
        """
        self._check(self.dtype)
        given = self._given(state)
        with _without_autocast(given.device):
            if given.dim() == 1:
                after: Tensor = self.layers(given[None])[0]
            else:
                after = self.layers(given)
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
            TypeError: it is no `State`.
            ValueError: the network is no machine, or the state is not one of it.
        """
        layout = machine_layout(self.network)
        if not isinstance(state, State):
            raise TypeError(f"what is encoded is a `State`, not `{type(state).__name__}`")
        return torch.from_numpy(layout.encode(state)).to(self.device, self.dtype)

    def decode(self, state: Tensor) -> State:
        """Returns the state of the machine that a row of shape (size,) stands for.

        Raises:
            TypeError: it is no tensor.
            ValueError: it is no single row, or the network is no machine.
        """
        layout = machine_layout(self.network)
        _check_tensor(state)
        if state.shape != (layout.size,):
            raise ValueError(
                f"one state has the shape ({layout.size},), not {tuple(state.shape)}; "
                "each row of a batch is decoded alone"
            )
        values = state.detach().to("cpu", torch.float64).numpy()
        return layout.decode((values > 0).astype(np.int64))

    def halted(self, state: Tensor) -> Tensor:
        """Returns whether machines are halted, as bools of shape () or (batch,).

        Raises:
            ValueError: the state has another shape, or the network is no machine.
        """
        found: Tensor = self._given(state)[..., machine_layout(self.network).halt] > 0
        return found

    def _given(self, state: Tensor) -> Tensor:
        """Returns a state in the module's type, if it suits the module."""
        _check_tensor(state)
        size = self.network.size
        if state.dim() not in (1, 2) or state.shape[-1] != size:
            raise ValueError(
                f"a state has the shape ({size},) or (batch, {size}), not {tuple(state.shape)}"
            )
        if state.device != self.device:
            raise ValueError(
                f"the state is on {state.device} and the module on {self.device}; "
                "`state.to(module.device)` moves it"
            )
        fractional = state.is_floating_point() or state.is_complex()
        if fractional and state.dtype != self.dtype:
            raise ValueError(
                f"the state is {_name(state.dtype)} and the module {_name(self.dtype)}; "
                "`state.to(module.dtype)` converts it"
            )
        return state.to(self.dtype)

    def _bias(self) -> Tensor:
        """The bias of the first layer, of which every module has one."""
        bias = self.layers.get_submodule("layer_1.linear").bias
        assert isinstance(bias, Tensor)
        return bias

    def _check(self, dtype: torch.dtype) -> None:
        if self.exact and dtype not in self._covered:
            require_format(self.network.certificate, _name(dtype))
            self._covered.add(dtype)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _check_tensor(state: object) -> None:
    if not isinstance(state, Tensor):
        raise TypeError(f"a state is a tensor, not `{type(state).__name__}`")


def _without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """Returns a context in which operations keep to the types of what they are given."""
    if torch.is_autocast_enabled(device.type):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()


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
        raise ValueError(
            f"dense matrices of this network take {need / 1e9:,.1f} GB (most: 1); "
            "without `dense` its weights are sparse"
        )
