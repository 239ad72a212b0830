"""The cost model is within 1 % of what is built, before anything is."""

from __future__ import annotations

import pytest

from mlpl.backend.mlp.analysis.cost import estimate
from mlpl.backend.mlp.build import CONSTRUCTIONS, build_network
from mlpl.backend.subleq.state import MODES

SMALL = [(8, 256), (9, 257), (10, 300), (11, 256), (22, 256), (32, 300)]
LARGE = [(10, 1000), (12, 4096), (16, 2000), (21, 1025), (32, 1024)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize(("w", "n"), [*SMALL, *LARGE], ids=str)
def test_the_cost_model_is_close(w: int, n: int, construction: str, mode: str):
    network = build_network(w, n, mode, construction)
    cost = estimate(w, n, construction, mode)
    assert cost.layers == network.depth
    assert {layer.data.itemsize for layer in network.layers} == {cost.weight_bytes}
    assert cost.neurons == pytest.approx(network.neurons, rel=0.01)
    assert cost.nonzeros == pytest.approx(network.nonzeros, rel=0.01)
    assert cost.nbytes == pytest.approx(network.nbytes, rel=0.01)
