"""Facts by analysis: exact on small programs, sound on all."""

from __future__ import annotations

from random import Random

import pytest

from mlpl.backend.subleq.analysis import analyze
from mlpl.backend.subleq.assembler import assemble
from mlpl.backend.subleq.decimal_text import read_decimal
from mlpl.backend.subleq.image import Facts, Image
from mlpl.backend.subleq.plain import PlainMachine
from mlpl.backend.subleq.state import MODES
from mlpl.base.source import Source
from tests.machine_rules import SIZES, random_image


def facts(text: str, **options) -> Facts:
    return read_decimal(Source("<text>", text), **options).facts


def test_straight_line():
    found = facts("9 10 3 10 11 6 0 0 -1")
    assert (found.code, found.written) == ((0, 3, 6), (0, 10, 11))
    assert found.patched == {0: None}
    found = facts("9 10 3 10 11 6 12 12 -1 0 0 0 0")
    assert (found.code, found.leaders, found.written) == ((0, 3, 6), (0,), (10, 11, 12))
    assert found.patched == {}


def test_both_ways_of_a_branch():
    found = facts("20 21 6 22 22 12 22 22 -1 0 0 0 22 22 0")
    assert found.code == (0, 3, 6, 12)
    assert found.leaders == (0, 3, 6, 12)
    assert found.written == (21, 22)


def test_what_follows_an_unconditional_jump_is_not_code():
    assert facts("20 20 9 1 2 3 4 5 6 20 20 -1").code == (0, 9)


def test_a_conditional_halt_ends_a_block():
    assert facts("20 21 -1 20 20 -1").leaders == (0, 3)


def test_ports():
    found = facts("-1 20 99 20 -1 99 -1 -1 99 21 21 -1")
    assert (found.code, found.leaders, found.written) == ((0, 3, 6, 9), (0,), (20, 21))
    found = facts("-1 20 9 20 -1 99 21 21 -1 21 21 -1", mode="accumulate")
    assert found.code == (0, 3, 6, 9)


def test_faults_end_the_flow():
    found = facts("200 20 6 21 21 -1", memory=64)
    assert (found.code, found.written) == ((0,), (20,))
    assert facts("20 200 6 21 21 -1", memory=64).written == ()


def test_reading_through_a_pointer_is_known():
    found = facts("20 -1 3 21 0 6 22 22 0", memory=64)
    assert found.written == (0, 22)
    assert found.patched == {0: None}


def test_a_pointer_that_becomes_the_port():
    """The patched A may be PORT: then the instruction goes on without branching."""
    found = facts("6 6 9 0 0 0 7 0 0 8 12 15 9 8 18 7 7 -1 8 8 -1")
    assert found.written is not None
    assert {12, 15, 18} <= set(found.code)


def test_writing_through_a_pointer_is_unknown():
    found = facts("20 21 3 22 1 6 23 23 0")
    assert found.written is None
    assert set(found.patched) == set(range(9))
    assert set(found.patched.values()) == {None}


def test_a_patched_target_is_unknown():
    assert facts("20 21 3 22 2 6 23 23 0").written is None


def test_code_that_a_later_write_makes_unknown():
    """The write to cell 1 is found after the instruction at 0 was visited."""
    assert facts("30 31 3 30 32 6 30 33 9 30 1 12 34 34 -1").written is None


CALLS = """
        ret ret          # two calls of one routine, each with its own way back
        back1 ret
        Z Z sub
one:    ret ret
        back2 ret
        Z Z sub
two:    Z Z (-1)
sub:    x y
        Z Z ret:0
. back1: (0-one)
. back2: (0-two)
. Z:0 x:7 y:9
"""


def test_a_way_back_that_is_set_in_straight_lines_is_known():
    image = assemble(Source("calls.asq", CALLS), 16)
    at = {variable.name: variable.address for variable in image.facts.variables}
    assert image.facts.written == tuple(sorted((at["ret"], at["Z"], at["y"])))
    assert image.facts.patched == {at["ret"]: (0, at["one"], at["two"])}
    assert image.facts.code == tuple(range(0, 27, 3))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x y", "x back2"),  # what it is set to is written
        ("x y", "x y one+3"),  # what sets it is also reached from elsewhere
        ("x y", "x ret"),  # it is changed outside a line
        ("x y", "IN ret"),
        ("x y", "x one+1"),  # an operand of the line is written
        ("        back1 ret", "        back1 ret one"),  # the line goes on elsewhere, too
    ],
)
def test_a_way_back_that_is_not_known(old: str, new: str):
    image = assemble(Source("calls.asq", CALLS.replace(old, new)), 16)
    reached = "back1 ret one" in new
    assert (image.facts.written is None) != reached


def calling_image(rng: Random, w: int) -> Image:
    """Random lines that set two patched operands to constants, mixed with jumps into them."""
    data, half = 48, 48
    slots = [3 * rng.randrange(1, half // 3) + rng.choice((1, 2)) for _ in range(2)]
    words: list[int] = []
    while len(words) < half:
        pc = len(words)
        slot = rng.choice(slots)
        kind = rng.random()
        if kind < 0.3:
            words += [slot, slot, pc + 3]
        elif kind < 0.6:
            words += [rng.randrange(data, data + 8), slot, pc + 3]
        else:
            target = rng.choice((pc + 3, 3 * rng.randrange(half // 3), (1 << w) - 1))
            words += [rng.randrange(data, 64), rng.randrange(data + 8, 64), target]
    for _ in range(16):
        value = -3 * rng.randrange(half // 3) if rng.random() < 0.7 else -rng.randrange(64)
        words.append(value % (1 << w))
    return Image(tuple(words), w, 64)


def test_bounded_operands_are_sound():
    """What runs write and reach is what was found, in images with operands of known values."""
    known = 0
    for seed in range(3000):
        rng = Random(seed)
        image = calling_image(rng, 8)
        found = analyze(image)
        if found.written is None or not any(found.patched.values()):
            continue
        known += 1
        assert observed_writes(image, rng, 200) <= set(found.written)
        machine = PlainMachine(8, 64)
        machine.restore(image.start())
        while machine.steps < 200 and not machine.pc >> 7:
            assert machine.pc in found.code or machine.pc + 2 >= 64
            cells = machine.state().memory
            for cell, values in found.patched.items():
                assert values is None or cells[cell] in values
            machine.run(1)
    assert known >= 20


def observed_writes(image: Image, rng: Random, steps: int) -> set[int]:
    machine = PlainMachine(image.word_bits, image.memory, image.mode)
    machine.restore(image.start())
    machine.feed([rng.getrandbits(image.word_bits) for _ in range(20)], end=True)
    before = image.start().memory.tolist()
    written: set[int] = set()
    for _ in range(steps):
        machine.run(1)
        written |= {change.index for change in machine.changes() if change.part == "memory"}
    after = machine.state().memory.tolist()
    assert {i for i, (x, y) in enumerate(zip(before, after, strict=True)) if x != y} <= written
    return written


def tame_image(rng: Random, w: int, n: int, mode: str) -> Image:
    """A random program that writes behind its code only, but for an operand A here and there."""
    port = (1 << w) - 1
    end = n // 6 * 3
    words: list[int] = []
    for pc in range(0, end, 3):
        b = rng.randrange(end, n) if rng.random() < 0.9 else rng.randrange(0, end, 3)
        a = rng.choice((rng.randrange(n), b, port))
        c = rng.choice((pc + 3, rng.randrange(0, end, 3), port))
        words += [a, port if rng.random() < 0.1 else b, c & port]
    words += [rng.getrandbits(w) for _ in range(end, n)]
    return Image(tuple(words), w, n, mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [size for size in SIZES if size[1] < 1 << (size[0] - 1)], ids=str)
def test_observed_writes_are_found(size: tuple[int, int], mode: str):
    rng = Random(f"analysis {size} {mode}")
    known = 0
    for index in range(60):
        make = tame_image if index % 2 else random_image
        image = make(rng, *size, mode)
        found = analyze(image)
        if found.written is not None:
            known += 1
            assert observed_writes(image, rng, 300) <= set(found.written)
    assert known >= 20


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_observed_code_is_found(size: tuple[int, int]):
    rng = Random(f"code {size}")
    for _ in range(40):
        image = tame_image(rng, *size, MODES[0])
        found = analyze(image)
        machine = PlainMachine(*size)
        machine.restore(image.start())
        machine.feed([1, 2, 3], end=True)
        while found.written is not None and machine.steps < 200 and not machine.pc >> (size[0] - 1):
            if machine.pc + 2 < size[1]:
                assert machine.pc in found.code
            machine.run(1)
