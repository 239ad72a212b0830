"""What `explain` and `neurons_of` say of every neuron of three programs."""

from __future__ import annotations

import pytest

from tests.test_provenance import TEXTS, check_both_directions, program


@pytest.mark.parametrize("name", TEXTS)
def test_both_directions_agree_for_every_neuron(name: str) -> None:
    check_both_directions(program(name), 1)
