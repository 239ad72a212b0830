"""`stack`, `queue` and `heap` against Python, operation by operation."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest

from mlpl.base.traps import Trap, TrapKind
from mlpl.base.words import smallest
from tests.ladder import climb
from tests.routines import Interpreted, check_trap

HEADS = {"stack": 1, "queue": 2, "heap": 1}
"""Cells for bookkeeping."""

Operation = tuple[str, int]


class Model:
    """What a structure of at most `capacity` numbers does."""

    def __init__(self, module: str, capacity: int) -> None:
        self.module, self.capacity = module, capacity
        self.numbers: list[int] = []

    def first(self) -> int:
        """Where the number stands that comes out next."""
        if self.module == "heap":
            return self.numbers.index(min(self.numbers))
        return -1 if self.module == "stack" else 0

    def apply(self, operation: str, x: int) -> int | None:
        """Returns the result, 0 where there is none; None outside the contract."""
        size = len(self.numbers)
        match operation:
            case "clear":
                self.numbers.clear()
                return 0
            case "push" if size < self.capacity:
                self.numbers.append(x)
                return 0
            case "pop" if size:
                return self.numbers.pop(self.first())
            case "peek" if size:
                return self.numbers[self.first()]
            case "size":
                return size
            case "is_empty":
                return int(size == 0)
            case "is_full":
                return int(size == self.capacity)
        return None


def results(module: str, capacity: int, operations: Sequence[Operation]) -> list[int]:
    """Returns the results up to the first operation outside its contract."""
    model, found = Model(module, capacity), []
    for operation, x in operations:
        result = model.apply(operation, x)
        if result is None:
            break
        found.append(result)
    return found


@pytest.mark.parametrize("module", HEADS)
def test_all_short_sequences(module: str) -> None:
    """Every sequence of six operations out of four, on 0 to 3 numbers."""
    interpreted = Interpreted([module], 5)
    moves: list[Operation] = [("push", 5), ("push", -3), ("pop", 0), ("is_full", 0)]
    for capacity in range(4):
        for operations in product(moves, repeat=6):
            cells = [0] * (capacity + HEADS[module])
            found = []
            for operation, x in operations:
                name = f"{module}.{operation}"
                result = interpreted.call(name, [cells, x] if operation == "push" else [cells])
                if isinstance(result, Trap):
                    check_trap(result, name)
                    break
                found.append(result)
            assert found == results(module, capacity, operations), operations


PROGRAM = """import {module};
fn main(cells: int[{cells}], operations: int[{n}], numbers: int[{n}], results: int[{n}]) {{
    for i in 0..{n} {{
        let operation = operations[i];
        if operation == 0 {{ {module}.clear(cells); }}
        if operation == 1 {{ {module}.push(cells, numbers[i]); }}
        if operation == 2 {{ results[i] = {module}.pop(cells); }}
        if operation == 3 {{ results[i] = {module}.peek(cells); }}
        if operation == 4 {{ results[i] = {module}.size(cells); }}
        if operation == 5 {{ results[i] = int({module}.is_empty(cells)); }}
        if operation == 6 {{ results[i] = int({module}.is_full(cells)); }}
    }}
}}"""
OPERATIONS = ("clear", "push", "pop", "peek", "size", "is_empty", "is_full")


@pytest.mark.parametrize(("w", "capacity"), [(13, 1), (16, 7), (32, 20)])
@pytest.mark.parametrize("module", HEADS)
def test_long_sequences(module: str, w: int, capacity: int, everywhere: bool = False) -> None:
    """Operations at random; every engine gets as far as the first one outside its contract."""
    rng = random.Random(f"{module} {w}")
    n, low = 60, smallest(w)
    weights = [1, 30, 20, 8, 5, 5, 5]
    model = Model(module, capacity)
    operations: list[Operation] = []
    while len(operations) < n - 1:
        operation = rng.choices(OPERATIONS, weights)[0]
        x = rng.choice([low, -1 - low, rng.randrange(low, -low), rng.randrange(-2, 3)])
        if model.apply(operation, x) is not None:
            operations.append((operation, x))
    full = len(model.numbers) == capacity
    bad: Operation = ("push", 1) if full else ("pop", 0)
    text = PROGRAM.format(module=module, cells=capacity + HEADS[module], n=n)
    engines = ("machine", "network") if everywhere or w == 16 else ("machine",)
    for last in (("size", 0), bad):
        steps = [*operations, last]
        codes = [OPERATIONS.index(operation) for operation, _ in steps]
        cells = [0] * (capacity + HEADS[module])
        words = (cells, codes, [x for _, x in steps], [0] * n)
        said = climb(text, words, b"", w, engines=engines)
        expected = results(module, capacity, steps)
        assert list(said.arrays["results"])[: len(expected)] == expected
        if len(expected) < n:
            assert said.trap is not None
            assert said.trap[0] == TrapKind.ASSERTION_FAILED


def test_a_queue_needs_its_two_cells() -> None:
    interpreted = Interpreted(["queue"], 16)
    for name in ("clear", "pop", "peek", "size", "is_empty", "is_full"):
        found = interpreted.call(f"queue.{name}", [[0]])
        assert isinstance(found, Trap)
        check_trap(found, f"queue.{name}")
