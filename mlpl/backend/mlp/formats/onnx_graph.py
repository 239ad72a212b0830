"""A graph of ONNX operators under construction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

OPSET = 18
_IR_VERSION = 8
"""Of the file format; what goes with the opset, so that old runtimes read it."""
_LARGEST = (1 << 31) - (1 << 20)
"""Bytes of the constants of a model; protocol buffers hold 2 GB."""

_SMALL = 64
"""Entries of constants that are looked for among those that are there."""


class Graph:
    """Nodes and constants; a subgraph sees the constants of the graph around it.

    Names that are made here have a `/` in them, which no name of a parameter has.

    Attributes:
        nodes: in an order in which they can be computed.
        constants: of this graph and all its subgraphs, by name.
    """

    def __init__(self, around: Graph | None = None, prefix: str = "main/") -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {} if around is None else around.constants
        self._known: dict[tuple[object, ...] | None, str] = {} if around is None else around._known
        self._prefix = prefix
        self._count = 0

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """Adds a node; returns the name of its output, or of its first."""
        return self.add_all(operator, inputs, outputs, **attributes)[0]

    def add_all(
        self, operator: str, inputs: Sequence[str], outputs: int, **attributes: Any
    ) -> list[str]:
        """Adds a node and returns the names of all its outputs."""
        self._count += 1
        name = f"{self._prefix}{operator.lower()}_{self._count}"
        names = [name if i == 0 else f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, name=name, **attributes))
        return names

    def name(self, value: str, name: str) -> str:
        """Gives a value another name, under which it can leave the graph."""
        self.nodes.append(
            helper.make_node("Identity", [value], [name], name=f"{self._prefix}name/{name}")
        )
        return name

    def constant(self, values: ArrayLike, dtype: type[np.generic] | np.dtype[Any]) -> str:
        """Returns the name of a constant; equal small ones are stored once."""
        array = np.array(values, dtype=dtype)
        key = (array.dtype.str, array.shape, array.tobytes()) if array.size < _SMALL else None
        if key in self._known:
            return self._known[key]
        name = f"constant/{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(array, name)
        if key is not None:
            self._known[key] = name
        return name

    def integers(self, *values: int) -> str:
        """Returns the name of a constant list of int64."""
        return self.constant(values, np.int64)

    def cast(self, value: str, dtype: type[np.generic] | np.dtype[Any]) -> str:
        """Returns a value in another type."""
        return self.add("Cast", value, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def part(self, value: str, start: int, stop: int, axis: int) -> str:
        """Returns the entries from `start` to `stop` of an axis."""
        bounds = [self.integers(x) for x in (start, stop, axis)]
        return self.add("Slice", value, *bounds)

    def body(
        self, name: str, inputs: Sequence[ValueInfoProto], outputs: Sequence[ValueInfoProto]
    ) -> onnx.GraphProto:
        """Returns the graph as a subgraph; the graph around it has the constants."""
        return helper.make_graph(self.nodes, name, inputs, outputs)

    def model(
        self,
        name: str,
        inputs: Sequence[ValueInfoProto],
        outputs: Sequence[ValueInfoProto],
        metadata: dict[str, str],
    ) -> onnx.ModelProto:
        """Returns the graph as a model, checked.

        Raises:
            ValueError: its constants do not fit the format.
        """
        size = sum(constant.ByteSize() for constant in self.constants.values())
        if size > _LARGEST:
            raise ValueError(f"the model takes {size / 1e9:,.1f} GB, and the format has room for 2")
        graph = helper.make_graph(
            self.nodes, name, inputs, outputs, initializer=list(self.constants.values())
        )
        model = helper.make_model(
            graph,
            producer_name="mlpl",
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=_IR_VERSION,
        )
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model, full_check=size < 1 << 28)
        return model


def tensor(
    name: str, dtype: type[np.generic] | np.dtype[Any], shape: Sequence[int | str | None]
) -> ValueInfoProto:
    """Returns the description of a value; extents may be names, or None where unknown."""
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(name, kind, shape)
