"""Wires compute what the same NumPy expression computes, whatever the layering."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mlpl.backend.mlp.algebra.layering import layered
from mlpl.backend.mlp.algebra.wires import Kind, Wires, concatenate, relu, state_wires
from mlpl.backend.mlp.forward import activations
from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.network import Network

SHAPE = (3, 4)
FACTORS = np.array([[1, -2, 0, 3]])
INDEX = np.array([2, 0, 0, 1, 2])


def evaluate(layers: tuple[Layer, ...], values: np.ndarray) -> np.ndarray:
    for layer in layers:
        values = activations(layer, values)
    return values


def compute(expression: Callable[[Wires], Wires], values: np.ndarray) -> np.ndarray:
    before = state_wires("x", values.shape, ("row",) * values.ndim)
    wires = expression(before)
    after = relu(wires, "y", ("row",) * len(wires.shape))
    return evaluate(layered([before], [after]), values.reshape(-1)).reshape(wires.shape)


@pytest.mark.parametrize(
    "expression",
    [
        lambda x: x + 1,
        lambda x: 5 - x,
        lambda x: x - 3 * x[::-1],
        lambda x: x[INDEX],
        lambda x: x[1:, None, 2] + x[None, :2, 1],
        lambda x: x[:, INDEX % 4] * np.arange(5),
        lambda x: FACTORS * x,
        lambda x: x.sum(0),
        lambda x: x.sum(1)[:, None] - x,
        lambda x: (x[:, :, None] + x[:, None, :] - 4).sum(1),
        lambda x: x * 0 + 2,
        lambda x: x - x + x[0],
        lambda x: np.arange(4) + x[2] + x[2] + x[1],
        lambda x: -x + np.full((2, 3, 4), 3),
    ],
)
def test_expressions(expression):
    values = np.random.default_rng(1).integers(0, 5, size=SHAPE)
    want = np.maximum(expression(values), 0)
    assert np.array_equal(compute(expression, values), want)


def test_joining():
    values = np.arange(12).reshape(SHAPE)
    got = compute(lambda x: concatenate([x[:1], x[1:] * -1 + 9, x[:2] + x[1:]]), values)
    want = np.concatenate([values[:1], values[1:] * -1 + 9, values[:2] + values[1:]])
    assert np.array_equal(got, np.maximum(want, 0))


def test_neurons_that_nothing_needs_do_not_appear():
    x = state_wires("x", (6,), ("entry",))
    hidden = relu(x[:, None] + x, "h", ("row", "column"))
    y = relu(hidden[2:4].sum(1)[[0, 1, 1, 0, 0, 0]], "y", ("entry",))
    first, last = layered([x], [y])
    assert (first.size, last.size) == (12, 6)
    assert [first.groups[0].label(i) for i in (0, 11)] == [
        "h[row 2, column 0]",
        "h[row 3, column 5]",
    ]
    assert np.array_equal(first.indices[:3], [0, 2, 1])


def test_values_are_carried_as_late_as_they_are_needed():
    """z is read by the last layer only, and needs nothing that is larger than itself."""
    x = state_wires("x", (2,), ("entry",))
    chain = x
    for step in range(3):
        chain = relu(chain + 1, f"step{step}", ("entry",))
    z = relu(x * 2, "late", ("entry",))
    early = relu(x.sum(0), "early", early=True)
    y = relu(chain + z + early, "y", ("entry",))
    layers = layered([x], [y])
    names = [[(g.name, g.kind) for g in layer.groups] for layer in layers]
    assert names[0] == [
        ("step0", Kind.GATE),
        ("early", Kind.GATE),
        ("x", Kind.CARRY),
    ]
    assert ("late", Kind.GATE) in names[2]
    assert np.array_equal(evaluate(layers, np.array([1, 5])), [1 + 3 + 2 + 6, 5 + 3 + 10 + 6])


def test_weights_that_cancel_are_not_stored():
    x = state_wires("x", (3,), ("entry",))
    (layer,) = layered([x], [relu(x - x[[0, 0, 0]] + 1, "y", ("entry",))])
    assert layer.indptr.tolist() == [0, 0, 2, 4]
    assert layer.data.tolist() == [-1, 1, -1, 1]


def test_large_weights_take_more_bytes():
    x = state_wires("x", (3,), ("entry",))
    layers = layered([x], [relu(relu(x * 1000, "h", ("entry",)) - x, "y", ("entry",))])
    assert {layer.data.dtype for layer in layers} == {np.dtype(np.int32)}
    assert Network(layers).nonzeros == sum(layer.nonzeros for layer in layers)


def test_blocks_name_all_their_axes():
    with pytest.raises(ValueError, match="axes"):
        relu(state_wires("x", (3,), ("entry",)), "y")
