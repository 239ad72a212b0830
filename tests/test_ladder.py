"""Generated programs climb the ladder of oracles."""

from __future__ import annotations

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.lang.entry import parse_arguments
from tests.generator import Limits, random_program
from tests.ladder import climb, climb_ir, compiled


def words_of(source: str, arguments: tuple[str, ...], w: int):
    return parse_arguments(compiled(source, w).entry, arguments, w)


@pytest.mark.parametrize("w", [5, 8, 13, 16, 32])
def test_interpreter_and_ir_agree(w: int) -> None:
    limits = Limits(word_bits=min(w, 12), inputs=w >= 8)
    for seed in range(1000 * w, 1000 * w + 12):
        program = random_program(seed, limits)
        words = words_of(program.source, program.arguments, w)
        climb_ir(program.source, words, program.input, w)


@pytest.mark.parametrize("aggregates", [False, True])
@pytest.mark.parametrize("w", [13, 16, 32])
def test_machine_and_network_agree(w: int, aggregates: bool) -> None:
    limits = Limits(word_bits=12, aggregates=aggregates)
    for seed in range(2000 * w, 2000 * w + 8):
        program = random_program(seed, limits)
        words = words_of(program.source, program.arguments, w)
        try:
            climb(program.source, words, program.input, w)
        except CompileError as error:
            assert w == 13, error
            assert error.diagnostics[0].rule == "program-too-large"


def test_the_readable_level_means_the_same() -> None:
    for seed in range(10):
        program = random_program(seed)
        words = words_of(program.source, program.arguments, 16)
        climb(program.source, words, program.input, 16, level="O0", engines=("machine",))
