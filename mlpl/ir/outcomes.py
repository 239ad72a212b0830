"""How branches go for those who come by a given way: by its arguments and its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlpl.ir.facts import consequences, key
from mlpl.ir.guards import Knowledge
from mlpl.ir.interval import Interval, evaluate
from mlpl.ir.module import Block, Branch, Const, Edge, Instruction, Jump, Kind, Operand, Value
from mlpl.ir.ranges import Ranges
from mlpl.ir.uses import defined


class Step(NamedTuple):
    """A block on a way, and the edge by which the way goes on.

    Attributes:
        block: that is passed.
        edge: one of the block's.
        known: the values of the block that are best taken for constants on this way, by id.
    """

    block: Block
    edge: Edge
    known: Mapping[int, Const]


class Outcomes:
    """Follows ways through one function."""

    def __init__(self, ranges: Ranges) -> None:
        self._ranges = ranges
        self._blocks = ranges.guards.flow.blocks

    def following(self, edge: Edge, known: Knowledge) -> Iterator[Step]:
        """Yields the blocks behind an edge, as long as it is known how the way goes on.

        Nothing of what the conditions tell may be about values that are defined on the way: the
        way must not lead through a block that dominates where it begins.

        Args:
            edge: where the way begins.
            known: the conditions that hold there.
        """
        way = _Way(self._ranges, known)
        while way.enter(self._blocks[edge.block], edge):
            block = self._blocks[edge.block]
            match block.terminator:
                case Jump(following):
                    edge = following
                case Branch(condition, then, otherwise):
                    outcome = way.truth(condition)
                    if outcome is None:
                        return
                    edge = then if outcome else otherwise
                case _:
                    return
            yield Step(block, edge, way.constants(block))


class _Way:
    """What is known of the values that are met on one way.

    Attributes:
        _stands: what stands for values of the blocks passed, in terms of those before.
        _intervals: of the other values of these blocks.
        _given: the parameters that are given values, be it such that are constants here.
    """

    def __init__(self, ranges: Ranges, known: Knowledge) -> None:
        self._ranges = ranges
        self._known = known
        self._stands: dict[int, Operand] = {}
        self._intervals: dict[int, Interval] = {}
        self._given: set[int] = set()

    def enter(self, block: Block, edge: Edge) -> bool:
        """Learns what a block computes; False where the way cannot be gone at all."""
        arguments = [self._operand(argument) for argument in edge.arguments]
        for parameter, argument in zip(block.parameters, arguments, strict=True):
            interval = self._interval(argument)
            if interval is None:
                return False
            self._stands[parameter.id] = _settled(argument, interval)
            if not isinstance(argument, Const):
                self._given.add(parameter.id)
        return all(self._compute(i) for i in block.instructions)

    def truth(self, condition: Operand) -> bool | None:
        """Returns the outcome of a condition, or None if it is not known."""
        condition = self._operand(condition)
        if isinstance(condition, Const):
            return bool(condition.value)
        interval = self._interval(condition)
        if interval is None or interval.low != interval.high:
            return None
        return bool(interval.low)

    def constants(self, block: Block) -> Mapping[int, Const]:
        """Returns the values of a block that are constants, by id.

        A parameter that is given a value is left out: to pass that on costs no more.
        """
        ids = (value.id for value in defined(block) if value.id not in self._given)
        found = ((id_, self._stands.get(id_)) for id_ in ids)
        return {id_: operand for id_, operand in found if isinstance(operand, Const)}

    def _compute(self, i: Instruction) -> bool:
        """Learns what an instruction computes; False where it cannot be reached."""
        if i.result is None:
            return True
        found: Interval | None = self._ranges.everywhere(i.result)
        if i.op.pure and i.result.kind is not Kind.REF:
            found = self._computed(i, i.result)
        if found is None:
            return False
        self._intervals[i.result.id] = found
        settled = _settled(i.result, found)
        if settled is not i.result:
            self._stands[i.result.id] = settled
        return True

    def _computed(self, i: Instruction, result: Value) -> Interval | None:
        operands = tuple(map(self._operand, i.operands))
        intervals = [x for x in map(self._interval, operands) if x is not None]
        if len(intervals) < len(operands):
            return None
        truth = self._told(i, operands) if result.kind is Kind.BOOL else None
        if truth is not None:
            return Interval(int(truth), int(truth))
        found = evaluate(i, intervals, self._ranges.word_bits)
        return found.meet(self._ranges.everywhere(result))

    def _told(self, i: Instruction, operands: tuple[Operand, ...]) -> bool | None:
        """Returns the outcome of a comparison if a condition before implies it."""
        wanted = key(i.op, operands)
        for operand in operands:
            if not isinstance(operand, Value) or operand.id in self._intervals:
                continue
            for fact in self._known.get(operand.id, ()):
                if fact.comparison is None:
                    continue
                of = fact.comparison
                for computation, truth in consequences(of.op, of.operands, fact.outcome):
                    if computation == wanted:
                        return truth
        return None

    def _operand(self, operand: Operand) -> Operand:
        return self._stands.get(operand.id, operand) if isinstance(operand, Value) else operand

    def _interval(self, operand: Operand) -> Interval | None:
        if operand.kind is Kind.REF:
            return self._ranges.widest
        if isinstance(operand, Value) and operand.id in self._intervals:
            return self._intervals[operand.id]
        return self._ranges.where(operand, self._known)


def _settled(operand: Operand, interval: Interval) -> Operand:
    """Returns the constant that an operand is, or the operand."""
    if operand.kind is Kind.REF or interval.low != interval.high:
        return operand
    return Const(interval.low, operand.kind)
