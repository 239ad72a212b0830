"""Baked programs: small networks that make the runs of the universal ones, to the last bit."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

import mlpl
from mlpl.backend.mlp.analysis.cost import estimate
from mlpl.backend.mlp.build import CONSTRUCTIONS
from mlpl.backend.mlp.executors.event import EventExecutor
from mlpl.backend.subleq.analysis import with_facts
from mlpl.backend.subleq.baking import baked
from mlpl.backend.subleq.drive import once
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.backend.subleq.state import MODES
from mlpl.base.source import Source
from mlpl.networks import network_of
from mlpl.options import STAGES
from mlpl.program import Program
from tests.console import Shell
from tests.machine_rules import lockstep
from tests.test_analysis import tame_image
from tests.test_examples import CASES, EXAMPLES, data_of, program_of

STEPS = 20_000
"""Of each example; most end before."""


def check_size(program: Program, construction: str) -> None:
    """At most the share of cells that are written, plus 10 %, of the universal neurons."""
    image = program.image
    assert image.facts.written is not None
    share = len(image.facts.written) / image.memory
    network = network_of(image, construction)
    universal = estimate(image.word_bits, image.memory, construction)
    assert network.neurons <= (share + 0.1) * universal.neurons * 0.99  # the estimate's tolerance
    if construction != "lean":
        assert network.depth == universal.layers


def ends(program: Program, words: Any, data: bytes, engine: str) -> tuple[object, ...]:
    """What a run of at most `STEPS` steps has done, its whole memory included."""
    session, output = program.session(words, engine), bytearray()
    session.run(once(data), output.extend, STEPS)
    result = session.result(bytes(output))
    return (
        result.steps,
        result.output,
        result.value,
        result.trap,
        result.arrays,
        result.memory,
        result.state.registers() if result.state else None,
    )


@pytest.mark.parametrize("case", CASES)
def test_example(case: dict[str, Any]) -> None:
    program = program_of(case)
    words, data = program.parse_words(case.get("arguments", [])), data_of(case)
    small = program.bake()
    check_size(small, "lean")
    assert ends(small, words, data, "network") == ends(program, words, data, "machine")


@pytest.mark.parametrize("name", ["hello", "gcd", "roman", "rot13", "queens"])
@pytest.mark.parametrize("construction", ["paper", "shallow"])
def test_size_in_other_constructions(name: str, construction: str) -> None:
    check_size(mlpl.compile_file(EXAMPLES / f"{name}.mlpl").bake(), construction)


PROGRAM = """
var total = 0;
const weights = [3, -1, 4, 1, 5];
fn sum(xs: int[5], n: int) -> int {
    if n == 0 { return 0; }
    return xs[n - 1] - weights[n - 1] + sum(xs, n - 1);
}
fn main(xs: int[5], n: int) -> int {
    for i in 0..5 { xs[i] += getc(); }
    total = sum(xs, n);
    putc(total & 63);
    assert(n > 0);
    return total;
}
"""


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
@pytest.mark.parametrize("w", [13, 16, 24, 32])
def test_words_of_any_width_step_by_step(w: int, construction: str) -> None:
    """Recursion, arrays, both ports; every state, from the entry to the end."""
    program = mlpl.compile(PROGRAM, word_bits=w, construction=construction, memory=609)
    small = program.bake()
    words = program.words([[1, 2, 3, 4, 5], 5])
    start = program.image.start()
    for variable, values in zip(program.image.facts.arguments, words, strict=True):
        start.memory[variable.address : variable.address + variable.length] = values
    oracle = ReferenceMachine(w, 609)
    lockstep(EventExecutor(small.network), oracle, start, [97, 98], 1_000)
    assert oracle.pc == (1 << w) - 1


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_images_made_elsewhere_step_by_step(construction: str, mode: str) -> None:
    rng = Random(f"{construction} {mode}")
    done = 0
    while done < 4:
        image = with_facts(tame_image(rng, 10, 61, mode))
        if image.facts.written is None:
            continue
        small = baked(image)
        engine = EventExecutor(network_of(small, construction))
        assert engine.network.parameters is not None
        inputs = [rng.getrandbits(10) for _ in range(9)]
        lockstep(engine, ReferenceMachine(10, 61, mode), image.start(), inputs, 150)
        done += 1


@pytest.mark.parametrize("engine", ["network", "sparse", "machine"])
def test_to_write_a_constant_is_a_fault(engine: str) -> None:
    """The write of cell 9 comes second; an input word is not taken by a fault."""
    image = Image((20, 21, 3, 255, 9, 6), 8, 64)
    program = Program.from_image(image, Source("x.dec", "")).bake([21])
    result = program.run(input=b"a", engine=engine)
    assert result.trap is not None
    assert result.trap.describe() == "fault: cell 9 is baked as a constant, and is written"
    assert (result.steps, result.halt) == (2, -128)
    assert result.state is not None and not result.state.taken


def test_traps_arrays_and_calls() -> None:
    program = mlpl.compile(PROGRAM)
    small = program.bake()
    for arguments in (([1, 2, 3, 4, 5], 0), ([1, 2, 3, 4, 5], 6), ([5, 4, 3, 2, 1], 3)):
        one, two = (p.run(*arguments, input=b"12345") for p in (program, small))
        assert (one.value, one.trap, one.arrays, one.output, one.memory) == (
            two.value,
            two.trap,
            two.arrays,
            two.output,
            two.memory,
        )


def test_the_stages_are_kept() -> None:
    program = mlpl.compile("fn main() { putc(65); }")
    small = program.bake()
    assert program.compilation is not None and small.compilation is not None
    assert small.compilation.layout is program.compilation.layout
    assert program.image.fixed == ()
    assert program.network.neurons > 5 * small.network.neurons
    assert small.bake([]).network.parameters == small.bake(()).network.parameters
    assert "baked: " in small.compilation.text(STAGES[-1])


def test_cells_that_there_are_not() -> None:
    program = mlpl.compile("fn main() { putc(65); }")
    with pytest.raises(mlpl.UsageError, match="there is no cell 64: the memory has 64"):
        program.bake([64])
    with pytest.raises(mlpl.UsageError, match="there is no cell -1"):
        program.bake([-1])


def test_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.mlpl").write_text("fn main(n: int) -> int { return n * 2; }")
    Path("a.dec").write_text("9 4 3 0 7 -1 0 0 0 1")
    shell = Shell()
    assert shell.run("mlpl run a.mlpl 21 --bake") == "42\n"
    assert "baked: " in shell.run("mlpl build a.mlpl --bake --emit network")
    shell.run("mlpl run a.dec --bake --written 4,6-7")
