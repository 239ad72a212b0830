"""Value ranges: for every value an interval that holds it, sharper where conditions say so.

Optimistic interval analysis over SSA. A value starts without any word, block parameters join what
their edges bring, and each edge is first narrowed by the conditions that hold on it, so that `i`
is below `n` inside `for i in 0..n`. Parameters that keep growing jump to the next of a few
thresholds, which bounds the number of rounds; two rounds without that jump sharpen the result.
It does not follow memory, calls or sums of two unknowns. (Cousot and Cousot, 1977; Harrison,
"Compiler analysis of the value ranges for variables", 1977.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlpl.base.words import largest, smallest
from mlpl.ir.dominance import dominance
from mlpl.ir.facts import OPPOSITE
from mlpl.ir.graph import Graph, graph
from mlpl.ir.interval import Interval, evaluate, refine
from mlpl.ir.module import Block, Branch, Const, Function, Instruction, Kind, Op, Operand, Value

_PATIENCE = 3
"""How often a parameter may grow before it jumps to a threshold."""
_SHARPENING = 2
"""Rounds after the least fixed point that only shrink."""
_NEAR = 24
"""How many conditions above a block are looked at."""


class Fact(NamedTuple):
    """A condition that is known to hold (or not) in a block."""

    condition: Value
    holds: bool


class Ranges:
    """The ranges of one function's values.

    Attributes:
        word_bits: w.
    """

    def __init__(self, function: Function, word_bits: int) -> None:
        self.word_bits = word_bits
        self._full = Interval(smallest(word_bits), largest(word_bits))
        self._flow = graph(function)
        self._definitions = {
            i.result.id: i for i in function.instructions() if i.result is not None
        }
        self._facts = _facts(self._flow)
        self._found: dict[int, Interval] = {p.id: self._widest(p) for p in function.parameters}
        self._growth: dict[int, int] = {}
        self._solve()

    def at(self, operand: Operand, block: str) -> Interval:
        """Returns an interval of words that holds the operand's value in `block`."""
        return self._narrowed(operand, self._facts.get(block, ())) or self._widest(operand)

    def less(self, x: Operand, y: Operand, block: str) -> bool:
        """Whether it is known that x < y in `block`, by their ranges or by a condition."""
        if self.at(x, block).high < self.at(y, block).low:
            return True
        for fact in self._facts.get(block, ()):
            definition, holds = self._comparison(fact)
            if definition is None or definition.op not in OPPOSITE:
                continue
            op = definition.op if holds else OPPOSITE[definition.op]
            if op is Op.LT and definition.operands == (x, y):
                return True
            if op is Op.GT and definition.operands == (y, x):
                return True
        return False

    def _widest(self, operand: Operand) -> Interval:
        return Interval(0, 1) if operand.kind is Kind.BOOL else self._full

    def _plain(self, operand: Operand) -> Interval | None:
        match operand:
            case Const(value):
                return Interval(value, value)
            case Value(id):
                return self._found.get(id)
            case _:
                return self._full

    def _narrowed(self, operand: Operand, facts: tuple[Fact, ...]) -> Interval | None:
        """Returns the operand's interval under `facts`; None if no word is left."""
        interval = self._plain(operand)
        if not isinstance(operand, Value):
            return interval
        for fact in facts:
            if interval is None:
                return None
            definition, holds = self._comparison(fact)
            if operand == fact.condition:
                interval = interval.meet(Interval(int(fact.holds), int(fact.holds)))
            elif definition is not None and operand in definition.operands:
                others = [self._plain(o) for o in definition.operands]
                if None not in others:
                    known = [o for o in others if o is not None]
                    interval = refine(definition, holds, operand, interval, known)
        return interval

    def _comparison(self, fact: Fact) -> tuple[Instruction | None, bool]:
        """Returns the comparison behind a condition, through negations."""
        condition: Operand = fact.condition
        holds = fact.holds
        while isinstance(condition, Value):
            definition = self._definitions.get(condition.id)
            if definition is None or definition.op is not Op.NOT:
                return definition, holds
            condition, holds = definition.operands[0], not holds
        return None, holds

    # The fixed point -----------------------------------------------------------------------

    def _solve(self) -> None:
        while self._round(grow=True):
            pass
        for _ in range(_SHARPENING):
            self._round(grow=False)

    def _round(self, *, grow: bool) -> bool:
        """Evaluates every block once, in reverse postorder; says whether anything changed."""
        changed = False
        for name in self._flow.order:
            block = self._flow.blocks[name]
            for position, parameter in enumerate(block.parameters):
                changed |= self._join(parameter, block, position, grow)
            facts = self._facts[name]
            for i in block.instructions:
                if i.result is not None:
                    changed |= self._define(i, facts)
        return changed

    def _define(self, i: Instruction, facts: tuple[Fact, ...]) -> bool:
        assert i.result is not None
        operands = [self._narrowed(o, facts) for o in i.operands]
        known = [o for o in operands if o is not None]
        if len(known) < len(operands):
            return False
        return self._set(i.result, evaluate(i, known, self.word_bits))

    def _join(self, parameter: Value, block: Block, position: int, grow: bool) -> bool:
        joined: Interval | None = None
        for argument, facts in _arguments(self._flow, self._facts, block.name, position):
            interval = self._narrowed(argument, facts)
            if interval is not None:
                joined = interval if joined is None else joined.join(interval)
        if joined is None:
            return False
        before = self._found.get(parameter.id)
        if grow and before is not None and joined != before:
            joined = before.join(joined)
            self._growth[parameter.id] = self._growth.get(parameter.id, 0) + 1
            if self._growth[parameter.id] > _PATIENCE:
                joined = joined.widened(before, self.word_bits)
        return self._set(parameter, joined)

    def _set(self, value: Value, interval: Interval) -> bool:
        interval = interval.meet(self._widest(value)) or self._widest(value)
        if self._found.get(value.id) == interval:
            return False
        self._found[value.id] = interval
        return True


def _facts(flow: Graph) -> Mapping[str, tuple[Fact, ...]]:
    """Returns the conditions that hold in each block, the nearest first."""
    dominators = dominance(flow)
    facts: dict[str, tuple[Fact, ...]] = {}
    for name in dominators.preorder():
        above = facts.get(dominators.immediate.get(name, ""), ())
        own: tuple[Fact, ...] = ()
        if len(flow.predecessors[name]) == 1:
            own = tuple(_branch_facts(flow.blocks[flow.predecessors[name][0]], name))
        facts[name] = (*own, *above)[:_NEAR]
    return facts


def _branch_facts(block: Block, goal: str) -> Iterator[Fact]:
    """Yields what the branch at the end of `block` says on its way to `goal`."""
    match block.terminator:
        case Branch(Value() as condition, then, otherwise) if then.block != otherwise.block:
            yield Fact(condition, then.block == goal)
        case _:
            return


def _arguments(
    flow: Graph, facts: Mapping[str, tuple[Fact, ...]], name: str, position: int
) -> Iterator[tuple[Operand, tuple[Fact, ...]]]:
    """Yields each edge's argument for a block parameter, with the facts on that edge."""
    for predecessor in flow.predecessors[name]:
        block = flow.blocks[predecessor]
        known = (*_branch_facts(block, name), *facts[predecessor])
        for edge in block.edges:
            if edge.block == name:
                yield edge.arguments[position], known
