"""Loop unrolling: loops of few rounds, known beforehand, become straight code."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from mlpl.ir.copies import Copier
from mlpl.ir.costs import DEEPEST, REPEATS, Cost, block_cost
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.induction import Induction, inductions
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import (
    Address,
    Block,
    Branch,
    Const,
    Edge,
    Function,
    Instruction,
    Kind,
    Module,
    Operand,
    Value,
)
from mlpl.ir.names import Names
from mlpl.ir.preheaders import preheader, with_preheaders
from mlpl.ir.rewrite import map_edges, map_instruction, with_contents
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.ssa import repair
from mlpl.ir.uses import defined, fresh_id

MOST = 16
"""Rounds that are written out at most."""
ROOM = 400
"""Cells that a function may gain."""
WORTH = 4
"""Cells that a step may take which is saved in every call of the function."""


def unroll(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with a copy of the body for each round of short loops.

    Before::

        before:
          jump do(0)
        do(%1: int):
          %2 = load @a, %1
          putc %2
          %3 = add %1, 1
          %4 = lt %3, 2
          branch %4, do(%3), done

    After, and after `fold`, which finds out that the loop itself is not reached any more, and
    `simplify`::

        before:
          %5 = load @a, 0
          putc %5
          %6 = load @a, 1
          putc %6

    As many rounds are taken out of the loop in front of it (peeled) as it has; that is right
    whatever the loop does, so exits in the middle of a round do not matter. Only loops with
    nothing but constants in their test, none inside them and one latch; only where steps count,
    and where what becomes constant saves enough of them for the cells it takes.

    Source: Muchnick (1997), section 17.4.3.
    """
    if settings.aim is not Aim.STEPS:
        return function
    flow = graph(function)
    found = loops(flow, dominance(flow))
    if not found:
        return function
    prepared = with_preheaders(function, flow, found.values())
    flow = graph(prepared)
    found = loops(flow, dominance(flow))
    around = {loop.parent for loop in found.values()}
    definitions = {i.result.id: i for i in prepared.instructions() if i.result is not None}
    room = ROOM
    chosen: list[tuple[Loop, int]] = []
    for loop in found.values():
        rounds = _rounds(flow, loop, definitions, module.word_bits)
        if loop.header in around or rounds is None:
            continue
        location = flow.blocks[loop.header].terminator.location
        growth, saved = _balance(flow, loop, rounds, definitions, settings)
        if growth > min(room, WORTH * saved):
            message = f"{rounds} rounds of a loop would fill {growth} more cells"
            settings.missed(function.name, message, location)
            continue
        room -= growth
        settings.did(function.name, f"wrote out the {rounds} rounds of a loop", location)
        chosen.append((loop, rounds))
    return _peeled(prepared, flow, chosen) if chosen else function


def _rounds(
    flow: Graph, loop: Loop, definitions: Mapping[int, Instruction], word_bits: int
) -> int | None:
    """Returns how many rounds a loop has if the test at its end says so, at most `MOST`."""
    match flow.blocks[loop.latches[0]].terminator:
        case Branch(Value(id), then, otherwise) if then.block != otherwise.block:
            test, goes_on = definitions.get(id), int(then.block == loop.header)
        case _:
            return None
    for variable in inductions(flow, loop, definitions):
        meaning = test.op.binary if test is not None else None
        if test is None or meaning is None or not isinstance(variable.start, Const):
            continue
        value = variable.start.value
        for rounds in range(1, MOST + 1):
            following = _wrapped(value + variable.step, word_bits)
            operands = [_known(o, variable, value, following) for o in test.operands]
            x, y = operands
            if x is None or y is None:
                break
            if meaning.apply(x, y, word_bits) != goes_on:
                return rounds
            value = following
    return None


def _wrapped(value: int, word_bits: int) -> int:
    half = 1 << (word_bits - 1)
    return (value + half) % (2 * half) - half


def _known(operand: Operand, variable: Induction, value: int, following: int) -> int | None:
    """Returns what an operand of the test is in a round, if it is known."""
    if isinstance(operand, Const):
        return operand.value
    if operand == variable.variable:
        return value
    return following if operand == variable.following else None


def _balance(
    flow: Graph,
    loop: Loop,
    rounds: int,
    definitions: Mapping[int, Instruction],
    settings: Settings,
) -> tuple[int, int]:
    """Returns the cells that the copies of a loop fill beyond it, and the steps they save.

    What only depends on constants and variables that begin with one costs nothing in a copy.
    """
    costs = settings.costs
    constant = {v.variable.id for v in inductions(flow, loop, definitions) if _begins(v)}
    cells = steps = 0
    for name in loop.blocks:
        block = flow.blocks[name]
        cells += block_cost(block, costs).cells
        for i in block.instructions:
            cost, left = costs.instruction(i), costs.instruction(_settled(i, constant))
            if i.result is not None and i.op.pure and _all_known(i.operands, constant):
                constant.add(i.result.id)
                left = Cost()
            cells -= cost.cells - left.cells
            steps += cost.steps - left.steps
    often = REPEATS ** min(loop.depth - 1, DEEPEST)
    return cells * rounds - cells, steps * rounds * often


def _begins(variable: Induction) -> bool:
    return isinstance(variable.start, Const)


def _all_known(operands: tuple[Operand, ...], constant: Set[int]) -> bool:
    return all(not isinstance(o, Value) or o.id in constant for o in operands)


def _settled(i: Instruction, constant: Set[int]) -> Instruction:
    """Returns the instruction with constants for what is known in a copy."""

    def settled(operand: Operand) -> Operand:
        if not isinstance(operand, Value) or operand.id not in constant:
            return operand
        return Address("@") if operand.kind is Kind.REF else Const(1, operand.kind)

    return map_instruction(i, settled)


def _peeled(function: Function, flow: Graph, chosen: list[tuple[Loop, int]]) -> Function:
    """Returns the function with rounds of some loops in front of them."""
    peeling = _Peeling(function, flow)
    for loop, rounds in chosen:
        peeling.peel(loop, rounds)
    return peeling.function()


class _Peeling:
    """Copies rounds.

    Attributes:
        _before: the copies that stand before each header.
        _entered: for each preheader, the header of its loop and the way to the first copy.
        _values: what is defined in the loops, by id.
        _versions: of each of them, in the block that defines it and in those that define copies.
    """

    def __init__(self, function: Function, flow: Graph) -> None:
        self._function = function
        self._flow = flow
        self._copier = Copier(fresh_id(function))
        self._names = Names(block.name for block in function.blocks)
        self._before: dict[str, list[Block]] = {}
        self._entered: dict[str, tuple[str, Edge]] = {}
        self._values: dict[int, Value] = {}
        self._versions: dict[int, dict[str, Operand]] = {}

    def peel(self, loop: Loop, rounds: int) -> None:
        """Puts copies of a loop's body before it."""
        body = tuple(self._flow.blocks[name] for name in loop.blocks)
        for block in body:
            for value in defined(block):
                self._values[value.id] = value
                self._versions[value.id] = {block.name: value}
        names = [
            {block.name: self._names.fresh(block.name) for block in body} for _ in range(rounds)
        ]
        before = self._flow.blocks[preheader(self._flow, loop)]
        first = Edge(names[0][loop.header])
        self._entered[before.name] = loop.header, first
        (given,) = (edge.arguments for edge in before.edges)
        copies: list[Block] = []
        for number, own in enumerate(names):
            stands = dict(zip((p.id for p in body[0].parameters), given, strict=True))
            made = self._round(body, own, stands)
            (given,) = (e.arguments for b in made for e in b.edges if e.block == own[loop.header])
            following = (
                Edge(names[number + 1][loop.header])
                if number + 1 < rounds
                else Edge(loop.header, given)
            )
            copies += [_led(block, own[loop.header], following) for block in made]
        self._before[loop.header] = copies

    def _round(
        self, body: tuple[Block, ...], names: Mapping[str, str], stands: dict[int, Operand]
    ) -> tuple[Block, ...]:
        """Returns a copy of a loop's body, with what stands for the header's parameters."""
        header, *others = self._copier.blocks(body, names, stands)
        for block in body:
            for value in defined(block):
                self._versions[value.id][names[block.name]] = stands[value.id]
        return replace(header, parameters=()), *others

    def function(self) -> Function:
        """Returns the function with the copies."""
        blocks: list[Block] = []
        for block in self._function.blocks:
            blocks += self._before.get(block.name, ())
            if block.name in self._entered:
                block = _led(block, *self._entered[block.name])
            blocks.append(block)
        function = replace(self._function, blocks=tuple(blocks))
        return repair(function, self._values, self._versions)


def _led(block: Block, header: str, way: Edge) -> Block:
    """Returns the block with another way in place of its edges to a header."""
    terminator = map_edges(block.terminator, lambda e: way if e.block == header else e)
    return with_contents(block, block.instructions, terminator)
