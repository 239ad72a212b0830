"""Strength reduction of induction variables: products and sums that grow by a constant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlpl.base.words import wrap
from mlpl.ir.copies import Copier
from mlpl.ir.dominance import Dominance, dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.induction import inductions, invariant, places
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import (
    Block,
    Const,
    Edge,
    Function,
    Instruction,
    Kind,
    Module,
    Op,
    Operand,
    Value,
)
from mlpl.ir.preheaders import preheader, with_preheaders
from mlpl.ir.rewrite import Substitution, map_edges, map_function
from mlpl.ir.settings import DEFAULT, Aim, Settings
from mlpl.ir.uses import fresh_id


def reduce(function: Function, module: Module, settings: Settings = DEFAULT) -> Function:
    """Returns the function with additions of constants in place of what grows by constants.

    Before::

        before:
          jump do(0)
        do(%1: int):
          %2 = mul %1, 4
          %3 = add %2, %j.0
          %4 = load @b, %3
          ...
          %5 = add %1, 1
          branch %6, do(%5), done

    After, and after `eliminate`::

        before:
          jump do(0, %j.0)
        do(%1: int, %3: int):
          %4 = load @b, %3
          ...
          %5 = add %1, 1
          %7 = add %3, 4
          branch %6, do(%5, %7), done

    A product of an induction variable and a constant, or an unchanging value where the variable
    grows by one, becomes a variable of its own; so do sums and differences with unchanging values
    and of two variables, where steps count and every round computes them: to increase a cell takes
    one step, to add two of them into a third five. What is a constant beyond a variable stays so,
    until it is part of such a product or sum. Arithmetic is modulo 2^w, so nothing can go wrong by
    overflow. Loops with more than one latch are left alone.

    Source: Muchnick (1997), section 14.1.2.
    """
    flow = graph(function)
    found = loops(flow, dominance(flow))
    if not found:
        return function
    function = with_preheaders(function, flow, found.values())
    flow = graph(function)
    dominators = dominance(flow)
    reducing = _Reducing(function, flow, dominators, module.word_bits, settings)
    for loop in reversed(loops(flow, dominators).values()):
        reducing.reduce(loop)
    return reducing.function()


@dataclass(frozen=True, slots=True)
class _Linear:
    """A value of a loop that grows by `step` every round, from `start` on."""

    start: Operand
    step: Operand


class _Reducing:
    """Adds variables to loops; blocks are changed in `_blocks`."""

    def __init__(
        self,
        function: Function,
        flow: Graph,
        dominators: Dominance,
        word_bits: int,
        settings: Settings,
    ) -> None:
        self._function = function
        self._flow = flow
        self._dominators = dominators
        self._w = word_bits
        self._settings = settings
        self._definitions = {i.result.id: i for i in function.instructions() if i.result}
        self._places = places(flow)
        self._copier = Copier(fresh_id(function))
        self._blocks = dict(flow.blocks)
        self._stands = Substitution()
        self._beyond: dict[int, tuple[Instruction, Operand, Operand]] = {}

    def function(self) -> Function:
        """Returns the function with the new variables."""
        blocks = tuple(self._blocks[block.name] for block in self._function.blocks)
        function = replace(self._function, blocks=blocks)
        return map_function(function, self._stands) if self._stands else function

    def reduce(self, loop: Loop) -> None:
        """Replaces what is linear in a loop's induction variables."""
        variables = inductions(self._flow, loop, self._definitions)
        if not variables:
            return
        linear = {v.variable.id: _Linear(v.start, Const(v.step)) for v in variables}
        self._beyond.clear()
        for name in loop.blocks:
            always = self._dominators.dominates(name, loop.latches[0])
            for instruction in self._blocks[name].instructions:
                if instruction.op is Op.MUL or (always and self._settings.aim is Aim.STEPS):
                    self._instruction(instruction, loop, linear)

    def _instruction(self, i: Instruction, loop: Loop, linear: dict[int, _Linear]) -> None:
        if i.result is None or len(i.operands) != 2 or i.result.kind is not Kind.INT:
            return
        x, y = map(self._stands, i.operands)
        self._unfold(i, x, y, loop, linear)
        self._unfold(i, y, x, loop, linear)
        if i.op in (Op.ADD, Op.MUL) and not _in(x, linear):
            x, y = y, x
        if i.op is Op.ADD and _in(x, linear) and isinstance(y, Const):
            self._beyond[i.result.id] = i, x, y
        made = self._linear(i, x, y, loop, linear)
        if made is None:
            return
        variable = self._variable(loop, made, i)
        linear[variable.id] = made
        self._places[variable.id] = loop.header
        self._stands.add(i.result, variable)
        self._settings.did(
            self._function.name, f"`{i.op.value}` became a variable of the loop", i.location
        )

    def _unfold(
        self, i: Instruction, x: Operand, y: Operand, loop: Loop, linear: dict[int, _Linear]
    ) -> None:
        """Lets a constant beyond a variable count as linear, where more is made of it than that."""
        more = isinstance(y, Value) and (_in(y, linear) or invariant(y, self._places, loop))
        if i.op is Op.MUL or (more and i.op in (Op.ADD, Op.SUB)):
            found = self._beyond.pop(x.id, None) if isinstance(x, Value) else None
            if found is not None:
                sum_, base, constant = found
                assert isinstance(base, Value)
                assert sum_.result is not None
                before = linear[base.id]
                made = self._before(sum_, before.start, constant, before.step, loop)
                linear[sum_.result.id] = made

    def _linear(
        self, i: Instruction, x: Operand, y: Operand, loop: Loop, linear: dict[int, _Linear]
    ) -> _Linear | None:
        """Returns how x op y grows, if it does."""
        if isinstance(x, Value) and x.id in linear and invariant(y, self._places, loop):
            growing = linear[x.id]
            if i.op is Op.MUL:
                step = self._product(growing.step, y)
                return None if step is None else self._before(i, growing.start, y, step, loop)
            if i.op in (Op.ADD, Op.SUB) and isinstance(y, Value):
                return self._before(i, growing.start, y, growing.step, loop)
        elif _in(x, linear) and _in(y, linear):
            return self._together(i, linear[x.id], linear[y.id], loop)  # type: ignore[union-attr]
        elif i.op is Op.SUB and isinstance(y, Value) and y.id in linear and isinstance(x, Value):
            growing = linear[y.id]
            if invariant(x, self._places, loop) and isinstance(growing.step, Const):
                step = Const(wrap(-growing.step.value, self._w))
                return self._before(i, x, growing.start, step, loop)
        return None

    def _together(self, i: Instruction, x: _Linear, y: _Linear, loop: Loop) -> _Linear | None:
        """Returns how the sum or difference of two values grows that grow by constants."""
        if i.op not in (Op.ADD, Op.SUB):
            return None
        match x.step, y.step:
            case Const(a), Const(b):
                step = wrap(a + b if i.op is Op.ADD else a - b, self._w)
                return self._before(i, x.start, y.start, Const(step), loop) if step else None
            case _:
                return None

    def _product(self, step: Operand, factor: Operand) -> Operand | None:
        """Returns step * factor if it takes no instruction."""
        match step, factor:
            case Const(x), Const(y):
                return Const(wrap(x * y, self._w))
            case Const(1), _:
                return factor
            case _:
                return None

    def _before(self, i: Instruction, x: Operand, y: Operand, step: Operand, loop: Loop) -> _Linear:
        """Computes x op y, the start, in the preheader."""
        if isinstance(x, Const) and isinstance(y, Const):
            assert i.op.binary is not None, "sums and products are operators"
            return _Linear(Const(i.op.binary.apply(x.value, y.value, self._w)), step)
        if x == Const(0) and i.op is not Op.SUB:
            return _Linear(y if i.op is Op.ADD else Const(0), step)
        assert i.result is not None
        start = self._copier.value(i.result)
        name = preheader(self._flow, loop)
        before = self._blocks[name]
        more = Instruction(i.op, (x, y), start, location=i.location)
        self._blocks[name] = replace(before, instructions=(*before.instructions, more))
        self._places[start.id] = name
        return _Linear(start, step)

    def _variable(self, loop: Loop, linear: _Linear, i: Instruction) -> Value:
        """Returns a new variable of a loop."""
        assert i.result is not None
        variable = self._copier.value(i.result)
        grown = self._copier.value(i.result)
        header = self._blocks[loop.header]
        self._blocks[header.name] = replace(header, parameters=(*header.parameters, variable))
        latch = self._blocks[loop.latches[0]]
        growth = Instruction(Op.ADD, (variable, linear.step), grown, location=i.location)
        latch = _before_test(latch, growth)
        self._blocks[latch.name] = _giving(latch, loop.header, grown)
        before = self._blocks[preheader(self._flow, loop)]
        self._blocks[before.name] = _giving(before, loop.header, linear.start)
        return variable


def _in(operand: Operand, linear: dict[int, _Linear]) -> bool:
    return isinstance(operand, Value) and operand.id in linear


def _before_test(block: Block, more: Instruction) -> Block:
    """Returns the block with an instruction in front of the test at its end.

    The test stays last, and behind what it tests, since the target does both at once.
    """
    keep = 2 if len(block.instructions) > 1 else 0
    head, tail = block.instructions[: len(block.instructions) - keep], block.instructions[-keep:]
    if not keep:
        head, tail = block.instructions, ()
    return replace(block, instructions=(*head, more, *tail))


def _giving(block: Block, header: str, argument: Operand) -> Block:
    """Returns the block with one more argument on its edge to the header."""

    def longer(edge: Edge) -> Edge:
        return Edge(header, (*edge.arguments, argument)) if edge.block == header else edge

    return replace(block, terminator=map_edges(block.terminator, longer))
