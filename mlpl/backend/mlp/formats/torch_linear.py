"""An affine map with sparse integer weights, as a module of PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.forward_ad import unpack_dual

from mlpl.backend.mlp.layer import Layer

_PRODUCT = (torch.float32, torch.float64)
"""Types for which PyTorch multiplies CSR matrices on every device."""


class SparseLinear(nn.Module):
    """x -> x W^T + b, with W of shape (m, k) stored as CSR; `nn.Linear` for sparse weights.

    Input has shape (batch, k) and output (batch, m). The output is a transposed view, so that the
    batch lies last in memory, which is what sparse products like; further layers take it as it is.

    Where gradients are wanted, where the type has no sparse product, in exported graphs and under
    the transformations of `torch.func`, each weight is multiplied with its column and added to its
    row. Both ways are exact where every sum of terms is an integer that the type holds.

    Attributes:
        row_starts: where the weights of each row begin, int32, shape (m + 1,).
        columns: the column of each weight, int32, shape (nonzeros,).
        values: the weights, shape (nonzeros,); a parameter where they are to be trained.
        bias: b, shape (m,); likewise.
    """

    row_starts: Tensor
    columns: Tensor
    values: Tensor
    bias: Tensor

    def __init__(self, layer: Layer, dtype: torch.dtype, *, trainable: bool = False) -> None:
        super().__init__()
        self.in_features, self.out_features = layer.inputs, layer.size
        self.register_buffer("row_starts", torch.tensor(layer.indptr.astype(np.int32)))
        self.register_buffer("columns", torch.tensor(layer.indices.astype(np.int32)))
        for name, array in (("values", layer.data), ("bias", layer.bias)):
            tensor = torch.tensor(array, dtype=dtype)
            if trainable:
                self.register_parameter(name, nn.Parameter(tensor))
            else:
                self.register_buffer(name, tensor)

    def forward(self, x: Tensor) -> Tensor:
        """Returns x W^T + b, shape (batch, m)."""
        if self._has_product(x):
            return (self.matrix() @ x.T).add_(self.bias[:, None]).T
        return self._gathered(x)

    def _has_product(self, x: Tensor) -> bool:
        """Whether PyTorch's product of sparse matrices does all that is wanted here."""
        if x.dtype not in _PRODUCT or torch.compiler.is_compiling():
            return False
        if torch.is_grad_enabled() and (x.requires_grad or self.values.requires_grad):
            return False
        transformed = torch._C._are_functorch_transforms_active()  # by `torch.func.vmap` or `jvp`
        return not transformed and unpack_dual(x).tangent is None  # type: ignore[no-untyped-call]

    def matrix(self) -> Tensor:
        """Returns W as a CSR tensor that shares the memory of the buffers."""
        with warnings.catch_warnings():
            # "Sparse CSR tensor support is in beta state", said once a process.
            warnings.simplefilter("ignore")
            return torch.sparse_csr_tensor(
                self.row_starts,
                self.columns,
                self.values,
                (self.out_features, self.in_features),
                check_invariants=False,
            )

    def _gathered(self, x: Tensor) -> Tensor:
        """Returns the same, made of operations that every type, autograd and exporters have."""
        terms = self.values[:, None] * x.T.index_select(0, self.columns)
        lengths = self.row_starts[1:] - self.row_starts[:-1]
        numbers = torch.arange(self.out_features, device=x.device)
        rows = numbers.repeat_interleave(lengths, output_size=len(self.columns))
        start = self.bias[:, None].expand(-1, x.shape[0])
        return start.index_add(0, rows, terms).T

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: object,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Takes weights from a state dict; indices that are no CSR matrix of this size are errors.

        A product with them would read outside of the activations.
        """
        starts, columns = (state_dict.get(f"{prefix}{name}") for name in ("row_starts", "columns"))
        if isinstance(starts, Tensor) and isinstance(columns, Tensor):
            wrong = self._wrong_indices(starts, columns)
            if wrong:
                error_msgs.append(f"{prefix[:-1]}: {wrong}")
                return
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )

    def _wrong_indices(self, starts: Tensor, columns: Tensor) -> str:
        """Returns what is wrong with other indices for this matrix, or ""."""
        for name, own, other in (
            ("row_starts", self.row_starts, starts),
            ("columns", self.columns, columns),
        ):
            if own.shape != other.shape:
                return f"size mismatch for {name}: {tuple(other.shape)}, not {tuple(own.shape)}"
            if other.dtype != torch.int32:
                return f"{name} are {other.dtype}, not torch.int32"
        if starts.is_meta or columns.is_meta:
            return ""
        if starts[0] != 0 or starts[-1] != len(columns):
            return f"row_starts do not go from 0 to {len(columns)}"
        if (starts.diff() < 0).any():
            return "row_starts go down"
        if ((columns < 0) | (columns >= self.in_features)).any():
            return f"columns are not all from 0 to {self.in_features - 1}"
        return ""

    def extra_repr(self) -> str:
        """Returns the sizes, as `print(module)` shows them."""
        nonzeros = len(self.columns)
        return f"{self.in_features}, {self.out_features}, nonzeros={nonzeros}"


def dense_linear(layer: Layer, dtype: torch.dtype, *, trainable: bool = False) -> nn.Linear:
    """Returns the same affine map as an `nn.Linear`; its weights are parameters in any case."""
    linear = nn.Linear(layer.inputs, layer.size, dtype=dtype)
    rows = torch.tensor(np.repeat(np.arange(layer.size), np.diff(layer.indptr)))
    columns = torch.tensor(layer.indices.astype(np.int64))
    with torch.no_grad():
        linear.weight.zero_()
        linear.weight[rows, columns] = torch.tensor(layer.data, dtype=dtype)
        linear.bias.copy_(torch.tensor(layer.bias, dtype=dtype))
    return linear.requires_grad_(trainable)
