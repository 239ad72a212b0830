"""Equations between value ranges, and their least solution.

Optimistic interval analysis. A value starts without any word; what joins others takes what each of
them brings, first narrowed by the conditions that hold on the way, and nothing from where control
cannot come, as in conditional constant propagation. What keeps growing jumps to the next of a few
thresholds, which bounds the number of sweeps; two sweeps without that jump sharpen the result. What
reads nothing that changed is not evaluated again.

Sources: Cousot and Cousot, "Abstract interpretation" (1977); Harrison, "Compiler analysis of the
value ranges for variables" (1977); Wegman and Zadeck, "Constant propagation with conditional
branches" (1991).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from mlpl.ir.guards import Knowledge
from mlpl.ir.interval import TRUTHS, Interval, all_words, evaluate, refine
from mlpl.ir.module import Const, Instruction, Kind, Operand, Value

_PATIENCE = 3
"""How often a value may grow before it jumps to a threshold."""
_FINE = 8
"""How often it may jump to a threshold of its own, before only the common ones are left."""
_SHARPENING = 2
"""Rounds after the least fixed point that only shrink."""


class Input(NamedTuple):
    """An operand, and where it is read.

    Attributes:
        operand: what is read.
        known: what is known there.
        offset: of the keys of its function.
        way: the key of the block; its interval is empty while control has not come there.
        condition: what the branch at the end of the block asks on this way; None for a jump.
    """

    operand: Operand
    known: Knowledge
    offset: int
    way: int | None = None
    condition: Operand | None = None


class Node(NamedTuple):
    """An equation.

    Attributes:
        key: of the value.
        kind: of the value.
        definition: what computes it from its inputs; None where it is any of them.
        inputs: operands of the instruction, or all that the value may be.
        thresholds: sorted words that it may jump to.
    """

    key: int
    kind: Kind
    definition: Instruction | None
    inputs: list[Input]
    thresholds: Sequence[int] = ()


class RangeSystem:
    """Equations, which are added first and solved then.

    Attributes:
        word_bits: w.
        found: the intervals, by key; none for what cannot have a value.
    """

    def __init__(self, word_bits: int) -> None:
        self.word_bits = word_bits
        self.found: dict[int, Interval] = {}
        self._full = all_words(word_bits)
        self._nodes: list[Node] = []
        self._growth: dict[int, int] = {}

    def add(self, node: Node) -> None:
        """Adds an equation; those that others read are best added before them."""
        self._nodes.append(node)

    def widest(self, kind: Kind) -> Interval:
        """Returns all that a value of a kind can be."""
        return TRUTHS if kind is Kind.BOOL else self._full

    def narrowed(self, operand: Operand, known: Knowledge, offset: int) -> Interval | None:
        """Returns the operand's interval where so much is known; None if no word is left."""
        interval = self._plain(operand, offset)
        if not isinstance(operand, Value) or operand.id not in known:
            return interval
        for fact in known[operand.id]:
            if interval is None:
                return None
            if operand == fact.condition:
                interval = interval.meet(Interval(int(fact.holds), int(fact.holds)))
            elif fact.comparison is not None:
                others = [self._plain(o, offset) for o in fact.comparison.operands]
                if None not in others:
                    plain = [o for o in others if o is not None]
                    interval = refine(fact.comparison, fact.outcome, operand, interval, plain)
        return interval

    def _plain(self, operand: Operand, offset: int) -> Interval | None:
        if isinstance(operand, Value):
            return self.found.get(offset + operand.id)
        if isinstance(operand, Const):
            return Interval(operand.value, operand.value)
        return self._full

    def solve(self) -> None:
        """Finds the least fixed point, then looks twice at what jumped too far."""
        readers = self._readers()
        waiting = set(range(len(self._nodes)))
        while waiting:
            waiting = self._sweep(readers, waiting, grow=True)
        jumped = {key for key, times in self._growth.items() if times > _PATIENCE}
        waiting = {n for n, node in enumerate(self._nodes) if node.key in jumped}
        for _ in range(_SHARPENING):
            waiting = self._sweep(readers, waiting, grow=False)

    def _readers(self) -> dict[int, list[int]]:
        """Returns for each key the numbers of the nodes that it may change."""
        found: dict[int, list[int]] = {}
        for number, node in enumerate(self._nodes):
            for input_ in node.inputs:
                for key in _read(input_):
                    found.setdefault(key, []).append(number)
        return found

    def _sweep(self, readers: dict[int, list[int]], waiting: set[int], *, grow: bool) -> set[int]:
        """Evaluates nodes and what they change further on; returns what they change behind."""
        heap = sorted(waiting)
        behind: set[int] = set()
        listed = waiting
        while heap:
            number = heappop(heap)
            node = self._nodes[number]
            if not self._evaluate(node, grow):
                continue
            for reader in readers.get(node.key, ()):
                if reader <= number:
                    behind.add(reader)
                elif reader not in listed:
                    listed.add(reader)
                    heappush(heap, reader)
        return behind

    def _evaluate(self, node: Node, grow: bool) -> bool:
        """Evaluates the node of a value; says whether its interval changed."""
        if node.definition is None:
            return self._join(node, grow)
        operands = []
        for operand, known, offset, _, _ in node.inputs:
            interval = self.narrowed(operand, known, offset)
            if interval is None:
                return False
            operands.append(interval)
        return self._set(node, evaluate(node.definition, operands, self.word_bits))

    def _join(self, node: Node, grow: bool) -> bool:
        joined: Interval | None = None
        for input_ in node.inputs:
            interval = self._brought(input_)
            if interval is not None:
                joined = interval if joined is None else joined.join(interval)
        if joined is None:
            return False
        before = self.found.get(node.key)
        if grow and before is not None:
            joined = before.join(joined)
            if joined == before:
                return False
            joined = self._widened(node, joined, before)
        return self._set(node, joined)

    def _brought(self, input_: Input) -> Interval | None:
        operand, known, offset, way, condition = input_
        if way is not None and way not in self.found:
            return None
        if condition is not None and self.narrowed(condition, known, offset) is None:
            return None
        return self.narrowed(operand, known, offset)

    def _widened(self, node: Node, joined: Interval, before: Interval) -> Interval:
        times = self._growth[node.key] = self._growth.get(node.key, 0) + 1
        if times <= _PATIENCE:
            return joined
        own = node.thresholds if times <= _PATIENCE + _FINE else ()
        return joined.widened(before, self._full, own)

    def _set(self, node: Node, interval: Interval) -> bool:
        widest = self.widest(node.kind)
        interval = interval.meet(widest) or widest
        if self.found.get(node.key) == interval:
            return False
        self.found[node.key] = interval
        return True


def _read(input_: Input) -> Iterator[int]:
    """Yields the keys of what an input depends on."""
    offset = input_.offset
    if input_.way is not None:
        yield input_.way
    for operand in (input_.operand, input_.condition):
        if not isinstance(operand, Value):
            continue
        yield offset + operand.id
        for fact in input_.known.get(operand.id, ()):
            for other in fact.comparison.operands if fact.comparison is not None else ():
                if isinstance(other, Value):
                    yield offset + other.id
