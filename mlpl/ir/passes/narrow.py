"""Conditional constant propagation over value ranges."""

from __future__ import annotations

from dataclasses import replace

from mlpl.base.words import largest, smallest
from mlpl.ir.differences import Differences
from mlpl.ir.interval import Interval, evaluate
from mlpl.ir.module import Block, Const, Function, Instruction, Kind, Module, Op, Operand, Value
from mlpl.ir.ranges import Ranges, program_ranges
from mlpl.ir.rewrite import Substitution, map_function, with_blocks, with_contents, with_functions
from mlpl.ir.settings import DEFAULT, Settings

_NEVER = "the check of an index never fails"
_ALWAYS = "the check of an index always fails"


def narrow(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with what the ranges of its values decide.

    Before::

        for(%i.1: int):
          %2 = lt %i.1, 8
          branch %2, do, done
        do:
          %3 = within %i.1, 10
          %4 = ne %i.1, 8
          %5 = within %n.0, %i.1
          %6 = rem %i.1, 16

    After (here i is 0 or more in every round)::

        do:
          %5 = within %n.0, %i.1

    and `true` stands for %3 and %4, and %i.1 for %6. A value with one possible word becomes that
    constant, be it computed, loaded, a result or a parameter. A check of which one half is known
    becomes the other half; an equation with the end of a range becomes an inequality, which the
    target tests in fewer steps. Branches on what is now constant are left to `fold`.
    Ranges follow arguments, results and the contents of objects through the whole program, and
    nothing comes from edges that are never taken. That an index is below an unknown length is
    followed through sums and loops, see `mlpl.ir.differences`; other relations between unknown
    values are not: what `lt %i, %n` says about a second use of both is for `number`.

    Source: Wegman and Zadeck, "Constant propagation with conditional branches" (1991), over the
    intervals of Harrison (1977), see `mlpl.ir.ranges`.
    """
    ranges = program_ranges(module)
    functions = {
        name: _narrowed(function, ranges[name], settings)
        for name, function in module.functions.items()
    }
    return with_functions(module, functions)


def _narrowed(function: Function, ranges: Ranges, settings: Settings) -> Function:
    reached = set(ranges.guards.flow.order)
    differences = Differences(ranges)
    stands = Substitution()
    for parameter in function.parameters:
        _settle(parameter, ranges, stands)
    blocks = [
        _Narrowing(function.name, block, ranges, differences, stands, settings).run()
        if block.name in reached
        else block
        for block in function.blocks
    ]
    function = with_blocks(function, blocks)
    return map_function(function, stands) if stands else function


def _settle(value: Value, ranges: Ranges, stands: Substitution) -> bool:
    """Lets a constant stand for a value that is nothing else; says whether it does."""
    low, high = ranges.everywhere(value)
    if low == high and value.kind is not Kind.REF:
        stands.add(value, Const(low, value.kind))
        return True
    return False


class _Narrowing:
    """Simplifies the instructions of one block."""

    def __init__(
        self,
        function: str,
        block: Block,
        ranges: Ranges,
        differences: Differences,
        stands: Substitution,
        settings: Settings,
    ) -> None:
        self._function = function
        self._block = block
        self._ranges = ranges
        self._differences = differences
        self._stands = stands
        self._settings = settings

    def run(self) -> Block:
        """Returns the block; what stands for results is in the substitution."""
        for parameter in self._block.parameters:
            _settle(parameter, self._ranges, self._stands)
        kept = (self._instruction(i) for i in self._block.instructions)
        instructions = [i for i in kept if i is not None]
        return with_contents(self._block, instructions, self._block.terminator)

    def _instruction(self, i: Instruction) -> Instruction | None:
        if i.result is None or i.op is Op.OFFSET:
            return i
        if not i.op.pure:
            settled = _settle(i.result, self._ranges, self._stands)
            return None if settled and i.op is Op.LOAD else i
        operands = [self._ranges.at(o, self._block.name) for o in i.operands]
        found = evaluate(i, operands, self._ranges.word_bits)
        if found.low == found.high:
            self._is_constant(i, found.low)
            return None
        simpler = self._simpler(i, operands)
        if isinstance(simpler, Instruction):
            return simpler
        self._stands.add(i.result, simpler)
        return None

    def _is_constant(self, i: Instruction, value: int) -> None:
        assert i.result is not None
        self._stands.add(i.result, Const(value, i.result.kind))
        if i.op is Op.WITHIN:
            self._settings.did(self._function, _NEVER if value else _ALWAYS, i.location)

    def _simpler(self, i: Instruction, ranges: list[Interval]) -> Instruction | Operand:
        """Returns a simpler instruction, or the operand that the result equals."""
        match i.op, ranges:
            case Op.WITHIN, (x, y):
                return self._check(i, x, y)
            case Op.EQ | Op.NE, (x, y) if i.operands[0].kind is Kind.INT:
                return _inequality(i, x, y)
            case Op.REM, (x, y) if x.low >= 0 and x.high < y.low:
                return i.operands[0]
            case Op.DIV, (x, y) if x.low >= 0 and x.high < y.low:
                return Const(0)
            case Op.AND, (x, Interval(low, high)) if low == high and _covers(low, x):
                return i.operands[0]
            case _:
                return i

    def _check(self, i: Instruction, x: Interval, y: Interval) -> Instruction | Operand:
        index, length = i.operands
        if self._differences.less(index, length, self._block.name):
            if x.low >= 0:
                self._settings.did(self._function, _NEVER, i.location)
                return Const(1, Kind.BOOL)
            self._settings.did(self._function, "an index is checked at 0 only", i.location)
            return replace(i, op=Op.GE, operands=(index, Const(0)))
        self._settings.missed(
            self._function,
            f"an index in {_spell(x, self._ranges.word_bits)} is checked against a length in "
            f"{_spell(y, self._ranges.word_bits)}",
            i.location,
        )
        return i


def _spell(x: Interval, w: int) -> str:
    if x == Interval(smallest(w), largest(w)):
        return "any range"
    return f"{x.low}..{x.high}"


def _covers(mask: int, x: Interval) -> bool:
    """Whether the low bits that are all set in `mask` hold every word of x."""
    return mask & (mask + 1) == 0 and x.low >= 0 and x.high <= mask


def _inequality(i: Instruction, x: Interval, y: Interval) -> Instruction:
    """Returns x == y or x != y as an inequality where x can differ to one side only."""
    equal = i.op is Op.EQ
    if x.low >= y.high:
        return replace(i, op=Op.LE if equal else Op.GT)
    if x.high <= y.low:
        return replace(i, op=Op.GE if equal else Op.LT)
    return i
