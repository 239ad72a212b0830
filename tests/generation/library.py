"""The routines of the standard library that generated programs call."""

from __future__ import annotations

from tests.generation.shapes import Function, Parameter, Scalar, Slice

_INT = Parameter("x", Scalar.INT)
_SMALL = Parameter("small", Scalar.INT)
"""An int of 0 to 3, for what has a contract, but for risks."""
_READ = Parameter("a", Slice(Scalar.INT))
_WRITTEN = Parameter("a", Slice(Scalar.INT), assigned=True)
_FLAGS = Parameter("flags", Slice(Scalar.BOOL), assigned=True)


def _routine(
    name: str, *parameters: Parameter, result: Scalar | None = Scalar.INT, cost: int = 60
) -> Function:
    return Function(name, parameters, result, cost)


def _truths(*names: str, parameter: Parameter, cost: int = 20) -> tuple[Function, ...]:
    return tuple(_routine(name, parameter, result=Scalar.BOOL, cost=cost) for name in names)


def _sorts(*names: str) -> tuple[Function, ...]:
    return tuple(_routine(name, _WRITTEN, result=None, cost=600) for name in names)


_CONTAINER = (
    _routine("clear", _WRITTEN, result=None, cost=10),
    _routine("push", _WRITTEN, _INT, result=None, cost=80),
    _routine("pop", _WRITTEN, cost=80),
    _routine("peek", _READ, cost=20),
    _routine("size", _READ, cost=10),
    *_truths("is_empty", "is_full", parameter=_READ),
)

ROUTINES: dict[str, tuple[Function, ...]] = {
    "math": (
        *(_routine(name, _INT, _INT, cost=10) for name in ("min", "max")),
        *(_routine(name, _INT, cost=10) for name in ("abs", "sign")),
        *(_routine(name, _INT, _INT, cost=400) for name in ("gcd", "mul", "lcm")),
        _routine("mod", _INT, _SMALL, cost=200),
        *(_routine(name, _INT, _SMALL, cost=200) for name in ("div", "rem", "pow")),
        _routine("clamp", _INT, _SMALL, _INT, cost=20),
        _routine("isqrt", _SMALL, cost=300),
        _routine("mulmod", _SMALL, _SMALL, _INT, cost=300),
        _routine("powmod", _SMALL, _SMALL, _INT, cost=900),
    ),
    "bits": (
        *(_routine(name, _INT, _INT, cost=200) for name in ("and", "or", "xor", "rotl", "rotr")),
        *(_routine(name, _INT, cost=200) for name in ("popcount", "parity", "reverse")),
        *(_routine(name, _INT, cost=100) for name in ("not", "clz", "ctz")),
        *(_routine(name, _INT, _SMALL, cost=100) for name in ("shl", "shr", "shr_logical")),
        _routine("width", cost=5),
    ),
    "array": (
        *(_routine(name, _READ) for name in ("sum", "min", "max", "argmin", "argmax")),
        _routine("contains", _READ, _INT, result=Scalar.BOOL),
        _routine("count", _READ, _INT),
        _routine("dot", _READ, _READ, cost=900),
        _routine("equal", _READ, _READ, result=Scalar.BOOL),
        _routine("copy", _WRITTEN, _READ, result=None),
        *(_routine(name, _WRITTEN, _INT, result=None) for name in ("fill", "rotate")),
        *(_routine(name, _WRITTEN, result=None) for name in ("reverse", "prefix_sum")),
    ),
    "sort": (
        *_sorts("insertion", "bubble", "selection", "shell", "heap", "quick"),
        _routine("merge", _WRITTEN, _WRITTEN, result=None, cost=800),
        _routine("argsort", _READ, _WRITTEN, result=None, cost=800),
        *_truths("is_sorted", parameter=_READ),
    ),
    "search": tuple(_routine(name, _READ, _INT) for name in ("linear", "binary", "lower_bound")),
    "random": (
        _routine("seed", _INT, result=None, cost=5),
        _routine("next", cost=400),
        _routine("below", _SMALL, cost=900),
        _routine("shuffle", _WRITTEN, result=None, cost=3000),
    ),
    "text": (
        _routine("length", _READ, cost=40),
        _routine("write", _READ, result=None, cost=60),
        _routine("compare", _READ, _READ, cost=80),
        _routine("reverse", _WRITTEN, result=None),
        *_truths("is_digit", "is_alpha", "is_space", parameter=_INT),
        *(_routine(name, _INT, cost=20) for name in ("to_upper", "to_lower")),
        _routine("write_int", _INT, result=None, cost=100),
        _routine("format_int", _INT, _WRITTEN, cost=300),
        _routine("read_line", _WRITTEN, cost=200),
        _routine("parse_int", _READ, cost=200),
    ),
    "matrix": (
        _routine("identity", _WRITTEN, _SMALL, result=None, cost=200),
        _routine("transpose", _READ, _WRITTEN, _SMALL, _SMALL, result=None, cost=300),
    ),
    "stack": _CONTAINER,
    "queue": _CONTAINER,
    "heap": _CONTAINER,
    "primes": (
        _routine("sieve", _FLAGS, result=None, cost=200),
        *_truths("is_prime", parameter=_SMALL, cost=300),
        _routine("factorize", _SMALL, _WRITTEN, cost=300),
    ),
    "fixed": (
        _routine("mul", _INT, _INT, _SMALL, cost=900),
        _routine("div", _INT, _INT, _SMALL, cost=1500),
        _routine("sqrt", _SMALL, _SMALL, cost=900),
    ),
}
"""By module. The arrays that generated programs have are short; costs are for w up to 32."""
