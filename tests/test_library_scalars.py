"""`math`, `bits`, `fixed` and what else the library does to single ints, against Python."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import product

import pytest

from mlpl.base.words import smallest
from tests.routines import (
    ENGINES,
    Arguments,
    Interpreted,
    Meaning,
    Table,
    climb_table,
    number,
    outside,
    parameters,
)


def unsigned(x: int, w: int) -> int:
    return x & ((1 << w) - 1)


def truncated(x: int, y: int) -> int:
    """The quotient rounded toward zero."""
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


def turned(x: int, s: int, w: int) -> int:
    u = unsigned(x, w)
    return u << s % w | u >> w - s % w


def reversed_bits(x: int, w: int) -> int:
    return int(f"{unsigned(x, w):0{w}b}"[::-1], 2)


def is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


MATH: dict[str, Meaning] = {
    "math.abs": lambda w, x: abs(x),
    "math.sign": lambda w, x: (x > 0) - (x < 0),
    "math.min": lambda w, x, y: min(x, y),
    "math.max": lambda w, x, y: max(x, y),
    "math.clamp": lambda w, x, y, z: max(y, min(x, z)) if y <= z else outside(),
    "math.mod": lambda w, x, y: x % y if y else outside(),
    "math.gcd": lambda w, x, y: math.gcd(x, y),
    "math.lcm": lambda w, x, y: math.lcm(x, y),
    "math.pow": lambda w, x, y: pow(x, y, 1 << w) if y >= 0 else outside(),
    "math.isqrt": lambda w, x: math.isqrt(x) if x >= 0 else outside(),
    "math.mulmod": lambda w, x, y, z: x * y % z if 0 <= x < z > y >= 0 else outside(),
    "math.powmod": lambda w, x, y, z: pow(x, y, z) if 0 <= x < z and y >= 0 else outside(),
    "math.mul": lambda w, x, y: x * y,
    "math.div": lambda w, x, y: truncated(x, y) if y else outside(),
    "math.rem": lambda w, x, y: x - y * truncated(x, y) if y else outside(),
    "primes.is_prime": lambda w, x: is_prime(x),
}
BITS: dict[str, Meaning] = {
    "bits.and": lambda w, x, y: x & y,
    "bits.or": lambda w, x, y: x | y,
    "bits.xor": lambda w, x, y: x ^ y,
    "bits.not": lambda w, x: ~x,
    "bits.shl": lambda w, x, y: x << min(y, w) if y >= 0 else outside(),
    "bits.shr": lambda w, x, y: x >> min(y, w) if y >= 0 else outside(),
    "bits.shr_logical": lambda w, x, y: unsigned(x, w) >> min(y, w) if y >= 0 else outside(),
    "bits.popcount": lambda w, x: unsigned(x, w).bit_count(),
    "bits.parity": lambda w, x: unsigned(x, w).bit_count() % 2,
    "bits.reverse": lambda w, x: reversed_bits(x, w),
    "bits.rotl": lambda w, x, y: turned(x, y, w),
    "bits.rotr": lambda w, x, y: turned(x, -y, w),
    "bits.clz": lambda w, x: w - unsigned(x, w).bit_length(),
    "bits.ctz": lambda w, x: (x & -x).bit_length() - 1 if x else w,
    "bits.width": lambda w: w,
}
FIXED: dict[str, Meaning] = {
    "fixed.mul": lambda w, x, y, z: x * y >> z if 0 <= z < w else outside(),
    "fixed.div": lambda w, x, y, z: (x << z) // y if 0 <= z < w and y else outside(),
    "fixed.sqrt": lambda w, x, y: math.isqrt(x << y) if 0 <= y < w and x >= 0 else outside(),
}
CHARACTERS: dict[str, Meaning] = {
    "text.is_digit": lambda w, x: chr(x) in "0123456789" if 0 <= x < 128 else False,
    "text.is_alpha": lambda w, x: chr(x).isalpha() if 0 <= x < 128 else False,
    "text.is_space": lambda w, x: chr(x) in " \t\r\n" if 0 <= x < 128 else False,
    "text.to_upper": lambda w, x: ord(chr(x).upper()) if 0 <= x < 128 else x,
    "text.to_lower": lambda w, x: ord(chr(x).lower()) if 0 <= x < 128 else x,
}
MODULES = {"math": MATH, "bits": BITS, "fixed": FIXED}

LADDERS = {(16, "math"), (16, "bits"), (16, "fixed"), (32, "math"), (32, "fixed")}
"""What climbs to the network, which takes seconds to set up; the others stop at the machine."""


def random_arguments(rng: random.Random, w: int, count: int) -> Iterator[Arguments]:
    """Ints of any size, often close to one another and often as small as counts of bits."""
    for _ in range(count):
        x, y, z = (number(rng, w) for _ in range(3))
        if rng.random() < 0.3:
            z = rng.randrange(-1, w + 2)
            y = rng.choice([y, rng.randrange(-1, w + 2)])
        if rng.random() < 0.3:
            z = max(x, y, z)
            x, y = x & z, y & z
        yield {"x": x, "y": y, "z": z}


@pytest.mark.parametrize("w", [12, 13, 16, 23, 32])
@pytest.mark.parametrize("module", MODULES)
def test_any_ints(module: str, w: int, everywhere: bool = False) -> None:
    rng = random.Random(f"{module} {w}")
    engines = ENGINES if everywhere or (w, module) in LADDERS else ("machine",)
    routines = list(MODULES[module].items())
    together = {12: 2, 13: 6}.get(w, len(routines))  # the code must fit the lower half of memory
    for first in range(0, len(routines), together):
        table = Table(dict(routines[first : first + together]), w, rows=100)
        climb_table(table, random_arguments(rng, w, 600), batches=4, engines=engines)


@pytest.mark.parametrize("module", MODULES)
def test_all_ints(module: str) -> None:
    """Every int and pair of 5 bits, every triple of 4 bits."""
    interpreted = {w: Interpreted([module, "primes"], w) for w in (4, 5)}
    for name, meaning in MODULES[module].items():
        names = parameters(meaning)
        w = 4 if len(names) == 3 else 5
        for values in product(range(smallest(w), -smallest(w)), repeat=len(names)):
            interpreted[w].check(name, meaning, dict(zip(names, values, strict=True)))


def test_all_characters() -> None:
    interpreted = Interpreted(["text"], 10)
    for name, meaning in CHARACTERS.items():
        for x in range(-130, 260):
            interpreted.check(name, meaning, {"x": x})
    table = Table(CHARACTERS, 16, rows=20)
    climb_table(table, iter([{"x": ord(c)} for c in "aZ0 9@`"]))
