"""The library's tests in their long form: every word, all small ints, all short arrays.

`python -m tests.library_exhaustive` runs all parts, some ten minutes; names of parts as arguments
choose among them.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from itertools import islice, permutations, product

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.base.words import smallest
from mlpl.driver import Compilation
from mlpl.options import Options
from mlpl.program import Program
from tests import test_library_structures as structures
from tests import test_library_text as texts
from tests.routines import Arguments, Interpreted, Table, expected, parameters
from tests.test_library_arrays import SORT, TABLES, test_any_arrays
from tests.test_library_modules import MODULES as LIBRARY
from tests.test_library_modules import everything
from tests.test_library_scalars import MODULES, test_any_ints

WORDS = range(12, 33)
"""Bits of a word, for compiled programs."""


def words() -> None:
    """Every table of routines at every word."""
    for w in WORDS:
        for module in MODULES:
            test_any_ints(module, w)
        for module in structures.HEADS:
            structures.test_long_sequences(module, w, 6)
        if w > 12:  # the code of a table must fit
            test_any_arrays("sort", w, 11)
            test_any_arrays("array", w, 4)
            test_any_arrays("matrix", w, 6)
            texts.test_any_texts(w, 9)
        texts.test_numbers_as_texts(w)
        texts.test_numbers_written(w)


def images() -> None:
    """Every module at every word and level, with and without checks."""
    for module, w in product(LIBRARY, WORDS):
        source = Source("test.mlpl", everything(module))
        for level, checked in (("O0", True), ("O2", False), ("Os", True)):
            options = Options(word_bits=w, level=level, checked=checked)
            try:
                assert Program(Compilation(source, options)).image
            except CompileError as error:
                assert w < 15, (module, options, error)
                assert error.diagnostics[0].rule == "program-too-large"


def pairs() -> None:
    """All pairs of 6 bits, all triples of 5 bits, in the interpreter."""
    for module, routines in MODULES.items():
        interpreted = {w: Interpreted([module, "primes"], w) for w in (5, 6)}
        for name, meaning in routines.items():
            names = parameters(meaning)
            w = 5 if len(names) == 3 else 6
            for values in product(range(smallest(w), -smallest(w)), repeat=len(names)):
                interpreted[w].check(name, meaning, dict(zip(names, values, strict=True)))


def ints() -> None:
    """All ints of 12 bits beside those at the edges and at random, in the machine."""
    rng = random.Random(12)
    low = smallest(12)
    others = [low, -1 - low, -1, 0, 1, 2, *(rng.randrange(low, -low) for _ in range(4))]
    for routines in MODULES.values():
        for name, meaning in routines.items():
            table = Table({name: meaning}, 12, rows=64)
            names = parameters(meaning)
            values = ((x, *rng.choices(others, k=2)) for x in range(low, -low) for _ in others)
            tries = (dict(zip("xyz", v, strict=True)) for v in values)
            calls = ((name, given) for given in tries if expected(meaning, given, 12) is not None)
            while batch := list(islice(calls, table.rows if names else 0)):
                table.check("machine", batch)


def arrays() -> None:
    """All permutations of 7 numbers, all arrays of 12 zeros and ones, sorted in every way."""
    for length, all_arrays in ((7, permutations(range(7))), (12, product((0, 1), repeat=12))):
        kept = [list(a) for a in all_arrays]
        table = Table(SORT, 16, rows=700, length=length)
        for name in SORT:
            calls: Iterator[tuple[str, Arguments]]
            calls = ((name, {"a": a, "b": [0] * length}) for a in kept)
            while batch := list(islice(calls, table.rows)):
                table.check("machine", batch)


def networks() -> None:
    """The tables of words of 16 and 32 bits, through all engines."""
    for w in (16, 32):
        for module in MODULES:
            test_any_ints(module, w, everywhere=True)
        for module in TABLES:
            test_any_arrays(module, w, 6, everywhere=True)
        for module in structures.HEADS:
            structures.test_long_sequences(module, w, 6, everywhere=True)
        for data in texts.INPUTS:
            texts.test_lines(data, w, everywhere=True)
        texts.test_numbers_written(w, everywhere=True)
        texts.test_any_texts(w, 9, everywhere=True)


PARTS: dict[str, Callable[[], None]] = {
    "pairs": pairs,
    "ints": ints,
    "arrays": arrays,
    "words": words,
    "images": images,
    "networks": networks,
}


def main() -> None:
    """Runs the parts that are named, or all of them."""
    for name in sys.argv[1:] or PARTS:
        sys.stdout.write(f"{name}: {PARTS[name].__doc__}\n")
        sys.stdout.flush()
        PARTS[name]()


if __name__ == "__main__":
    main()
