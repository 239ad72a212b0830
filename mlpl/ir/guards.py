"""The conditions that are known to hold in blocks and on edges: those of the branches before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mlpl.ir.dominance import dominance
from mlpl.ir.graph import graph
from mlpl.ir.module import Branch, Edge, Function, Instruction, Op, Operand, Value

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


class Guards:
    """What the branches of one function say about the blocks and edges behind them.

    Attributes:
        flow: of the function.
        dominators: of the function.
        definitions: the instruction that defines each value, by id; none for parameters.
    """

    def __init__(self, function: Function) -> None:
        self.flow = graph(function)
        self.dominators = dominance(self.flow)
        self.definitions = {i.result.id: i for i in function.instructions() if i.result is not None}
        self._facts: dict[str, tuple[Fact, ...]] = {}
        self._known: dict[str, Knowledge] = {}
        self._collect()

    def facts(self, block: str) -> tuple[Fact, ...]:
        """Returns what holds in a block, the nearest first; nothing where none leads."""
        return self._facts.get(block, ())

    def known(self, block: str) -> Knowledge:
        """Returns the same by what it is about."""
        return self._known.get(block, {})

    def facts_between(self, block: str, goal: str) -> tuple[Fact, ...]:
        """Returns what holds on the way from a block to a successor."""
        return (*self._branch_facts(block, goal), *self._facts[block])

    def edges_into(self, name: str) -> tuple[tuple[Edge, Knowledge, str], ...]:
        """Returns the edges into a block, each with what is known on it, and its source."""
        found = []
        for predecessor in self.flow.predecessors[name]:
            facts = self._branch_facts(predecessor, name)
            known = self._known[predecessor]
            if facts:
                known = _by_value((*facts, *self._facts[predecessor]))
            edges = self.flow.blocks[predecessor].edges
            found += [(edge, known, predecessor) for edge in edges if edge.block == name]
        return tuple(found)

    def _collect(self) -> None:
        """Finds the conditions that hold in each block, the nearest first."""
        for name in self.dominators.preorder():
            parent = self.dominators.immediate.get(name, "")
            above = self._facts.get(parent, ())
            own: tuple[Fact, ...] = ()
            before = self.dominators.entry(self.flow, name)
            if before is not None:
                own = self._branch_facts(before, name)
            facts = (*own, *above)[:_NEAR]
            self._facts[name] = facts
            same = not own and parent in self._known
            self._known[name] = self._known[parent] if same else _by_value(facts)

    def _branch_facts(self, block: str, goal: str) -> tuple[Fact, ...]:
        """Returns what the branch at the end of `block` says on its way to `goal`."""
        match self.flow.blocks[block].terminator:
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
            definition = self.definitions.get(condition.id)
            if definition is None or definition.op is not Op.NOT:
                return definition, holds
            condition, holds = definition.operands[0], not holds
        return None, holds


def _by_value(facts: tuple[Fact, ...]) -> Knowledge:
    """Returns facts by the values they are about, in the same order."""
    found: dict[int, list[Fact]] = {}
    for fact in facts:
        for id_ in fact.about:
            found.setdefault(id_, []).append(fact)
    return found
