"""Value ranges: for every value an interval that holds it, sharper where conditions say so.

Optimistic interval analysis over SSA. A value starts without any word, block parameters join what
their edges bring, and each edge is first narrowed by the conditions that hold on it, so that `i`
is below `n` inside `for i in 0..n`. Parameters that keep growing jump to the next of a few
thresholds, which bounds the number of sweeps; two sweeps without that jump sharpen the result.
What reads nothing that changed is not evaluated again.
It does not follow memory, calls or sums of two unknowns. (Cousot and Cousot, 1977; Harrison,
"Compiler analysis of the value ranges for variables", 1977.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from mlpl.base.words import largest, smallest
from mlpl.ir.dominance import dominance
from mlpl.ir.facts import OPPOSITE
from mlpl.ir.graph import graph
from mlpl.ir.interval import Interval, evaluate, refine
from mlpl.ir.module import (
    Branch,
    Const,
    Edge,
    Function,
    Instruction,
    Kind,
    Op,
    Operand,
    Value,
)

_PATIENCE = 3
"""How often a parameter may grow before it jumps to a threshold."""
_SHARPENING = 2
"""Rounds after the least fixed point that only shrink."""
_NEAR = 24
"""How many conditions above a block are looked at."""


class Fact(NamedTuple):
    """A condition that is known to hold (or not) in a block.

    Attributes:
        condition: a bool.
        holds: whether it is true.
        comparison: what computes it, negations apart; None where nothing does.
        outcome: what the comparison then gives.
        about: the values that it tells of, by their ids: the condition and what is compared.
    """

    condition: Value
    holds: bool
    comparison: Instruction | None
    outcome: bool
    about: tuple[int, ...]


Knowledge = Mapping[int, Sequence[Fact]]
"""The facts about each value, by its id."""

_Input = tuple[Operand, Knowledge]
"""An operand, and what is known where it is read."""
_Node = tuple[Value, list[_Input]]
"""A value and what it is made of: operands of an instruction, or arguments of a parameter."""


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
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._known: dict[str, Knowledge] = {}
        self._collect_facts()
        self._incoming = {name: self._edges_into(name) for name in self._flow.order}
        self._found: dict[int, Interval] = {p.id: self._widest(p) for p in function.parameters}
        self._growth: dict[int, int] = {}
        self._solve()

    def at(self, operand: Operand, block: str) -> Interval:
        """Returns an interval of words that holds the operand's value in `block`."""
        return self._narrowed(operand, self._known.get(block, {})) or self._widest(operand)

    def less(self, x: Operand, y: Operand, block: str) -> bool:
        """Whether it is known that x < y in `block`, by their ranges or by a condition."""
        if self.at(x, block).high < self.at(y, block).low:
            return True
        for fact in self._facts.get(block, ()):
            definition = fact.comparison
            if definition is None or definition.op not in OPPOSITE:
                continue
            op = definition.op if fact.outcome else OPPOSITE[definition.op]
            if op is Op.LT and definition.operands == (x, y):
                return True
            if op is Op.GT and definition.operands == (y, x):
                return True
        return False

    def _widest(self, operand: Operand) -> Interval:
        return Interval(0, 1) if operand.kind is Kind.BOOL else self._full

    def _plain(self, operand: Operand) -> Interval | None:
        if isinstance(operand, Value):
            return self._found.get(operand.id)
        if isinstance(operand, Const):
            return Interval(operand.value, operand.value)
        return self._full

    def _narrowed(self, operand: Operand, known: Knowledge) -> Interval | None:
        """Returns the operand's interval where so much is known; None if no word is left."""
        interval = self._plain(operand)
        if not isinstance(operand, Value):
            return interval
        for fact in known.get(operand.id, ()):
            if interval is None:
                return None
            if operand == fact.condition:
                interval = interval.meet(Interval(int(fact.holds), int(fact.holds)))
            elif fact.comparison is not None:
                others = [self._plain(o) for o in fact.comparison.operands]
                if None not in others:
                    plain = [o for o in others if o is not None]
                    interval = refine(fact.comparison, fact.outcome, operand, interval, plain)
        return interval

    # What is known where ---------------------------------------------------------------------

    def _collect_facts(self) -> None:
        """Finds the conditions that hold in each block, the nearest first."""
        dominators = dominance(self._flow)
        for name in dominators.preorder():
            parent = dominators.immediate.get(name, "")
            above = self._facts.get(parent, ())
            own: tuple[Fact, ...] = ()
            before = dominators.entry(self._flow, name)
            if before is not None:
                own = self._branch_facts(before, name)
            facts = (*own, *above)[:_NEAR]
            self._facts[name] = facts
            same = not own and parent in self._known
            self._known[name] = self._known[parent] if same else _by_value(facts)

    def _branch_facts(self, block: str, goal: str) -> tuple[Fact, ...]:
        """Returns what the branch at the end of `block` says on its way to `goal`."""
        match self._flow.blocks[block].terminator:
            case Branch(Value() as condition, then, otherwise) if then.block != otherwise.block:
                holds = then.block == goal
                comparison, outcome = self._comparison(condition, holds)
                operands = comparison.operands if comparison is not None else ()
                about = dict.fromkeys(o.id for o in (condition, *operands) if isinstance(o, Value))
                return (Fact(condition, holds, comparison, outcome, tuple(about)),)
            case _:
                return ()

    def _comparison(self, condition: Operand, holds: bool) -> tuple[Instruction | None, bool]:
        """Returns the comparison behind a condition, through negations."""
        while isinstance(condition, Value):
            definition = self._definitions.get(condition.id)
            if definition is None or definition.op is not Op.NOT:
                return definition, holds
            condition, holds = definition.operands[0], not holds
        return None, holds

    def _edges_into(self, name: str) -> tuple[tuple[Edge, Knowledge], ...]:
        """Returns the edges into a block, each with what is known on it."""
        if not self._flow.blocks[name].parameters:
            return ()
        found = []
        for predecessor in self._flow.predecessors[name]:
            facts = self._branch_facts(predecessor, name)
            known = self._known[predecessor]
            if facts:
                known = _by_value((*facts, *self._facts[predecessor]))
            edges = self._flow.blocks[predecessor].edges
            found += [(edge, known) for edge in edges if edge.block == name]
        return tuple(found)

    # The fixed point -----------------------------------------------------------------------

    def _solve(self) -> None:
        """Finds the least fixed point, then looks twice at what jumped too far."""
        nodes = self._nodes()
        readers = self._readers(nodes)
        waiting = set(range(len(nodes)))
        while waiting:
            waiting = self._sweep(nodes, readers, waiting, grow=True)
        jumped = {id_ for id_, times in self._growth.items() if times > _PATIENCE}
        waiting = {n for n, (value, _) in enumerate(nodes) if value.id in jumped}
        for _ in range(_SHARPENING):
            waiting = self._sweep(nodes, readers, waiting, grow=False)

    def _nodes(self) -> list[_Node]:
        """Returns what every value is made of, in reverse postorder."""
        found: list[_Node] = []
        for name in self._flow.order:
            block = self._flow.blocks[name]
            for position, parameter in enumerate(block.parameters):
                given = [(edge.arguments[position], known) for edge, known in self._incoming[name]]
                found.append((parameter, given))
            known = self._known[name]
            for i in block.instructions:
                if i.result is not None:
                    found.append((i.result, [(operand, known) for operand in i.operands]))
        return found

    def _readers(self, nodes: list[_Node]) -> dict[int, list[int]]:
        """Returns for each value, by id, the numbers of the nodes that it may change."""
        found: dict[int, list[int]] = {}
        for number, (_, inputs) in enumerate(nodes):
            for operand, known in inputs:
                if not isinstance(operand, Value):
                    continue
                found.setdefault(operand.id, []).append(number)
                for fact in known.get(operand.id, ()):
                    for other in fact.comparison.operands if fact.comparison is not None else ():
                        if isinstance(other, Value):
                            found.setdefault(other.id, []).append(number)
        return found

    def _sweep(
        self, nodes: list[_Node], readers: dict[int, list[int]], waiting: set[int], *, grow: bool
    ) -> set[int]:
        """Evaluates nodes and what they change further on; returns what they change behind."""
        heap = sorted(waiting)
        behind: set[int] = set()
        listed = waiting
        while heap:
            number = heappop(heap)
            value, inputs = nodes[number]
            if not self._evaluate(value, inputs, grow):
                continue
            for reader in readers.get(value.id, ()):
                if reader <= number:
                    behind.add(reader)
                elif reader not in listed:
                    listed.add(reader)
                    heappush(heap, reader)
        return behind

    def _evaluate(self, value: Value, inputs: list[_Input], grow: bool) -> bool:
        """Evaluates the node of a value; says whether its interval changed."""
        definition = self._definitions.get(value.id)
        if definition is None:
            return self._join(value, inputs, grow)
        operands = []
        for operand, known in inputs:
            interval = self._narrowed(operand, known)
            if interval is None:
                return False
            operands.append(interval)
        return self._set(value, evaluate(definition, operands, self.word_bits))

    def _join(self, parameter: Value, inputs: list[_Input], grow: bool) -> bool:
        joined: Interval | None = None
        for argument, known in inputs:
            interval = self._narrowed(argument, known)
            if interval is not None:
                joined = interval if joined is None else joined.join(interval)
        if joined is None:
            return False
        before = self._found.get(parameter.id)
        if grow and before is not None:
            joined = before.join(joined)
            if joined == before:
                return False
            self._growth[parameter.id] = self._growth.get(parameter.id, 0) + 1
            if self._growth[parameter.id] > _PATIENCE:
                joined = joined.widened(before, self.word_bits)
        return self._set(parameter, joined)

    def _set(self, value: Value, interval: Interval) -> bool:
        widest = self._widest(value)
        interval = interval.meet(widest) or widest
        if self._found.get(value.id) == interval:
            return False
        self._found[value.id] = interval
        return True


def _by_value(facts: tuple[Fact, ...]) -> Knowledge:
    """Returns facts by the values they are about, in the same order."""
    found: dict[int, list[Fact]] = {}
    for fact in facts:
        for id_ in fact.about:
            found.setdefault(id_, []).append(fact)
    return found
