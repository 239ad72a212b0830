"""The routines of the standard library that generated programs call."""

from __future__ import annotations

from tests.generation.shapes import Function, Parameter, Scalar, Slice

_INT = Parameter("x", Scalar.INT)
_READ = Parameter("a", Slice(Scalar.INT))
_WRITTEN = Parameter("a", Slice(Scalar.INT), assigned=True)


def _routine(
    name: str, *parameters: Parameter, result: Scalar | None = Scalar.INT, cost: int = 60
) -> Function:
    return Function(name, parameters, result, cost)


ROUTINES: dict[str, tuple[Function, ...]] = {
    "math": (
        _routine("min", _INT, _INT, cost=10),
        _routine("max", _INT, _INT, cost=10),
        _routine("abs", _INT, cost=10),
        _routine("sign", _INT, cost=10),
        _routine("gcd", _INT, _INT, cost=400),
        _routine("mul", _INT, _INT, cost=200),
    ),
    "bits": (
        _routine("and", _INT, _INT, cost=200),
        _routine("or", _INT, _INT, cost=200),
        _routine("xor", _INT, _INT, cost=200),
        _routine("not", _INT, cost=10),
        _routine("popcount", _INT, cost=150),
        _routine("parity", _INT, cost=150),
        _routine("reverse", _INT, cost=200),
        _routine("clz", _INT, cost=100),
        _routine("ctz", _INT, cost=100),
        _routine("rotl", _INT, _INT, cost=250),
        _routine("width", cost=5),
    ),
    "array": (
        _routine("sum", _READ),
        _routine("min", _READ, cost=80),
        _routine("argmax", _READ, cost=80),
        _routine("contains", _READ, _INT, result=Scalar.BOOL),
        _routine("count", _READ, _INT),
        _routine("fill", _WRITTEN, _INT, result=None),
        _routine("reverse", _WRITTEN, result=None),
        _routine("prefix_sum", _WRITTEN, result=None, cost=80),
    ),
    "sort": (
        _routine("insertion", _WRITTEN, result=None, cost=500),
        _routine("heap", _WRITTEN, result=None, cost=800),
        _routine("is_sorted", _READ, result=Scalar.BOOL, cost=80),
    ),
    "search": (_routine("linear", _READ, _INT),),
    "random": (
        _routine("seed", _INT, result=None, cost=5),
        _routine("next", cost=400),
    ),
}
"""By module. The arrays that generated programs have are short; costs are for w up to 32."""
