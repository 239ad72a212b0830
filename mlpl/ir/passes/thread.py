"""Jump threading: a test is passed by on the ways on which its outcome is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from mlpl.base.traps import TrapKind
from mlpl.ir.costs import DEEPEST, REPEATS, Cost, Costs, block_cost
from mlpl.ir.graph import Graph
from mlpl.ir.guards import Knowledge
from mlpl.ir.liveness import Liveness, liveness
from mlpl.ir.loops import depths, loops
from mlpl.ir.module import Branch, Edge, Function, Jump, Module, Trap
from mlpl.ir.outcomes import Outcomes, Step
from mlpl.ir.ranges import Ranges, program_ranges
from mlpl.ir.rewrite import with_functions
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.ways import Way, is_needed, values_of, with_ways

LONGEST = 4
"""Blocks that a copy holds at most."""
ROOM = 200
"""Cells that a function may gain."""
WORTH = 4
"""Cells that a step may take which is saved in every call of the function."""
_JUMP = Cost(1, 3)
"""From a copy to where the blocks led: one of the two is not followed by that."""


def thread(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with ways of their own past tests whose outcome is known on them.

    Before::

        entry:
          branch %2, some, test(0)
        some:
          %3 = load @n, 0
          jump test(%3)
        test(%4: int):
          %5 = add %4, %1
          %6 = eq %4, 0
          branch %6, none(%5), more(%5)

    After, and after `simplify`::

        entry:
          branch %2, some, test.1
        some:
          %3 = load @n, 0
          %5 = add %3, %1
          %6 = eq %3, 0
          branch %6, none(%5), more(%5)
        test.1:
          %7 = add 0, %1
          jump none(%7)

    A way begins with an edge into a block where several meet and goes on as long as the outcome
    of branches is known: by the edge's arguments, the conditions that hold on it and the ranges
    of both. What is needed behind it is computed in a copy of the blocks on it, where that saves
    enough steps for the cells it takes; ways that go on alike share a copy. Where values are
    needed that are computed in several places now, blocks get parameters.

    Headers of loops are not passed, or a loop would have two ways in; nor does a way lead back to
    one: a loop keeps its one end, which other passes look at.

    Source: Mueller, Whalley, "Avoiding conditional branches by code replication" (1995).
    """
    ranges = program_ranges(module)
    functions = {
        name: _Threading(function, ranges[name], settings).run()
        for name, function in module.functions.items()
    }
    return with_functions(module, functions)


class _Threading:
    """Finds and weighs the ways of one function."""

    def __init__(self, function: Function, ranges: Ranges, settings: Settings) -> None:
        self._function = function
        self._settings = settings
        self._guards = ranges.guards
        self._flow: Graph = ranges.guards.flow
        self._outcomes = Outcomes(ranges)
        self._loops = loops(self._flow, self._guards.dominators)
        self._room = ROOM

    def run(self) -> Function:
        """Returns the function with ways past what is known."""
        found = {name: self._found(name) for name in self._flow.order if name not in self._loops}
        found = {name: ways for name, ways in found.items() if ways}
        if not found:
            return self._function
        live, depth = liveness(self._flow), depths(self._flow, self._loops)
        chosen: list[Way] = []
        for name, ways in found.items():
            weighed = [_weighed(way, live, self._settings.costs) for way in ways]
            chosen += self._worthwhile(name, weighed, REPEATS ** min(depth[name], DEEPEST))
        return with_ways(self._function, self._flow, chosen) if chosen else self._function

    def _found(self, name: str) -> list[Way]:
        """Returns the ways that begin with an edge into a block where several meet."""
        edges = self._guards.edges_into(name)
        if len(edges) < 2:
            return []
        found: list[Way] = []
        for edge, known, source in edges:
            steps = self._passed(edge, known, source)
            if steps:
                number = self._flow.blocks[source].edges.index(edge)
                found.append(Way(((source, number),), edge, steps))
        return _shared(found)

    def _passed(self, edge: Edge, known: Knowledge, source: str) -> tuple[Step, ...]:
        """Returns what may be passed behind an edge; a test is the last of it."""
        steps: list[Step] = []
        length = 0
        for step in islice(self._outcomes.following(edge, known), LONGEST):
            name, goal = step.block.name, step.edge.block
            if name in self._loops or self._dominates(name, source):
                break
            steps.append(step)
            if any(goal == passed.block.name for passed in steps):
                break
            # A second end of a loop would keep other passes from it.
            back = goal in self._loops and self._dominates(goal, source)
            if isinstance(step.block.terminator, Branch) and not back:
                length = len(steps)
        return tuple(steps[:length])

    def _dominates(self, above: str, below: str) -> bool:
        return self._guards.dominators.dominates(above, below)

    def _worthwhile(self, name: str, ways: list[Way], often: int) -> list[Way]:
        """Returns the ways past a block that save enough, and tells of them."""
        block = self._flow.blocks[name]
        number = sum(len(way.sources) for way in ways)
        if number == len(self._guards.edges_into(name)):
            # Nobody comes to the block any more.
            freed = block_cost(block, self._settings.costs).cells
            if self._pays(ways, often, freed):
                return self._taken(name, ways, freed)
        chosen: list[Way] = []
        for way in ways:
            if self._only_checks(way) or self._is_shared(way):
                continue
            if self._pays([way], often, 0):
                chosen += self._taken(name, [way], 0)
            else:
                cells = way.after.cells
                self._settings.missed(
                    self._function.name,
                    f"a way past a test whose outcome is known would fill {cells} more cells",
                    way.steps[-1].block.terminator.location,
                )
        return chosen

    def _only_checks(self, way: Way) -> bool:
        """Whether all that a way passes by are checks of indices and the like.

        They take little, and as long as all come through them, what they say holds behind them.
        """
        tests = [s.block for s in way.steps if isinstance(s.block.terminator, Branch)]
        return all(any(map(self._fails, test.edges)) for test in tests)

    def _is_shared(self, way: Way) -> bool:
        """Whether a way begins with the second half of a condition, and the first stays.

        What both send to one place shares code on the way there.
        """
        name = way.steps[0].block.name
        sources = {source for source, _ in way.sources}
        firsts = {p for source in sources for p in self._flow.predecessors[source]} - sources
        return any(name in self._flow.successors[first] for first in firsts)

    def _fails(self, edge: Edge) -> bool:
        """Whether an edge leads to a trap that the program does not ask for itself."""
        terminator = self._flow.blocks[edge.block].terminator
        return isinstance(terminator, Trap) and terminator.kind is not TrapKind.ASSERTION_FAILED

    def _pays(self, ways: list[Way], often: int, freed: int) -> bool:
        growth = sum(way.after.cells for way in ways) - freed
        saved = sum(way.before.steps - way.after.steps for way in ways) * often
        if self._settings.aim is not Aim.STEPS:
            return growth <= 0 and saved >= 0
        return saved >= 0 and growth <= min(self._room, WORTH * saved)

    def _taken(self, name: str, ways: list[Way], freed: int) -> list[Way]:
        self._room -= sum(way.after.cells for way in ways) - freed
        for way in ways:
            location = way.steps[-1].block.terminator.location
            message = "made a way past a test whose outcome is known on it"
            self._settings.did(self._function.name, message, location)
        return ways


def _shared(ways: Iterable[Way]) -> list[Way]:
    """Returns ways with those made one that pass the same blocks with the same knowledge."""
    found: dict[object, Way] = {}
    for way in ways:
        key = tuple((s.block.name, s.edge, tuple(s.known.items())) for s in way.steps)
        if key in found:
            way = replace(found[key], sources=found[key].sources + way.sources)
        found[key] = way
    return list(found.values())


def _weighed(way: Way, live: Liveness, costs: Costs) -> Way:
    """Returns the way with what is needed on it, and what it costs before and after."""
    needed = values_of(way.goal.arguments) | live.live_in[way.goal.block]
    after, before = costs.terminator(Jump(way.goal)), costs.terminator(Jump(way.entering))
    copied = False
    for number in reversed(range(len(way.steps))):
        block, _, known = way.steps[number]
        before += block_cost(block, costs)
        needed -= known.keys()
        for i in reversed(block.instructions):
            if is_needed(i, needed):
                copied = True
                needed |= values_of(i.operands) - known.keys()
                after += costs.instruction(i)
        if number:
            pairs = zip(block.parameters, way.steps[number - 1].edge.arguments, strict=True)
            needed |= values_of(a for p, a in pairs if p.id in needed)
    if copied:
        after += _JUMP
    return replace(way, needed=frozenset(needed), before=before, after=after)
