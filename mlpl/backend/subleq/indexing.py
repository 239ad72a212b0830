"""Indices that are sums with a constant: the constant goes into the address of the object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from mlpl.ir.module import Address, Const, Function, Instruction, Op, Operand, Value

NEAR = 8
"""Constants up to so many cells; no object lies nearer to address 0."""


def displaced(
    function: Function, defined: Mapping[int, Instruction], used: Mapping[int, int]
) -> dict[int, tuple[Value, int]]:
    """Returns sums x + c that serve as indices of known objects and nothing else, by id.

    Then `a[x + c]` is the cell at x behind the address a + c, and the sum is not needed.
    """
    accesses: Counter[int] = Counter()
    for operand in _indices(function):
        if isinstance(operand, Value):
            accesses[operand.id] += 1
    found = {}
    for id_, count in accesses.items():
        match defined.get(id_):
            case Instruction(Op.ADD, (Value() as x, Const(c))) if used[id_] == count:
                if abs(c) <= NEAR:
                    found[id_] = (x, c)
            case _:
                pass
    return {i: (x, c) for i, (x, c) in found.items() if x.id not in found}


def _indices(function: Function) -> Iterator[Operand]:
    for i in function.instructions():
        if i.op in (Op.LOAD, Op.STORE) and isinstance(i.operands[0], Address):
            yield i.operands[1]
