"""The places of a program that need routines, with what is known about their operands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlpl.backend.subleq.fuse import uses
from mlpl.backend.subleq.loop_depth import loop_depths
from mlpl.backend.subleq.routines.need import Need
from mlpl.ir.graph import graph
from mlpl.ir.interval import Interval
from mlpl.ir.liveness import liveness
from mlpl.ir.module import Block, Function, Instruction, Module, Op, Operand, Value
from mlpl.ir.ranges import Ranges
from mlpl.ir.signatures import ROUTINE_OPS
from mlpl.ir.uses import terminator_operands

_BOTH = {Op.DIV: Op.REM, Op.REM: Op.DIV}


@dataclass(frozen=True, slots=True)
class Site:
    """An instruction that needs a routine.

    Attributes:
        instruction: it.
        partner: a division's other result, further on in the block, which comes with it.
        operands: in the order of the routine.
        need: what it needs.
        depth: how many loops are around it.
    """

    instruction: Instruction
    partner: Instruction | None
    operands: tuple[Operand, ...]
    need: Need
    depth: int

    @property
    def family(self) -> str:
        """What one routine could do for this and other sites."""
        op = self.instruction.op
        return self.instruction.symbol or (Op.DIV if op is Op.REM else op).value


def sites(
    module: Module, ranges: Callable[[Function], Ranges], stands_in: Callable[[Instruction], bool]
) -> Iterator[Site]:
    """Yields the sites of all functions that are called, in order.

    Args:
        module: the program.
        ranges: of a function's values.
        stands_in: whether a routine does a call.
    """
    waiting, seen = [module.entry], {module.entry}
    while waiting:
        function = module.functions[waiting.pop()]
        instructions = list(function.instructions())
        if any(i.op in ROUTINE_OPS or stands_in(i) for i in instructions):
            yield from _Sites(function, ranges(function), stands_in).all()
        for i in instructions:
            if i.op is Op.CALL and i.symbol not in seen and not stands_in(i):
                seen.add(i.symbol)
                waiting.append(i.symbol)


class _Sites:
    """Finds the sites of one function."""

    def __init__(
        self, function: Function, ranges: Ranges, stands_in: Callable[[Instruction], bool]
    ) -> None:
        self._function = function
        self._ranges = ranges
        self._stands_in = stands_in
        self._uses = uses(function)

    def all(self) -> Iterator[Site]:
        flow = graph(self._function)
        depths, live = loop_depths(flow), liveness(flow)
        for name in flow.order:
            yield from self._block(flow.blocks[name], depths[name], live.live_out[name])

    def _block(self, block: Block, depth: int, live: frozenset[int]) -> Iterator[Site]:
        partners: set[int] = set()
        read = [*terminator_operands(block.terminator)]
        last = {o.id: len(block.instructions) for o in read if isinstance(o, Value)}
        last = dict.fromkeys(live, len(block.instructions)) | last
        for number, i in reversed(list(enumerate(block.instructions))):
            for o in i.operands:
                if isinstance(o, Value):
                    last.setdefault(o.id, number)
        for number, i in enumerate(block.instructions):
            if self._stands_in(i):
                everything = self._ranges.at(i.operands[0], block.name)
                yield Site(i, None, i.operands, Need((i.op,), everything, everything), depth)
            if i.op not in ROUTINE_OPS or id(i) in partners or not self._wanted(i):
                continue
            partner = self._partner(i, block.instructions[number + 1 :])
            if partner is not None:
                partners.add(id(partner))
            yield self._site(i, partner, block.name, depth, last, number)

    def _site(
        self,
        i: Instruction,
        partner: Instruction | None,
        block: str,
        depth: int,
        last: Mapping[int, int],
        number: int,
    ) -> Site:
        ops = {i.op} if partner is None else {Op.DIV, Op.REM}
        x, y = i.operands
        left, right = self._ranges.at(x, block), self._ranges.at(y, block)
        assert i.op.binary is not None, "these ops are operators"
        if i.op.binary.commutes and _rank(left) < _rank(right):
            x, y, left, right = y, x, right, left
        dead = not isinstance(x, Value) or last[x.id] == number
        need = Need(tuple(op for op in Op if op in ops), left, right, dead)
        return Site(i, partner, (x, y), need, depth)

    def _wanted(self, i: Instruction) -> bool:
        return i.result is not None and self._uses[i.result.id] > 0

    def _partner(self, i: Instruction, following: Sequence[Instruction]) -> Instruction | None:
        """Returns the other division of the same operands, if the block asks for it."""
        other = _BOTH.get(i.op)
        for j in following:
            if j.op is other and j.operands == i.operands and self._wanted(j):
                return j
        return None


def _rank(interval: Interval) -> tuple[bool, int]:
    """Returns what a routine prefers as its second operand: the least, and not negative."""
    magnitude = max(abs(interval.low), abs(interval.high))
    return interval.low != interval.high, magnitude.bit_length() + 3 * (interval.low < 0)
