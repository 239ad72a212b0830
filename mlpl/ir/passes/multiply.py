"""Multiplication by constants as additions."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from mlpl.base.words import wrap
from mlpl.ir.copies import Copier
from mlpl.ir.module import Block, Const, Function, Instruction, Module, Op, Operand, Value
from mlpl.ir.rewrite import with_blocks, with_contents
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.uses import fresh_id


def multiply(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with products by constants made of additions, where that is less.

    Before::

        %1 = mul %x.0, 10

    After::

        %2 = add %x.0, %x.0
        %3 = add %2, %2
        %4 = add %3, %x.0
        %1 = add %4, %4

    The binary digits of the constant from the top, or those of its non-adjacent form with digits
    1, 0 and -1, if that makes fewer additions; a left shift by a constant counts as a product.
    What a chain takes is compared with the multiplication of the target, in steps or in cells.
    Common parts of chains are not looked for.

    Source: Booth's recoding in the non-adjacent form, see Knuth, "The Art of Computer
    Programming", volume 2, section 4.1, exercise 34.
    """
    copier = Copier(fresh_id(function))
    expansion = _Expansion(copier, module.word_bits, settings, function.name)
    return with_blocks(function, map(expansion.block, function.blocks))


class _Expansion:
    def __init__(self, copier: Copier, word_bits: int, settings: Settings, function: str) -> None:
        self._copier = copier
        self._w = word_bits
        self._settings = settings
        self._function = function

    def block(self, block: Block) -> Block:
        """Returns the block with chains in place of products."""
        if not any(i.op in (Op.MUL, Op.SHL) for i in block.instructions):
            return block
        instructions = (c for i in block.instructions for c in self._instruction(i))
        return with_contents(block, instructions, block.terminator)

    def _instruction(self, i: Instruction) -> Iterator[Instruction]:
        factor = self._factor(i)
        if factor is None:
            yield i
            return
        chain = list(self._chain(i, factor))
        costs = self._settings.costs
        before, after = costs.instruction(i), [costs.instruction(c) for c in chain]
        if self._settings.aim is Aim.STEPS:
            better = sum(c.steps for c in after) < before.steps
        else:
            better = sum(c.cells for c in after) < before.cells
        if better:
            self._settings.did(
                self._function, f"made additions of a product by {factor}", i.location
            )
        yield from chain if better else [i]

    def _factor(self, i: Instruction) -> int | None:
        """Returns the constant that a product is by; None for anything else."""
        match i:
            case Instruction(Op.MUL, (Value(), Const(factor))):
                return factor or None
            case Instruction(Op.SHL, (Value(), Const(count))) if 0 <= count < self._w:
                return wrap(1 << count, self._w)
            case _:
                return None

    def _chain(self, i: Instruction, factor: int) -> Iterator[Instruction]:
        x = i.operands[0]
        assert i.result is not None
        steps = list(_steps(factor))
        total: Operand = x
        if not steps:
            yield Instruction(Op.ADD, (x, Const(0)), i.result, location=i.location)
        for number, (op, added) in enumerate(steps, 1):
            result = i.result if number == len(steps) else self._copier.value(i.result)
            operands = {
                _Added.ITSELF: (total, total),
                _Added.X: (total, x),
                _Added.NOTHING: (total,),
            }
            yield Instruction(op, operands[added], result, location=i.location)
            total = result


class _Added(Enum):
    """What a step of a chain adds to the total."""

    ITSELF = "itself"
    X = "x"
    NOTHING = "nothing"


def _steps(factor: int) -> Iterator[tuple[Op, _Added]]:
    """Yields the operations that make factor * x of a total that begins as x."""
    digits = _digits(abs(factor))
    for digit in digits[1:]:
        yield Op.ADD, _Added.ITSELF
        if digit:
            yield (Op.ADD if digit > 0 else Op.SUB), _Added.X
    if factor < 0:
        yield Op.NEG, _Added.NOTHING


def _digits(number: int) -> list[int]:
    """Returns digits of a positive number, the highest first, in the form with least additions."""
    binary = [int(digit) for digit in f"{number:b}"]
    digits = []
    while number:
        digit = 2 - number % 4 if number % 2 else 0
        digits.append(digit)
        number = (number - digit) // 2
    return min(binary, digits[::-1], key=lambda form: len(form) + sum(map(abs, form)))
