"""The library as a whole: what it consists of, and that it compiles in every way."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from mlpl.base.source import Source
from mlpl.driver import Compilation
from mlpl.lang.documentation import documentation
from mlpl.lang.modules import library_modules
from mlpl.lang.typed import Function
from mlpl.options import Options
from mlpl.program import Program
from tests.ladder import by_engine, compiled

SIGNATURES = """
math: abs(x) -> int, sign(x) -> int, min(x, y) -> int, max(x, y) -> int,
    clamp(x, lo, hi) -> int, mod(x, y) -> int, gcd(x, y) -> int, lcm(x, y) -> int,
    pow(x, e) -> int, isqrt(x) -> int, mulmod(x, y, m) -> int, powmod(x, e, m) -> int,
    mul(x, y) -> int, div(x, y) -> int, rem(x, y) -> int
bits: and(x, y) -> int, or(x, y) -> int, xor(x, y) -> int, not(x) -> int, shl(x, s) -> int,
    shr(x, s) -> int, shr_logical(x, s) -> int, popcount(x) -> int, parity(x) -> int,
    reverse(x) -> int, rotl(x, s) -> int, rotr(x, s) -> int, clz(x) -> int, ctz(x) -> int,
    width() -> int
sort: insertion(a[]), bubble(a[]), selection(a[]), shell(a[]), heap(a[]), quick(a[]),
    merge(a[], tmp[]), is_sorted(a[]) -> bool, argsort(a[], index[])
search: linear(a[], x) -> int, binary(a[], x) -> int, lower_bound(a[], x) -> int
array: fill(a[], x), copy(to[], from[]), reverse(a[]), rotate(a[], k), sum(a[]) -> int,
    min(a[]) -> int, max(a[]) -> int, argmin(a[]) -> int, argmax(a[]) -> int,
    dot(a[], b[]) -> int, count(a[], x) -> int, contains(a[], x) -> bool,
    equal(a[], b[]) -> bool, prefix_sum(a[])
text: length(s[]) -> int, write(s[]), equal(s[], t[]) -> bool, compare(s[], t[]) -> int,
    copy(to[], from[]), reverse(s[]), is_digit(c) -> bool, is_alpha(c) -> bool,
    is_space(c) -> bool, to_upper(c) -> int, to_lower(c) -> int, parse_int(s[]) -> int,
    write_int(x), format_int(x, s[]) -> int, read_line(s[]) -> int
random: seed(s), next() -> int, below(n) -> int, shuffle(a[])
matrix: multiply(a[], b[], c[], n, m, p), transpose(a[], b[], n, m), identity(a[], n)
stack: clear(s[]), push(s[], x), pop(s[]) -> int, peek(s[]) -> int, size(s[]) -> int,
    is_empty(s[]) -> bool, is_full(s[]) -> bool
queue: clear(q[]), push(q[], x), pop(q[]) -> int, peek(q[]) -> int, size(q[]) -> int,
    is_empty(q[]) -> bool, is_full(q[]) -> bool
heap: clear(h[]), push(h[], x), pop(h[]) -> int, peek(h[]) -> int, size(h[]) -> int,
    is_empty(h[]) -> bool, is_full(h[]) -> bool
primes: sieve(flags[]), is_prime(n) -> bool, factorize(n, out[]) -> int
fixed: mul(x, y, f) -> int, div(x, y, f) -> int, sqrt(x, f) -> int
"""
"""All routines; parameters are ints and arrays of ints, but the sieve's flags are bools."""

MODULES = [line.split(":")[0] for line in SIGNATURES.splitlines() if ":" in line]


def source_of(module: str) -> Source:
    text = files("mlpl.stdlib").joinpath(f"{module}.mlpl").read_text(encoding="utf-8")
    return Source(f"{module}.mlpl", text)


def functions_of(module: str, word_bits: int = 16) -> dict[str, Function]:
    """Returns the public functions of a module."""
    text = f"import {module}; fn main() {{ }}"
    found = compiled(text, word_bits).typed.functions
    names = {
        n.removeprefix(f"{module}."): f for n, f in found.items() if n.startswith(f"{module}.")
    }
    return {name: function for name, function in names.items() if not name.startswith("_")}


def signature(name: str, function: Function) -> str:
    types = [(p.name, str(p.type)) for p in function.parameters]
    for parameter, type_ in types:
        assert type_ in ("int", "bool[]" if parameter == "flags" else "int[]")
    shown = ", ".join(p + t.removeprefix("bool").removeprefix("int") for p, t in types)
    return f"{name}({shown})" + (f" -> {function.result}" if function.result else "")


def everything(module: str) -> str:
    """Returns a program that calls every function of a module."""
    calls = ""
    for name, function in functions_of(module).items():
        given = ["ns"[0] if str(p.type) == "int" else str(p.type)[0] for p in function.parameters]
        call = f"{module}.{name}({', '.join(given)})"
        calls += f"    {call};\n" if function.result is None else f"    print({call});\n"
    return f"import {module};\nfn main(n: int, i: int[4], b: bool[4]) {{\n{calls}}}"


def test_the_library_has_its_modules() -> None:
    assert sorted(MODULES) == list(library_modules())


@pytest.mark.parametrize("module", MODULES)
def test_routines(module: str) -> None:
    line = next(x for x in SIGNATURES.replace("\n    ", " ").split("\n") if x.startswith(module))
    extra = {"same"} if module == "array" else set()
    found = {signature(n, f) for n, f in functions_of(module).items() if n not in extra}
    assert found == set(re.split(r",\s+(?![^(]*\))", line.removeprefix(f"{module}: ")))


@pytest.mark.parametrize("module", MODULES)
def test_everything_is_documented(module: str) -> None:
    found = documentation(source_of(module))
    assert [name for name in found if not found[name].text and name[0] != "_"] == []


@pytest.mark.parametrize("module", MODULES)
def test_there_is_nothing_to_warn_of(module: str) -> None:
    for w in (8, 12, 13, 16, 32):
        assert Compilation(source_of(module), Options(word_bits=w)).warnings == ()


@pytest.mark.parametrize("module", MODULES)
def test_modules_compile(module: str) -> None:
    """A program that calls every routine compiles, without checks of indices too."""
    source = Source("test.mlpl", everything(module))
    assert Program(Compilation(source, Options(word_bits=17, checked=False))).image


@pytest.mark.parametrize("call", ["stack.push(a, 1)", "heap.push(a, 1)", "math.div(1, a[0])"])
def test_contracts_hold_without_checks(call: str) -> None:
    module = call.split(".")[0]
    text = f"import {module}; fn main(a: int[3]) {{ while true {{ {call}; }} }}"
    program = Program(Compilation(Source("test.mlpl", text), Options(checked=False)))
    for engine in ("machine", "interpreter"):
        trap = by_engine(program, [[0, 0, 0]], b"", engine).trap
        assert trap is not None
        assert trap.message.startswith(f"{module}.")
