"""Loop counters: exit tests that compare with zero, which the target does while it counts."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from mlpl.base.words import largest, smallest
from mlpl.ir.callgraph import call_graph
from mlpl.ir.copies import Copier
from mlpl.ir.dominance import dominance
from mlpl.ir.facts import MIRRORED, OPPOSITE
from mlpl.ir.graph import Graph, graph
from mlpl.ir.induction import Induction, inductions, invariant, places
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import (
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Instruction,
    Jump,
    Kind,
    Module,
    Op,
    Operand,
    Value,
)
from mlpl.ir.preheaders import preheader, with_preheaders
from mlpl.ir.ranges import Ranges, program_ranges
from mlpl.ir.rewrite import with_functions
from mlpl.ir.settings import DEFAULT, Settings
from mlpl.ir.uses import fresh_id, use_counts


def count(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with loops that end when a counter becomes positive.

    Before::

        before:
          jump do(0)
        do(%1: int):
          ...
          %2 = add %1, 1
          %3 = lt %2, %n.0
          branch %3, do(%2), done

    After, if it is known that 0 < n::

        before:
          %5 = sub 1, %n.0
          jump do(0, %5)
        do(%1: int, %4: int):
          ...
          %2 = add %1, 1
          %6 = add %4, 1
          %7 = le %6, 0
          branch %7, do(%2, %6), done

    The counter is variable - bound + 1 in every round, or bound - variable + 1 where the variable
    falls. It needs no wider words: the loop is entered below its bound, by a range or by the guard
    that `rotate` has made. A variable that only served for the test is unused then. Loops with
    more than one latch, with a bound that changes or whose difference to the start may not be a
    word keep their tests, and so do loops that call their own function again in
    every round, over which a counter beside the variable would have to be kept.

    Source: Muchnick (1997), section 14.1.4, linear-function test replacement.
    """
    cycles = call_graph(module).cycles
    prepared = {name: _prepared(function) for name, function in module.functions.items()}
    module = with_functions(module, prepared)
    functions = {
        name: _counted(function, module, cycles[name], settings)
        for name, function in prepared.items()
    }
    return with_functions(module, functions)


def _prepared(function: Function) -> Function:
    """Returns the function with preheaders."""
    flow = graph(function)
    found = loops(flow, dominance(flow))
    return with_preheaders(function, flow, found.values()) if found else function


def _counted(function: Function, module: Module, cycle: Set[str], settings: Settings) -> Function:
    flow = graph(function)
    found = loops(flow, dominance(flow))
    if not found:
        return function
    ranges = program_ranges(module)[function.name]
    counting = _Counting(function, flow, ranges, cycle, settings)
    for loop in found.values():
        counting.replace_test(loop)
    return counting.function()


@dataclass(frozen=True, slots=True)
class _Test:
    """The test at the end of a loop, so that it goes on while `variable op bound`, op LT or GT."""

    induction: Induction
    up: bool
    bound: Operand
    instruction: Instruction


class _Counting:
    """Replaces tests; blocks are changed in `_blocks`."""

    def __init__(
        self,
        function: Function,
        flow: Graph,
        ranges: Ranges,
        cycle: Set[str],
        settings: Settings,
    ) -> None:
        self._function = function
        self._flow = flow
        self._w = ranges.word_bits
        self._cycle = cycle
        self._settings = settings
        self._ranges = ranges
        self._definitions = {i.result.id: i for i in function.instructions() if i.result}
        self._places = places(flow)
        self._uses = use_counts(function)
        self._copier = Copier(fresh_id(function))
        self._blocks = dict(flow.blocks)

    def function(self) -> Function:
        """Returns the function with the tests replaced."""
        blocks = tuple(self._blocks[block.name] for block in self._function.blocks)
        return replace(self._function, blocks=blocks)

    def replace_test(self, loop: Loop) -> None:
        """Gives a loop a counter, if that is right and worthwhile."""
        location = self._flow.blocks[loop.header].terminator.location
        test = self._test(loop)
        if test is None:
            return
        if self._kept(loop) and self._needed(test.induction):
            self._settings.missed(
                self._function.name, "a counter would be kept over a recursive call", location
            )
            return
        if not self._entered(loop, test) or not self._fits(loop, test):
            self._settings.missed(
                self._function.name, "the rounds of a loop may not be a word", location
            )
            return
        self._settings.did(self._function.name, "a loop got a counter", location)
        self._rewrite(loop, test)

    def _test(self, loop: Loop) -> _Test | None:
        """Returns the test of the loop's only latch, if it compares an induction variable."""
        variables = inductions(self._flow, loop, self._definitions)
        if not variables:
            return None
        latch = self._flow.blocks[loop.latches[0]]
        match latch.terminator:
            case Branch(Value() as condition, then, otherwise):
                definition = self._definitions.get(condition.id)
                own = definition in latch.instructions and self._uses[condition.id] == 1
                if definition is None or not own or then.block == otherwise.block:
                    return None
                return self._comparison(loop, definition, then.block == loop.header, variables)
            case _:
                return None

    def _comparison(
        self, loop: Loop, test: Instruction, holds: bool, variables: tuple[Induction, ...]
    ) -> _Test | None:
        if test.op not in MIRRORED or test.operands[0].kind is not Kind.INT:
            return None
        op = test.op if holds else OPPOSITE[test.op]
        x, y = test.operands
        for variable in variables:
            for value, bound, direction in ((x, y, op), (y, x, MIRRORED[op])):
                up = variable.step > 0
                if value != variable.following or direction is not (Op.LT if up else Op.GT):
                    continue
                if not invariant(bound, self._places, loop):
                    continue
                if bound == Const(0) and not up and self._needed(variable):
                    return None  # the variable itself is as good as a counter
                return _Test(variable, up, bound, test)
        return None

    def _needed(self, variable: Induction) -> bool:
        """Whether the loop uses the variable for more than its test."""
        return self._uses[variable.variable.id] > 1 or self._uses[variable.following.id] > 2

    def _kept(self, loop: Loop) -> bool:
        """Whether every round calls what may run the function again."""
        dominators = dominance(self._flow)
        return any(
            i.op is Op.CALL and i.symbol in self._cycle
            for name in loop.blocks
            if dominators.dominates(name, loop.latches[0])
            for i in self._flow.blocks[name].instructions
        )

    def _entered(self, loop: Loop, test: _Test) -> bool:
        """Whether the first round is known to begin on the right side of the bound."""
        before = preheader(self._flow, loop)
        start, bound = test.induction.start, test.bound
        low, high = (start, bound) if test.up else (bound, start)
        return self._ranges.less(low, high, before)

    def _fits(self, loop: Loop, test: _Test) -> bool:
        """Whether neither the variable nor the counter can leave the words."""
        before = preheader(self._flow, loop)
        start = self._ranges.at(test.induction.start, before)
        bound = self._ranges.at(test.bound, before)
        step = test.induction.step
        if test.up:
            return bound.high - 1 + step <= largest(self._w) and (
                start.low - bound.high + 1 >= smallest(self._w)
            )
        return bound.low + 1 + step >= smallest(self._w) and (
            bound.low - start.high + 1 >= smallest(self._w)
        )

    def _rewrite(self, loop: Loop, test: _Test) -> None:
        """Puts the counter in: its start, its growth, and the test of its sign."""
        counter = self._copier.value(Value(0, Kind.INT))
        grown = self._copier.value(Value(0, Kind.INT))
        goes_on = self._copier.value(Value(0, Kind.BOOL))
        location = test.instruction.location
        latch = self._blocks[loop.latches[0]]
        step = Const(abs(test.induction.step))
        instructions = [i for i in latch.instructions if i != test.instruction]
        instructions += [
            Instruction(Op.ADD, (counter, step), grown, location=location),
            Instruction(Op.LE, (grown, Const(0)), goes_on, location=location),
        ]
        assert isinstance(latch.terminator, Branch)
        back, out = latch.terminator.then, latch.terminator.otherwise
        if back.block != loop.header:
            back, out = out, back
        back = Edge(back.block, (*back.arguments, grown))
        end = Branch(goes_on, back, out, latch.terminator.location)
        self._blocks[latch.name] = replace(latch, instructions=tuple(instructions), terminator=end)
        header = self._blocks[loop.header]
        self._blocks[header.name] = replace(header, parameters=(*header.parameters, counter))
        self._start(loop, test)

    def _start(self, loop: Loop, test: _Test) -> None:
        """Computes the counter's start in the preheader."""
        block = self._blocks[preheader(self._flow, loop)]
        low, high = test.induction.start, test.bound
        if not test.up:
            low, high = high, low
        location = test.instruction.location
        start: Operand
        more: list[Instruction] = []
        if isinstance(low, Const) and isinstance(high, Const):
            start = Const(low.value - high.value + 1)
        elif isinstance(low, Const):
            start = self._copier.value(Value(0, Kind.INT))
            more = [Instruction(Op.SUB, (Const(low.value + 1), high), start, location=location)]
        else:
            difference = self._copier.value(Value(0, Kind.INT))
            start = self._copier.value(Value(0, Kind.INT))
            more = [
                Instruction(Op.SUB, (low, high), difference, location=location),
                Instruction(Op.ADD, (difference, Const(1)), start, location=location),
            ]
        self._blocks[block.name] = _entering(block, more, start)


def _entering(block: Block, more: list[Instruction], argument: Operand) -> Block:
    """Returns a preheader that computes and hands on one more argument."""
    assert isinstance(block.terminator, Jump)
    edge = block.terminator.edge
    edge = Edge(edge.block, (*edge.arguments, argument))
    return replace(
        block,
        instructions=(*block.instructions, *more),
        terminator=replace(block.terminator, edge=edge),
    )
