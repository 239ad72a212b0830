"""The rules M1 and M2 of the machine as data, for every implementation of them.

An implementation is tested by a file of its own, which parametrises over what stands here:

- `CASES`: one step each, before and after. `check_case(step, case)` takes a pure function of one
  step, `step(state, word_bits, mode) -> State`, which uses `state.input` as the input word and
  also takes halted states. `check_case_on_engine(make, case)` does the same through `Engine`.
- `coincidences(w, n)`: every way in which A, B and C meet each other, pc, the instruction's own
  cells, PORT, the last cell and the first address beyond it; `random_states` has garbage
  everywhere. Compare one step with `mlpl.backend.subleq.plain.step`, or make a batch of them.
- `ENGINE_RULES` (in `tests.engine_rules`): what an engine does beyond a step (lazy input, end of
  input, limits, halting, counting, changes); each is called as `rule(make)`.
- `random_image` makes self-modifying programs; `lockstep(engine, oracle, image, ...)` runs two
  engines side by side and compares every state and every change.

`make` is an `EngineFactory`: `make(word_bits, memory, mode) -> Engine`. `SIZES` are pairs
(word_bits, memory) that are worth trying; all of them are small enough for a network.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from mlpl.backend.subleq.engine import REGISTERS, Change, Engine, Stop
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.state import ACCUMULATE, MODES, STANDARD, State
from tests.machine_cases import TABLE

EngineFactory = Callable[[int, int, str], Engine]
Step = Callable[[State, int, str], State]

SIZES = (
    (4, 4),
    (4, 5),
    (4, 11),
    (4, 15),
    (4, 16),
    (5, 21),
    (6, 64),
    (8, 33),
    (13, 50),
    (16, 40),
    (32, 24),
)
"""(word_bits, memory): powers of two or not, n = 2^w, the smallest and the widest words."""


@dataclass(frozen=True)
class Case:
    """One step: the state before it and the state after it."""

    rule: str
    name: str
    word_bits: int
    mode: str
    before: State
    after: State

    @property
    def id(self) -> str:
        return f"{self.rule} {self.name} ({self.mode})"


def parse_cases(table: str) -> Iterator[Case]:
    """The cases of a table in the notation of `tests.machine_cases`."""
    modes = {"any": MODES, "std": (STANDARD,), "acc": (ACCUMULATE,)}
    for line in filter(None, table.splitlines()):
        head, _, body = line.partition(": ")
        rule, mode, name = head.split(" ", 2)
        before, after = body.split(" -> ")
        for each in modes[mode]:
            yield _case(rule, name, each, before.split(), after.split())


def _case(rule: str, name: str, mode: str, before: list[str], after: list[str]) -> Case:
    given = {"w": 8, "n": 16, "pc": 0, "in": 0} | _settings(before)
    done = _settings(after)
    w, n, mask = given["w"], given["n"], (1 << given["w"]) - 1
    word = given["in"] & mask
    memory = np.zeros(n, dtype=np.int64)
    _place(memory, before, mask)
    garbage = (True, 5, True) if "dirty" in before else (False, 0, False)
    start = State(memory.copy(), given["pc"] & mask, word, *garbage)
    _place(memory, after[1:], mask)
    output = done.get("out", 0) & mask
    end = State(memory, int(after[0]) & mask, word, "taken" in after, output, "out" in done)
    return Case(rule, name, w, mode, start, end)


def _settings(tokens: list[str]) -> dict[str, int]:
    return {t.split("=")[0]: int(t.split("=")[1]) for t in tokens if "=" in t}


def _place(memory: np.ndarray, tokens: list[str], mask: int) -> None:
    address = 0
    for token in tokens:
        if token.startswith("@"):
            address = int(token[1:])
        elif token.lstrip("-").isdigit():
            memory[address] = int(token) & mask
            address += 1


CASES = tuple(parse_cases(TABLE))


def check_case(step: Step, case: Case) -> None:
    """Asserts that the pure step function makes exactly the step of the case."""
    after = step(case.before, case.word_bits, case.mode)
    assert after == case.after, describe(case.before, after, case.after)


def check_case_on_engine(make: EngineFactory, case: Case) -> None:
    """Asserts the same through an engine, which stands still where the machine is halted."""
    w, before = case.word_bits, case.before
    engine = make(w, len(before.memory), case.mode)
    engine.restore(before)
    engine.feed([before.input])
    stop = engine.run(1)
    halted = before.pc >> (w - 1) == 1
    want = before if halted else case.after
    assert engine.state() == want, describe(before, engine.state(), want)
    assert engine.steps == (0 if halted else 1)
    assert stop is (Stop.HALTED if want.pc >> (w - 1) else Stop.LIMIT)
    put_out = case.after.valid and not halted
    assert engine.drain().tolist() == ([case.after.output] if put_out else [])
    assert engine.changes() == (() if halted else differences(before, case.after))


def differences(before: State, after: State) -> tuple[Change, ...]:
    """What `Engine.changes` says of a step between two states: memory first, then registers."""
    cells = np.flatnonzero(before.memory != after.memory).tolist()
    found = [Change("memory", i, int(before.memory[i]), int(after.memory[i])) for i in cells]
    for name, old, new in zip(REGISTERS, before.registers(), after.registers(), strict=True):
        if old != new:
            found.append(Change(name, 0, int(old), int(new)))
    return tuple(found)


def describe(before: State, got: State, want: State) -> str:
    """What a person needs who reads a failure."""
    return f"from {before}\ngot {differences(before, got)}\nwant {differences(before, want)}"


def coincidences(w: int, n: int) -> Iterator[State]:
    """States whose instruction has operands that coincide with whatever they can meet."""
    rng = Random(f"coincidences {w} {n}")
    half, port = 1 << (w - 1), (1 << w) - 1
    for pc in sorted({0, 1, min(n - 3, half - 1), min(n - 2, half - 1)}):
        special = {pc, pc + 1, pc + 2, pc + 3, 0, n - 1, n, port, port - 1, half}
        addresses = sorted(x & port for x in special)
        for a, b, c in itertools.product(addresses, repeat=3):
            state = random_state(rng, w, n)
            cells = state.memory
            for offset, operand in enumerate((a, b, c)):
                if pc + offset < n:
                    cells[pc + offset] = operand
            yield State(cells, pc, *state.registers()[1:])


def random_states(seed: int, w: int, n: int, count: int) -> Iterator[State]:
    """States with garbage in flags, ports, operands and pc; a quarter of them halted."""
    rng = Random(f"states {seed} {w} {n}")
    for _ in range(count):
        yield random_state(rng, w, n)


def random_state(rng: Random, w: int, n: int) -> State:
    """A state with any word anywhere, but for addresses that are likely to be valid."""
    half, port = 1 << (w - 1), (1 << w) - 1
    pc = rng.choice((rng.randrange(min(n, half)), rng.randrange(min(n, half)), _word(rng, w)))
    cells = np.array([_operand(rng, w, n) for _ in range(n)], dtype=np.int64)
    output = _word(rng, w)
    return State(cells, pc & port, _word(rng, w), rng.random() < 0.5, output, rng.random() < 0.5)


def _word(rng: Random, w: int) -> int:
    """Any word, often one near 0 or near a power of two."""
    if rng.random() < 0.5:
        return rng.getrandbits(w)
    return ((1 << rng.randrange(w + 1)) * rng.choice((-1, 0, 1)) + rng.randint(-2, 2)) % (1 << w)


def _operand(rng: Random, w: int, n: int) -> int:
    """A cell's address in most cases, else PORT or any word."""
    kind = rng.random()
    if kind < 0.75:
        return rng.randrange(n)
    return (1 << w) - 1 if kind < 0.85 else _word(rng, w)


def random_image(rng: Random, w: int, n: int, mode: str = STANDARD) -> Image:
    """A program that modifies itself, does input and output, and tends to run for long.

    Its first two thirds are instructions, the rest small numbers; a seventh of the writes goes
    to the instructions.
    """
    half, port = 1 << (w - 1), (1 << w) - 1
    end = max(3, min(n * 2 // 3, half) // 3 * 3)
    words: list[int] = []
    while len(words) < end:
        a = rng.randrange(end, n) if rng.random() < 0.8 else rng.randrange(n)
        b = rng.randrange(end, n) if rng.random() < 0.85 else rng.randrange(n)
        c = rng.randrange(end // 3) * 3
        if rng.random() < 0.1:
            a, b = rng.choice(((port, b), (a, port), (port, port)))
        if rng.random() < 0.02:
            c = _word(rng, w)
        words += [a, b, c]
    small = (-3, -2, -1, 0, 0, 1, 1, 2, 3)
    words += [rng.choice(small) & port if rng.random() < 0.8 else _word(rng, w) for _ in range(n)]
    return Image(tuple(words[:n]), w, n, mode)


def lockstep(
    engine: Engine, oracle: Engine, start: State, inputs: Sequence[int], steps: int
) -> None:
    """Asserts that two engines go through the same states, changes and stops, step by step."""
    for each in (engine, oracle):
        each.restore(start)
        each.feed(inputs, end=True)
    for _ in range(steps):
        before = oracle.state()
        stop = oracle.run(1)
        assert engine.run(1) is stop
        assert engine.state() == oracle.state(), describe(before, engine.state(), oracle.state())
        assert engine.changes() == oracle.changes()
        assert (engine.steps, engine.pc) == (oracle.steps, oracle.pc)
        if stop is Stop.HALTED:
            break
    assert engine.drain().tolist() == oracle.drain().tolist()
