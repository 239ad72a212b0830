"""Statements of one function (L4)."""

from __future__ import annotations

from typing import assert_never

from mlpl.base.traps import TrapKind
from mlpl.base.words import largest, smallest
from mlpl.ir.builder.emitter import Emitter
from mlpl.ir.builder.expressions import Expressions, Region, kind_of
from mlpl.ir.builder.initializers import Initializers
from mlpl.ir.builder.output import build_print
from mlpl.ir.module import (
    Branch,
    Const,
    Edge,
    Function,
    Halt,
    Kind,
    Op,
    Operand,
    Return,
    Trap,
    Value,
)
from mlpl.ir.signatures import zero
from mlpl.lang import typed
from mlpl.lang.datatypes import SliceType, is_scalar, size


def build_function(function: typed.Function, program: typed.Program) -> Function:
    """Returns the SSA of one function, in which local variables are still objects."""
    return _Statements(function, program).build()


class _Statements:
    """Translates the statements of one function.

    Attributes:
        _loops: for each loop around, the blocks that `continue` and `break` lead to.
    """

    def __init__(self, function: typed.Function, program: typed.Program) -> None:
        self._function = function
        self._program = program
        self._emitter = Emitter(function.name)
        self._expressions = Expressions(self._emitter, program)
        self._initializers = Initializers(self._emitter, self._expressions)
        self._loops: list[tuple[str, str]] = []

    def build(self) -> Function:
        """Returns the whole function."""
        parameters: list[Value] = []
        for variable in self._function.parameters:
            parameters += self._parameter(variable)
        self._block(self._function.body)
        result = None if self._function.result is None else kind_of(self._function.result)
        # With a result this return cannot be reached: every path has one of its own (L3.4).
        value = None if result is None else zero(result)
        self._emitter.end(Return(value, self._function.span.location))
        return self._emitter.function(tuple(parameters), result)

    def _parameter(self, variable: typed.Variable) -> list[Value]:
        value = self._emitter.value(kind_of(variable.type), variable.name)
        if is_scalar(variable.type):
            self._initializers.bind(variable, value)
            return [value]
        if not isinstance(variable.type, SliceType):
            self._expressions.regions[variable.id] = Region(value)
            return [value]
        length = self._emitter.value(Kind.INT, f"{variable.name}_length")
        self._expressions.regions[variable.id] = Region(value, length=length)
        return [value, length]

    def _block(self, block: typed.Block) -> None:
        for statement in block.statements:
            self._statement(statement)

    def _statement(self, statement: typed.Statement) -> None:
        match statement:
            case typed.Declare():
                self._initializers.declare(statement)
            case typed.Assign():
                self._assign(statement)
            case typed.CopyWhole(place, source, span):
                target = self._expressions.region(place)
                origin = self._expressions.region(source)
                self._initializers.copy(target, origin, place.type, span)
            case typed.Evaluate(call):
                self._evaluate(call)
            case typed.If():
                self._if(statement)
            case typed.While():
                self._while(statement)
            case typed.ForRange():
                self._for_range(statement)
            case typed.ForEach():
                self._for_each(statement)
            case typed.Break():
                self._emitter.jump(self._loops[-1][1])
            case typed.Continue():
                self._emitter.jump(self._loops[-1][0])
            case typed.Print():
                build_print(self._emitter, self._expressions, statement)
            case typed.Block():
                self._block(statement)
            case typed.Return() | typed.Putc() | typed.Halt() | typed.Assert():
                self._simple(statement)
            case _:
                assert_never(statement)

    def _evaluate(self, call: typed.Call | typed.Input) -> None:
        if isinstance(call, typed.Call):
            self._expressions.call(call)
        else:
            self._expressions.value(call)

    def _simple(self, statement: typed.Return | typed.Putc | typed.Halt | typed.Assert) -> None:
        location = statement.span.location
        match statement:
            case typed.Return(value):
                operand = None if value is None else self._expressions.value(value)
                self._emitter.end(Return(operand, location))
            case typed.Putc(value):
                self._emitter.act(Op.PUTC, self._expressions.value(value), location=location)
            case typed.Halt():
                self._emitter.end(Halt(location))
            case typed.Assert(condition, message):
                fine = self._emitter.label("ok")
                trap = Trap(TrapKind.ASSERTION_FAILED, (), message, location)
                self._expressions.branch(condition, Edge(fine), self._emitter.trap(trap))
                self._emitter.start(fine)
            case _:
                assert_never(statement)

    def _assign(self, statement: typed.Assign) -> None:
        place, op, location = statement.place, statement.op, statement.operator.location
        region = self._expressions.region(place)
        if op is None:
            value: Operand = self._expressions.value(statement.value)
        else:
            before = self._expressions.load(region, place.type, place.span)
            right = self._expressions.value(statement.value)
            value = self._expressions.operation(op, before, right, statement.operator)
        self._emitter.act(Op.STORE, region.ref, region.index, value, location=location)

    def _if(self, statement: typed.If) -> None:
        # `else if` in a loop: chains of them are deep.
        done = self._emitter.label("endif")
        following: typed.If | None = statement
        while following is not None:
            part, following = following, None
            then = self._emitter.label("then")
            otherwise = done if part.otherwise is None else self._emitter.label("else")
            self._expressions.branch(part.condition, Edge(then), Edge(otherwise))
            self._emitter.start(then)
            self._block(part.then)
            self._emitter.jump(done)
            if part.otherwise is None:
                continue
            self._emitter.start(otherwise)
            match part.otherwise.statements:
                case (typed.If() as nested,):
                    following = nested
                case _:
                    self._block(part.otherwise)
                    self._emitter.jump(done)
        self._emitter.start(done)

    def _while(self, statement: typed.While) -> None:
        head, body, done = (self._emitter.label(s) for s in ("while", "do", "endwhile"))
        self._emitter.jump(head)
        self._emitter.start(head)
        self._expressions.branch(statement.condition, Edge(body), Edge(done))
        self._emitter.start(body)
        self._body(statement.body, head, done)
        self._emitter.jump(head)
        self._emitter.start(done)

    def _body(self, body: typed.Block, following: str, done: str) -> None:
        self._loops.append((following, done))
        self._block(body)
        self._loops.pop()

    def _for_range(self, loop: typed.ForRange) -> None:
        """Emits `i = start; while i < stop { …; i += step; }`, right up to the last int (L4.3)."""
        location, step = loop.variable.span.location, loop.step
        start = self._expressions.value(loop.start)
        stop = self._expressions.value(loop.stop)
        head, body, step_, done = (self._emitter.label(s) for s in ("for", "do", "step", "endfor"))
        variable = self._emitter.value(Kind.INT, loop.variable.name)
        self._emitter.jump(head, start)
        self._emitter.start(head, variable)
        before = Op.LT if step > 0 else Op.GT
        goes_on = self._emitter.emit(before, variable, stop, location=location)
        self._emitter.end(Branch(goes_on, Edge(body), Edge(done), location))
        self._emitter.start(body)
        self._expressions.scalars[loop.variable.id] = variable
        self._body(loop.body, step_, done)
        self._emitter.jump(step_)
        self._emitter.start(step_)
        following = self._emitter.emit(Op.ADD, variable, Const(step), location=location)
        if _may_wrap(stop, step, self._program.word_bits):
            further = self._emitter.emit(before, variable, following, location=location)
            again = Edge(head, (following,))
            self._emitter.end(Branch(further, again, Edge(done), location))
        self._emitter.jump(head, following)
        self._emitter.start(done)

    def _for_each(self, loop: typed.ForEach) -> None:
        variable, location = loop.variable, loop.variable.span.location
        region = self._expressions.region(loop.place)
        length = self._expressions.length(loop.place.type, region)
        head, body, step, done = (self._emitter.label(s) for s in ("for", "do", "step", "endfor"))
        number = self._emitter.value(Kind.INT)
        self._emitter.jump(head, Const(0))
        self._emitter.start(head, number)
        goes_on = self._emitter.emit(Op.LT, number, length, location=location)
        self._emitter.end(Branch(goes_on, Edge(body), Edge(done), location))
        self._emitter.start(body)
        element = self._expressions.element(region, number, variable.type, variable.span)
        self._take(variable, element)
        self._body(loop.body, step, done)
        self._emitter.jump(step)
        self._emitter.start(step)
        following = self._emitter.emit(Op.ADD, number, Const(1), location=location)
        self._emitter.jump(head, following)
        self._emitter.start(done)

    def _take(self, variable: typed.Variable, element: Region) -> None:
        """Makes the loop's variable a copy of the element."""
        if is_scalar(variable.type):
            value = self._expressions.load(element, variable.type, variable.span, variable.name)
            self._expressions.scalars[variable.id] = value
            return
        cells = size(variable.type)
        region = Region(self._emitter.object(variable.name, cells, str(variable.type)))
        self._initializers.copy(region, element, variable.type, variable.span)
        self._expressions.regions[variable.id] = region


def _may_wrap(stop: Operand, step: int, w: int) -> bool:
    """Whether a value before `stop` plus `step` may be no word; then it comes out on the left."""
    if abs(step) == 1:
        return False
    if not isinstance(stop, Const):
        return True
    return stop.value - 1 + step > largest(w) if step > 0 else stop.value + 1 + step < smallest(w)
