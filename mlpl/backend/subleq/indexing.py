"""Indices that are sums with a constant: the constant goes into the address of the object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping

from mlpl.ir.module import Address, Const, Function, Instruction, Op, Operand, Value

NEAR = 8
"""Constants up to so many cells; no object lies nearer to address 0."""


def displaced(
    function: Function,
    defined: Mapping[int, Instruction],
    used: Mapping[int, int],
    walking: Container[tuple[str, int]],
) -> dict[int, tuple[Value, int]]:
    """Returns sums x + c that serve as indices of known objects and nothing else, by id.

    Then `a[x + c]` is the cell at x behind the address a + c, and the sum is not needed. Accesses
    that are `walking`, by block and number, use no index.
    """
    accesses: Counter[int] = Counter()
    for operand in _indices(function, walking):
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


def _indices(function: Function, walking: Container[tuple[str, int]]) -> Iterator[Operand]:
    for block in function.blocks:
        for number, i in enumerate(block.instructions):
            known = i.op in (Op.LOAD, Op.STORE) and isinstance(i.operands[0], Address)
            if known and (block.name, number) not in walking:
                yield i.operands[1]
