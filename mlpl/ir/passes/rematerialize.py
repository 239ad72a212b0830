"""Rematerialization: cheap values are computed again behind recursive calls, not kept over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from mlpl.ir.callgraph import call_graph
from mlpl.ir.copies import Copier
from mlpl.ir.costs import DEEPEST, REPEATS
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import graph
from mlpl.ir.liveness import liveness
from mlpl.ir.loops import depths, loops
from mlpl.ir.module import Block, Function, Instruction, Module, Op, Operand, Value
from mlpl.ir.rewrite import map_instruction, map_terminator
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.uses import fresh_id, terminator_operands

Place = tuple[str, int]
"""An instruction: its block and its number."""


def rematerialize(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with fewer values that live over calls which may run their function again.

    Before, in a function @f that calls itself::

        %2 = add %n.0, -1
        call @f(%2)
        putc %n.0
        call @f(%2)

    After::

        %2 = add %n.0, -1
        call @f(%2)
        putc %n.0
        %3 = add %n.0, -1
        call @f(%3)

    What is live over such a call is pushed before it and popped behind it, which takes more steps
    than most instructions. An instruction is repeated if all its operands live over the same calls
    anyway, and if its copies take less than what is not kept any more. `number` would undo it, so
    it has to come last. Values made of others that are computed again are left alone.

    Source: Briggs, Cooper, Torczon, "Rematerialization" (1992), for pushes instead of spills.
    """
    cycles = call_graph(module).cycles
    functions = {
        name: _Rematerializing(function, cycles[name], settings).run()
        if any(_recursive(i, cycles[name]) for i in function.instructions())
        else function
        for name, function in module.functions.items()
    }
    return replace(module, functions=functions)


def _recursive(instruction: Instruction, cycle: Set[str]) -> bool:
    return instruction.op is Op.CALL and instruction.symbol in cycle


@dataclass(slots=True)
class _Candidate:
    """A value that could be computed again.

    Attributes:
        definition: what computes it.
        place: where.
        stale: the blocks into which some way leads from there through a recursive call.
    """

    definition: Instruction
    place: Place
    stale: Set[str]


class _Rematerializing:
    """Rewrites one function that is in a cycle of the call graph."""

    def __init__(self, function: Function, cycle: Set[str], settings: Settings) -> None:
        self._function = function
        self._cycle = cycle
        self._settings = settings
        self._flow = graph(function)
        self._depths = depths(self._flow, loops(self._flow, dominance(self._flow)))
        self._copier = Copier(fresh_id(function))
        self._over = self._kept()

    def run(self) -> Function:
        """Returns the function with what pays computed again."""
        chosen: dict[int, _Candidate] = {}
        blocks = dict(self._flow.blocks)
        for id_, candidate in self._candidates():
            parts = [o.id for o in candidate.definition.operands if isinstance(o, Value)]
            if any(part in chosen for part in parts):
                continue
            rewritten = {name: self._block(blocks[name], candidate) for name in self._flow.order}
            if self._pays(candidate, blocks, rewritten):
                chosen[id_] = candidate
                blocks |= rewritten
                location = candidate.definition.location
                op = candidate.definition.op.value
                self._settings.did(
                    self._function.name, f"`{op}` is repeated behind a recursive call", location
                )
        if not chosen:
            return self._function
        return replace(
            self._function, blocks=tuple(blocks[block.name] for block in self._function.blocks)
        )

    def _kept(self) -> dict[int, set[Place]]:
        """Returns for each value, by id, the recursive calls that it lives over."""
        found: dict[int, set[Place]] = {}
        live_out = liveness(self._flow).live_out
        for name in self._flow.order:
            block = self._flow.blocks[name]
            live = set(live_out[name]) | set(_ids(terminator_operands(block.terminator)))
            for number in reversed(range(len(block.instructions))):
                i = block.instructions[number]
                if i.result is not None:
                    live.discard(i.result.id)
                if _recursive(i, self._cycle):
                    for id_ in live:
                        found.setdefault(id_, set()).add((name, number))
                live |= set(_ids(i.operands))
        return found

    def _candidates(self) -> Iterator[tuple[int, _Candidate]]:
        """Yields what is kept although its operands are there behind all the calls, too."""
        for name in self._flow.order:
            for number, i in enumerate(self._flow.blocks[name].instructions):
                if i.result is None or not i.op.pure or i.result.id not in self._over:
                    continue
                calls = self._over[i.result.id]
                if all(calls <= self._over.get(part, set()) for part in _ids(i.operands)):
                    yield i.result.id, _Candidate(i, (name, number), self._stale(name, number))

    def _stale(self, home: str, number: int) -> set[str]:
        """Returns the blocks that some way reaches from a definition through a recursive call."""
        stale: set[str] = set()
        seen = {home}
        calls_in = self._flow.blocks[home].instructions[number + 1 :]
        waiting = [(home, any(_recursive(i, self._cycle) for i in calls_in))]
        while waiting:
            name, passed = waiting.pop()
            for successor in self._flow.successors[name]:
                known = stale if passed else seen
                if successor == home or successor in known or successor in stale:
                    continue
                known.add(successor)
                inside = self._flow.blocks[successor].instructions
                calls = any(_recursive(i, self._cycle) for i in inside)
                waiting.append((successor, passed or calls))
        return stale

    def _block(self, block: Block, candidate: _Candidate) -> Block:
        """Returns a block with copies of the definition before uses behind calls."""
        definition = candidate.definition
        assert definition.result is not None
        id_ = definition.result.id
        current: Value | None = None if block.name in candidate.stale else definition.result
        instructions: list[Instruction] = []

        def fresh(operands: tuple[Operand, ...]) -> Value | None:
            """Returns what holds the value now, made if it is needed and not there."""
            if current is not None or id_ not in _ids(operands):
                return current
            assert definition.result is not None
            copy = self._copier.value(definition.result)
            instructions.append(replace(definition, result=copy))
            return copy

        def stands(operand: Operand) -> Operand:
            used = isinstance(operand, Value) and operand.id == id_
            return current if used and current is not None else operand

        for i in block.instructions:
            current = fresh(i.operands)
            instructions.append(map_instruction(i, stands))
            if _recursive(i, self._cycle):
                current = None
            elif i.result == definition.result:
                current = definition.result
        current = fresh(terminator_operands(block.terminator))
        terminator = map_terminator(block.terminator, stands)
        if all(map(lambda x, y: x is y, instructions, block.instructions)):
            return block
        return replace(block, instructions=tuple(instructions), terminator=terminator)

    def _pays(
        self, candidate: _Candidate, before: Mapping[str, Block], after: Mapping[str, Block]
    ) -> bool:
        """Whether the copies take less than to keep the value over the calls."""
        costs = self._settings.costs
        each, kept = costs.instruction(candidate.definition), costs.kept()
        assert candidate.definition.result is not None
        calls = [name for name, _ in self._over[candidate.definition.result.id]]
        copies = [
            name
            for name, block in after.items()
            for _ in range(len(block.instructions) - len(before[name].instructions))
        ]
        if self._settings.aim is Aim.CELLS:
            return each.cells * len(copies) < kept.cells * len(calls)
        return each.steps * self._weight(copies) < kept.steps * self._weight(calls)

    def _weight(self, blocks: list[str]) -> int:
        return sum(REPEATS ** min(self._depths[name], DEEPEST) for name in blocks)


def _ids(operands: tuple[Operand, ...]) -> Iterator[int]:
    return (operand.id for operand in operands if isinstance(operand, Value))
