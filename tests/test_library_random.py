"""`random` against a model in Python, and the model against chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, permutations

import pytest

from mlpl.base.traps import Trap
from mlpl.base.words import smallest
from tests.ladder import climb
from tests.routines import Interpreted, check_trap

FACTOR, INCREMENT, SCRAMBLE = 5**9, 1, 3**5 * 7**3


class Model:
    """What the documentation of the module says."""

    def __init__(self, w: int, seed: int = 1) -> None:
        self.w, self.state = w, seed
        for _ in range(3):
            self.next()

    def next(self) -> int:
        bits = f"{self.state % (1 << self.w):0{self.w}b}"
        number = int(bits[::-1], 2) * SCRAMBLE % (1 << (self.w - 1))
        self.state = (self.state * FACTOR + INCREMENT) % (1 << self.w)
        return number

    def below(self, n: int) -> int:
        while True:
            result = self.next() >> (self.w - 1 - (n - 1).bit_length())
            if result < n:
                return result

    def shuffle(self, a: list[int]) -> None:
        for i in range(len(a) - 1, 0, -1):
            j = self.below(i + 1)
            a[i], a[j] = a[j], a[i]


def sequence(interpreted: Interpreted, count: int) -> Iterator[int]:
    for _ in range(count):
        number = interpreted.call("random.next", [])
        assert isinstance(number, int)
        yield number


@pytest.mark.parametrize("w", range(4, 33))
def test_every_width(w: int) -> None:
    interpreted = Interpreted(["random"], w)
    low = smallest(w)
    begin = Model(w)
    assert list(sequence(interpreted, 5)) == [begin.next() for _ in range(5)]
    for seed in (1, 0, -1, 7, low, -1 - low):
        interpreted.call("random.seed", [seed])
        model = Model(w, seed)
        assert list(sequence(interpreted, 5)) == [model.next() for _ in range(5)]
        for n in (1, 2, 3, 6, 7, -low // 2, -low // 2 + 1, -1 - low):
            assert interpreted.call("random.below", [n]) == model.below(n)
        a, b = [3, 1, 4, 1, 5], [3, 1, 4, 1, 5]
        interpreted.call("random.shuffle", [a])
        model.shuffle(b)
        assert a == b


@pytest.mark.parametrize("w", [13, 16, 32])
def test_every_engine(w: int) -> None:
    text = """import random;
fn main(s: int, a: int[9]) {
    print(random.next());
    random.seed(s);
    for n in 1..20 { print(random.next(), random.below(n)); }
    random.shuffle(a);
}"""
    engines = ("machine", "network") if w == 16 else ("machine",)
    said = climb(text, ([-5], list(range(9))), b"", w, engines=engines)
    words = list(map(int, said.output.split()))
    assert words[0] == Model(w).next()
    model = Model(w, -5)
    assert words[1:] == [x for n in range(1, 20) for x in (model.next(), model.below(n))]
    order = list(range(9))
    model.shuffle(order)
    assert list(said.arrays["a"]) == order


@pytest.mark.parametrize("n", [0, -1, smallest(16)])
def test_nothing_is_below(n: int) -> None:
    found = Interpreted(["random"], 16).call("random.below", [n])
    assert isinstance(found, Trap)
    check_trap(found, "random.below")


@pytest.mark.parametrize("w", [4, 5, 6, 7, 8])
def test_the_whole_period(w: int) -> None:
    """In 2^w numbers each comes twice, and then the sequence begins again."""
    interpreted = Interpreted(["random"], w)
    numbers = list(sequence(interpreted, 2 << w))
    assert Counter(numbers[: 1 << w]) == dict.fromkeys(range(1 << (w - 1)), 2)
    assert numbers[: 1 << w] == numbers[1 << w :]
    half = 1 << (w - 1)
    assert numbers[:half] != numbers[half : 2 * half]


def test_the_period_is_full_for_every_word() -> None:
    """The condition of Hull and Dobell for powers of two; a reversed word is the word in another
    order, and so is an odd multiple."""
    assert FACTOR % 4 == 1
    assert INCREMENT % 2 == 1
    assert SCRAMBLE % 2 == 1
    states = {0}
    state = 0
    for _ in range((1 << 16) - 1):
        state = (state * FACTOR + INCREMENT) % (1 << 16)
        states.add(state)
    assert len(states) == 1 << 16


def deviation(counts: Counter[object], cells: int) -> float:
    """Returns chi-squared less its mean, in units of its standard deviation."""
    mean = counts.total() / cells
    square = sum((x - mean) ** 2 for x in counts.values()) / mean
    square += mean * (cells - len(counts))
    return float((square - cells + 1) / (2 * (cells - 1)) ** 0.5)


@pytest.mark.parametrize("w", [16, 23, 32])
@pytest.mark.parametrize("n", [2, 6, 10])
def test_numbers_and_pairs_are_as_likely_as_others(w: int, n: int) -> None:
    model = Model(w)
    numbers = [model.below(n) for _ in range(30 * n * n)]
    assert abs(deviation(Counter(numbers), n)) < 4
    assert abs(deviation(Counter(pairwise(numbers)), n * n)) < 4


@pytest.mark.parametrize("w", [12, 16, 32])
def test_seeds_in_order_give_numbers_in_none(w: int) -> None:
    """The first two rolls of a die after each of 1,000 seeds."""
    models = [Model(w, seed) for seed in range(1000)]
    rolls = [(model.below(6), model.below(6)) for model in models]
    assert abs(deviation(Counter(first for first, _ in rolls), 6)) < 4
    assert abs(deviation(Counter(rolls), 36)) < 4
    neighbours = pairwise(first for first, _ in rolls)
    assert abs(deviation(Counter(neighbours), 36)) < 4


def test_below_has_no_bias() -> None:
    """Over all states of 12 bits every number comes equally often, but for what is drawn again."""
    for n in (3, 5, 6, 7, 100, 1000, 2047):
        drawn = Counter[int]()
        for state in range(1 << 12):
            model = Model(12)
            model.state = state
            number = model.next() >> (11 - (n - 1).bit_length())
            drawn[number] += number < n
        assert {drawn[x] for x in range(n)} == {(1 << 12) >> (n - 1).bit_length()}


def test_shuffles_give_all_orders() -> None:
    model = Model(16, 3)
    orders: Counter[object] = Counter()
    for _ in range(2400):
        a = [0, 1, 2, 3]
        model.shuffle(a)
        orders[tuple(a)] += 1
    assert set(orders) == set(permutations(range(4)))
    assert abs(deviation(orders, 24)) < 4
