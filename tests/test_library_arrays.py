"""`array`, `sort`, `search`, `matrix` and `primes` on arrays, against Python."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate, product

import pytest

import mlpl
from mlpl.base.words import smallest
from tests.ladder import climb
from tests.routines import (
    ENGINES,
    FREE,
    Arguments,
    Interpreted,
    Meaning,
    Table,
    climb_table,
    number,
    outside,
    parameters,
)


def put(a: list[int], values: object) -> None:
    assert isinstance(values, list)
    a[:] = values


def copied(to: list[int], values: list[int]) -> None:
    put(to, list(values)) if len(to) == len(values) else outside()


def rotated(a: list[int], k: int) -> None:
    k %= len(a)
    put(a, a[k:] + a[:k])


def merged(a: list[int], tmp: list[int]) -> None:
    if len(tmp) < len(a):
        outside()
    a.sort()
    put(tmp, [FREE] * len(tmp))


def argsorted(a: list[int], index: list[int]) -> None:
    if len(index) < len(a):
        outside()
    index[: len(a)] = sorted(range(len(a)), key=lambda i: a[i])


def multiplied(a: list[int], b: list[int], c: list[int], n: int, m: int, p: int) -> None:
    if min(n, m, p) < 1 or n * m > len(a) or m * p > len(b) or n * p > len(c):
        outside()
    for i, j in product(range(n), range(p)):
        c[i * p + j] = sum(a[i * m + k] * b[k * p + j] for k in range(m))


def transposed(a: list[int], b: list[int], n: int, m: int) -> None:
    if min(n, m) < 1 or n * m > min(len(a), len(b)):
        outside()
    for i, j in product(range(n), range(m)):
        b[j * n + i] = a[i * m + j]


def identity(a: list[int], n: int) -> None:
    if n < 1 or n * n > len(a):
        outside()
    for i, j in product(range(n), repeat=2):
        a[i * n + j] = int(i == j)


def factorized(n: int, out: list[int]) -> int:
    if n < 1:
        outside()
    found, divisor = [], 2
    while n > 1:
        while n % divisor:
            divisor += 1 if divisor * divisor <= n else n - divisor
        found.append(divisor)
        n //= divisor
    if len(found) > len(out):
        outside()
    out[: len(found)] = found
    return len(found)


def sieved(flags: list[int]) -> None:
    for i in range(len(flags)):
        flags[i] = int(i > 1 and all(i % d for d in range(2, int(i**0.5) + 1)))


ARRAY: dict[str, Meaning] = {
    "array.fill": lambda w, a, x: put(a, [x] * len(a)),
    "array.copy": lambda w, a, b: copied(a, b),
    "array.reverse": lambda w, a: a.reverse(),
    "array.rotate": lambda w, a, x: rotated(a, x),
    "array.sum": lambda w, a: sum(a),
    "array.min": lambda w, a: min(a),
    "array.max": lambda w, a: max(a),
    "array.argmin": lambda w, a: a.index(min(a)),
    "array.argmax": lambda w, a: a.index(max(a)),
    "array.dot": lambda w, a, b: (
        sum(x * y for x, y in zip(a, b, strict=True)) if len(a) == len(b) else outside()
    ),
    "array.count": lambda w, a, x: a.count(x),
    "array.contains": lambda w, a, x: x in a,
    "array.equal": lambda w, a, b: a == b,
    "array.prefix_sum": lambda w, a: put(a, list(accumulate(a))),
    "search.linear": lambda w, a, x: a.index(x) if x in a else -1,
}
SORT: dict[str, Meaning] = {
    **{
        f"sort.{name}": lambda w, a: a.sort()
        for name in ("insertion", "bubble", "selection", "shell", "heap", "quick")
    },
    "sort.merge": lambda w, a, b: merged(a, b),
    "sort.is_sorted": lambda w, a: a == sorted(a),
    "sort.argsort": lambda w, a, b: argsorted(a, b),
}
MATRIX: dict[str, Meaning] = {
    "matrix.multiply": lambda w, a, b, c, x, y, z: multiplied(a, b, c, x, y, z),
    "matrix.transpose": lambda w, a, b, x, y: transposed(a, b, x, y),
    "matrix.identity": lambda w, a, x: identity(a, x),
    "primes.factorize": lambda w, x, a: factorized(x, a),
}
TABLES = {"array": ARRAY, "sort": SORT, "matrix": MATRIX}


def random_arrays(rng: random.Random, w: int, length: int, count: int) -> Iterator[Arguments]:
    """Arrays of far apart, of few different and of equal numbers; small numbers beside them."""
    for _ in range(count):
        few = [number(rng, w) for _ in range(rng.choice([1, 2, 3, 50]))]
        a, b, c = ([rng.choice(few) for _ in range(length)] for _ in range(3))
        small = [rng.randrange(-1, 4) for _ in range(3)]
        x, y, z = small if rng.random() < 0.5 else (number(rng, w) for _ in range(3))
        if rng.random() < 0.3:
            b, x = list(a), rng.choice(a)
        yield {"a": a, "b": b, "c": c, "x": x, "y": y, "z": z}


@pytest.mark.parametrize(
    ("w", "length"), [(13, 2), (16, 1), (16, 6), (16, 67), (23, 12), (32, 5)], ids=str
)
@pytest.mark.parametrize("module", TABLES)
def test_any_arrays(module: str, w: int, length: int, everywhere: bool = False) -> None:
    rng = random.Random(f"{module} {w} {length}")
    ladder = everywhere or (w, length) == (16, 6) or (w, module) == (32, "sort")
    engines = ENGINES if ladder else ("machine",)
    routines = list(TABLES[module].items())
    together = 2 if w == 13 else len(routines)
    for first in range(0, len(routines), together):
        table = Table(dict(routines[first : first + together]), w, rows=60, length=length)
        climb_table(table, random_arrays(rng, w, length, 60), most=3, batches=3, engines=engines)


@pytest.mark.parametrize("module", TABLES)
def test_all_short_arrays(module: str) -> None:
    """All arrays of up to 4 of the numbers -1 to 1, in the interpreter at 4 bits."""
    interpreted = Interpreted(["array", "sort", "search", "matrix", "primes"], 4)
    for name, meaning in TABLES[module].items():
        numbers = (-8, -1, 0, 1, 2, 7) if "x" in parameters(meaning) else (0,)
        for length in (1, 2, 3, 4):
            for a, x in product(product((-1, 0, 1), repeat=length), numbers):
                b = [*reversed(a), 0] if module == "sort" else [*reversed(a)]
                given: Arguments = {"a": [*a], "b": b, "c": [5] * length, "x": x}
                interpreted.check(name, meaning, {**given, "y": 1, "z": length // 2})


def test_all_arrays_of_five() -> None:
    """All 1,024 arrays of five numbers out of four, sorted by the machine in every way."""
    low = smallest(16)
    table = Table(SORT, 16, rows=1024, length=5)
    arrays = [list(a) for a in product((low, -1, 3, -1 - low), repeat=5)]
    for name in SORT:
        table.check("machine", [(name, {"a": a, "b": [0] * 5}) for a in arrays])


def shapes(n: int) -> Iterator[list[int]]:
    """Arrays that are hard for one or the other way of sorting."""
    up = list(range(n))
    yield from (up, up[::-1], [7] * n, up[: n // 2] + up[: n - n // 2][::-1])
    yield from ([*up[::2], *up[1::2][::-1]], [*up[n // 2 :], *up[: n // 2]], [x % 2 for x in up])
    yield adversary(n)


def adversary(n: int) -> list[int]:
    """The worst array for `sort.quick`'s pivots (McIlroy, A Killer Adversary for Quicksort).

    Values are decided while quicksort compares them, as late and as badly as they can be.
    """
    values: dict[int, int] = {}
    candidate = -1

    def before(x: int, y: int) -> bool:
        nonlocal candidate
        if x not in values and y not in values:
            values[x if x == candidate else y] = len(values)
        candidate = x if x not in values else y if y not in values else candidate
        return values.get(x, n) < values.get(y, n)

    def sort(a: list[int], low: int, high: int) -> None:
        while low < high:
            x, y, z = a[low], a[(low + high + 1) // 2], a[high]
            pivot = median(x, y, z, before)
            i, j = low, high
            while i <= j:
                while before(a[i], pivot):
                    i += 1
                while before(pivot, a[j]):
                    j -= 1
                if i <= j:
                    a[i], a[j] = a[j], a[i]
                    i, j = i + 1, j - 1
            sort(a, low, j)
            low = i

    sort(list(range(n)), 0, n - 1)
    return [values.get(i, n) for i in range(n)]


def median(x: int, y: int, z: int, before: Callable[[int, int], bool]) -> int:
    """The median, found by the comparisons of `sort.quick`."""
    if before(x, y):
        if before(y, z):
            return y
        return z if before(x, z) else x
    if before(x, z):
        return x
    return z if before(y, z) else y


def test_quick_is_never_quadratic() -> None:
    """Four times the numbers take no more than seven times the steps, whatever their order."""
    steps = []
    for n in (128, 512):
        program = mlpl.compile(f"import sort; fn main(a: int[{n}]) {{ sort.quick(a); }}")
        taken = []
        for a in shapes(n):
            result = program.run(a, engine="machine")
            assert result.arrays["a"] == sorted(a)
            taken.append(result.steps)
        steps.append(taken)
    assert all(long < 7 * short for short, long in zip(*steps, strict=True)), steps


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 9, 10, 25, 26, 400])
def test_sieve(n: int) -> None:
    text = f"import primes; fn main(flags: bool[{n}]) {{ primes.sieve(flags); }}"
    engines = ("machine", "network") if n == 26 else ("machine",)
    said = climb(text, ([1] * n,), b"", 16, engines=engines)
    flags = [0] * n
    sieved(flags)
    assert list(said.arrays["flags"]) == flags


def test_searches_in_order() -> None:
    """Both searches in all ascending arrays of up to 5 out of 6 numbers."""
    interpreted = Interpreted(["search"], 5)
    for length in range(1, 6):
        for a in product(range(-3, 9, 2), repeat=length):
            if list(a) != sorted(a):
                continue
            for x in (smallest(5), *range(-4, 9), 15):
                lower = interpreted.call("search.lower_bound", [list(a), x])
                found = interpreted.call("search.binary", [list(a), x])
                assert lower == bisect_left(a, x)
                assert isinstance(found, int)
                assert found == -1 if x not in a else a[found] == x


def test_searches_in_disorder() -> None:
    """An array that does not ascend where it is looked at is outside the contract."""
    meaning: Meaning = lambda w, a, x: outside()  # noqa: E731
    table = Table({"search.binary": meaning, "search.lower_bound": meaning}, 16, 1, 3)
    for name in table.routines:
        for engine in ("machine", "ir"):
            table.check_violation(engine, name, {"a": [3, 1, 2], "x": 2})
            table.check_violation(engine, name, {"a": [1, 3, 2], "x": 2})


@pytest.mark.parametrize(
    "call",
    [
        "array.copy(a, b)",
        "sort.merge(a, b)",
        "sort.argsort(a, b)",
        "array.dot(a, b)",
        "matrix.multiply(a, a, b, 2, 2, 2)",
        "matrix.multiply(a, c, b, 2, 2, 2)",
        "matrix.transpose(c, b, 2, 3)",
        "matrix.multiply(a, c, a, 2, 1, 2)",
        "matrix.multiply(c, a, a, 2, 1, 2)",
        "matrix.transpose(a, a, 2, 2)",
        "sort.merge(a, a)",
        "sort.argsort(a, a)",
        "primes.factorize(16, b)",
        "matrix.identity(a, 200)",
    ],
)
def test_violations(call: str) -> None:
    """Arrays too short, of other lengths, or one array in two places."""
    text = f"""import array; import sort; import matrix; import primes;
fn main(a: int[4], b: int[3], c: int[6]) {{ {call}; }}"""
    said = climb(text, ([1, 2, 3, 4], [0] * 3, [9] * 6), b"", 16)
    assert said.trap is not None
    assert said.trap[0].value == "assertion-failed"


def test_constant_arrays_can_be_read() -> None:
    """What a routine only reads may be constant."""
    text = """import array; import sort; import search; import matrix; import text;
const A = [3, 1, 2, 1];
const S = [1, 2, 3, 4];
fn main(b: int[4], c: int[4]) {
    array.copy(b, A);
    sort.argsort(A, c);
    print(array.sum(A), array.max(A), array.dot(A, S), array.equal(A, S), sort.is_sorted(S));
    print(search.binary(S, 3), search.linear(A, 2), array.count(A, 1), array.contains(A, 9));
    print(text.compare(A, S), text.length(A), c[0], c[3]);
    matrix.transpose(A, c, 2, 2);
    matrix.multiply(A, S, b, 2, 2, 2);
}"""
    said = climb(text, ([0] * 4, [0] * 4), b"", 16, engines=("machine",))
    assert said.output == b"7 3 15 false true\n2 2 2 false\n1 4 1 0\n"
    assert said.arrays == {"b": (6, 10, 5, 8), "c": (3, 2, 1, 1)}
