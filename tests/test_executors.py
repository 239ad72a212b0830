"""All executors make the same states: of random networks and of networks with altered weights."""

from __future__ import annotations

import numpy as np
import pytest

from mlpl.backend.mlp.executors.dense import DenseExecutor
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.mlp.executors.sparse import SparseExecutor
from mlpl.backend.mlp.forward import activations, forward
from mlpl.backend.mlp.network import Network, csr_layer
from mlpl.backend.subleq.engine import Stop
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.state import MODES
from tests.machine_rules import random_image, random_states
from tests.network_cases import (
    EXECUTORS,
    altered,
    event,
    machine_network,
    random_network,
    random_vector,
)


@pytest.mark.parametrize("seed", range(40))
def test_random_networks(seed: int):
    """80 passes: activations outgrow 64 bits and wrap, in all executors alike."""
    network = random_network(seed, largest=3 if seed % 2 else 1 << 31 - 1 if seed % 4 else 60_000)
    start = random_vector(seed, network.size, largest=3)
    executors = [make(network) for make in EXECUTORS]
    for each in executors:
        each.restore_vector(start)
    want = start[None]
    for passes in range(1, 81):
        want = forward(network, want)
        for each in executors:
            assert each.run(1) is Stop.LIMIT
            assert np.array_equal(each.vector(), want[0]), (type(each), passes)
            assert (each.steps, each.passes) == (passes, passes)


@pytest.mark.parametrize("seed", range(30))
def test_altered_machines(seed: int):
    """States, stops, outputs and changes also agree where the weights make no machine."""
    w, n = ((4, 5), (4, 16), (6, 12))[seed % 3]
    network = altered(machine_network(w, n, MODES[seed % 2]), seed, 1 + seed % 5)
    executors = [make(network) for make in EXECUTORS]
    for state in random_states(seed, w, n, 12):
        for each in executors:
            each.restore(state)
            each.feed([3, 5, 1])
        first, *others = executors
        for _ in range(12):
            stop = first.run(1)
            for each in others:
                assert each.run(1) is stop
                assert np.array_equal(each.vector(), first.vector()), type(each)
                assert (each.state(), each.pc) == (first.state(), first.pc)
                assert each.changes() == first.changes()
                assert each.steps == first.steps
        output = first.drain().tolist()
        assert all(each.drain().tolist() == output for each in others)


def updates_by_definition(network: Network, vectors: list[np.ndarray]) -> int:
    """N1.6, from the states in which a run's passes began."""
    fan_out = [np.bincount(layer.indices, minlength=layer.inputs) for layer in network.layers]
    found, before = 0, None
    for vector in vectors:
        now = [vector]
        for layer in network.layers[:-1]:
            now.append(activations(layer, now[-1]))
        if before is not None:
            for count, old, new in zip(fan_out, before, now, strict=True):
                found += int(count[old != new].sum())
        before = now
    return found


@pytest.mark.parametrize("seed", range(12))
def test_weight_updates_of_random_networks(seed: int):
    network = random_network(seed, largest=1)
    executor, vectors = EventExecutor(network), []
    executor.restore_vector(random_vector(seed, network.size))
    for _ in range(10):
        vectors.append(executor.vector())
        executor.run(1)
        assert executor.updates == updates_by_definition(network, vectors)


def test_weight_updates_of_a_machine():
    executor, vectors = event(8, 40, MODES[0]), []
    executor.restore(Image((*range(30, 39), 12, 13, 0), 8, 40).start())
    for _ in range(30):
        vectors.append(executor.vector())
        if executor.run(1) is not Stop.LIMIT:
            break
    assert executor.updates == updates_by_definition(executor.network, vectors[: executor.steps])
    assert executor.updates > 0


def test_weight_updates_do_not_depend_on_chunks():
    from random import Random

    image = random_image(Random(4), 8, 60)
    counts = []
    for chunk in (1, 7, 200):
        executor = event(8, 60, MODES[0])
        executor.restore(image.start())
        executor.feed(range(9), end=True)
        while executor.steps < 200 and executor.run(min(chunk, 200 - executor.steps)) is Stop.LIMIT:
            pass
        counts.append((executor.steps, executor.updates))
    assert len(set(counts)) == 1


@pytest.mark.parametrize("make", EXECUTORS)
def test_wrong_vectors_are_refused(make):
    executor = make(random_network(1))
    size = executor.network.size
    with pytest.raises(ValueError, match="entries"):
        executor.restore_vector(np.zeros(size + 1, dtype=np.int64))
    with pytest.raises(ValueError, match="negative"):
        executor.restore_vector(np.full(size, -1))


@pytest.mark.parametrize("make", EXECUTORS)
def test_a_network_that_is_no_machine_has_no_state(make):
    executor = make(random_network(2))
    with pytest.raises(ValueError, match="no machine"):
        executor.state()


def test_large_dense_matrices_are_refused():
    with pytest.raises(ValueError, match="dense matrices of this network take"):
        DenseExecutor(machine_network(16, 512, MODES[0]))


def test_vectors_are_copies():
    for make in (EventExecutor, SparseExecutor):
        executor = make(random_network(3))
        vector = np.ones(executor.network.size, dtype=np.int64)
        executor.restore_vector(vector)
        executor.vector()[:] = 7
        vector[:] = 9
        assert executor.vector().tolist() == [1] * executor.network.size


def test_a_single_layer_loops():
    """x' = ReLU(3 - x): each neuron stands in the first layer and in the last."""
    network = Network((csr_layer(-np.eye(2, dtype=np.int64), np.array([3, 3])),))
    for make in EXECUTORS:
        executor = make(network)
        executor.restore_vector(np.array([1, 5]))
        executor.run(1)
        assert executor.vector().tolist() == [2, 0]
        executor.run(2)
        assert executor.vector().tolist() == [2, 0]
