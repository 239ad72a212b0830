"""Networks for the tests of executors: machines, random integers, altered weights."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from random import Random

import numpy as np

from mlpl.backend.mlp.build import build_network
from mlpl.backend.mlp.executors.dense import DenseExecutor
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.executors.portable import NumpyExecutor
from mlpl.backend.mlp.executors.sparse import SparseExecutor
from mlpl.backend.mlp.layer import Layer
from mlpl.backend.mlp.layout import Vector
from mlpl.backend.mlp.network import Network, csr_layer

EXECUTORS = (EventExecutor, SparseExecutor, NumpyExecutor, DenseExecutor)

machine_network = functools.cache(build_network)


def event(word_bits: int, memory: int, mode: str) -> EventExecutor:
    return EventExecutor(machine_network(word_bits, memory, mode))


def sparse(word_bits: int, memory: int, mode: str) -> SparseExecutor:
    return SparseExecutor(machine_network(word_bits, memory, mode))


def numpy(word_bits: int, memory: int, mode: str) -> NumpyExecutor:
    return NumpyExecutor(machine_network(word_bits, memory, mode))


def random_network(seed: int, largest: int = 3) -> Network:
    """A network of 1 to 6 layers with repeated neurons, empty rows and unused neurons."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 12, size=int(rng.integers(1, 7)) + 1)
    sizes[0] = sizes[-1]
    layers = []
    for before, after in itertools.pairwise(sizes):
        weights = rng.integers(-largest, largest + 1, size=(after, before))
        weights[rng.random(weights.shape) < 0.6] = 0
        bias = rng.integers(-largest, largest + 1, size=after)
        for row in np.flatnonzero(rng.random(after) < 0.4):
            weights[row] = np.arange(before) == rng.integers(before)
            bias[row] = 0
        layers.append(csr_layer(weights, bias))
    return Network(tuple(layers))


def random_vector(seed: int, size: int, largest: int = 1) -> Vector:
    return np.random.default_rng(seed).integers(0, largest + 1, size=size)


def altered(network: Network, seed: int, count: int) -> Network:
    """The network with some other weights and biases, repetitions among them."""
    rng = Random(seed)
    layers = list(network.layers)
    for _ in range(count):
        number = rng.randrange(len(layers))
        layers[number] = _altered(layers[number], rng)
    return replace(network, layers=tuple(layers))


def _altered(layer: Layer, rng: Random) -> Layer:
    data, bias = layer.data.copy(), layer.bias.copy()
    if rng.random() < 0.5:
        data[rng.randrange(len(data))] = rng.choice((-3, -1, 1, 2, 5))
    else:
        bias[rng.randrange(len(bias))] = rng.randint(-2, 2)
    return replace(layer, data=data, bias=bias)
