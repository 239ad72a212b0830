"""Expressions, conditions and places, in the order of evaluation of L5.2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from mlpl.base.operators import BinaryOp, UnaryOp
from mlpl.base.source import Span
from mlpl.base.words import largest, wrap
from mlpl.ir.builder.checks import READ, READ_STATUS, check_index, check_operands, check_read
from mlpl.ir.builder.emitter import Emitter
from mlpl.ir.module import Address, Branch, Const, Edge, Kind, Op, Operand, Value
from mlpl.lang import typed
from mlpl.lang.datatypes import ArrayType, BoolType, SliceType, StructType, Type, is_scalar, size

_UNARY = {
    UnaryOp.NEG: Op.NEG,
    UnaryOp.INVERT: Op.INVERT,
    UnaryOp.NOT: Op.NOT,
    UnaryOp.INT: Op.INT,
}

_FIRST = Const(0)


@dataclass(frozen=True, slots=True)
class Region:
    """An evaluated place: `index` cells beyond `ref`; `length` elements where it is a slice."""

    ref: Operand
    index: Operand = _FIRST
    length: Operand | None = None


def kind_of(type_: Type) -> Kind:
    """Returns the kind of a value, or of the argument that passes a place, of the type."""
    if isinstance(type_, BoolType):
        return Kind.BOOL
    return Kind.INT if is_scalar(type_) else Kind.REF


class Expressions:
    """Translates expressions of one function.

    Attributes:
        scalars: the operand of each variable that is a value and never changes, by id.
        regions: where each other variable lives, by id.
    """

    def __init__(self, emitter: Emitter, program: typed.Program) -> None:
        self._emitter = emitter
        self._program = program
        self.scalars: dict[int, Operand] = {}
        self.regions: dict[int, Region] = {}

    def value(self, expression: typed.Expression) -> Operand:
        """Emits the evaluation and returns the value."""
        match expression:
            case typed.Literal(value, type_):
                return Const(value, kind_of(type_))
            case typed.Read(place, type_, span):
                return self._read(place, type_, span)
            case typed.Unary(op, operand, _, span):
                return self._emitter.emit(_UNARY[op], self.value(operand), location=span.location)
            case typed.Binary():
                return self._binary(expression)
            case typed.Logical():
                return self._logical(expression)
            case typed.Conditional():
                return self._conditional(expression)
            case typed.Call():
                result = self.call(expression)
                assert result is not None, "the checker lets only calls with a result in here"
                return result
            case typed.Input(port, _, span):
                return self._input(port, span)
            case typed.Length(place):
                return self.length(place.type, self.region(place))
            case _:
                assert_never(expression)

    def _read(self, place: typed.Place, type_: Type, span: Span) -> Operand:
        if isinstance(place, typed.Whole) and place.variable.id in self.scalars:
            return self.scalars[place.variable.id]
        return self.load(self.region(place), type_, span)

    def load(self, region: Region, type_: Type, span: Span, name: str = "") -> Value:
        """Emits the load of a scalar place."""
        return self._emitter.emit(
            Op.LOAD,
            region.ref,
            region.index,
            location=span.location,
            kind=kind_of(type_),
            name=name,
        )

    def _binary(self, expression: typed.Binary) -> Operand:
        # Down the left side in a loop: chains of operators are deep there.
        chain: list[typed.Binary] = []
        leftmost: typed.Expression = expression
        while isinstance(leftmost, typed.Binary):
            chain.append(leftmost)
            leftmost = leftmost.left
        left = self.value(leftmost)
        for node in reversed(chain):
            left = self.operation(node.op, left, self.value(node.right), node.operator)
        return left

    def operation(self, op: BinaryOp, left: Operand, right: Operand, operator: Span) -> Value:
        """Emits a binary operator with its checks."""
        location = operator.location
        check_operands(self._emitter, op, left, right, self._program.checked, location)
        return self._emitter.emit(Op(op.word), left, right, location=location)

    def _logical(self, expression: typed.Logical) -> Operand:
        join = self._emitter.label("join")
        early = Edge(join, (Const(int(not expression.conjunction), Kind.BOOL),))
        *terms, last = _terms(expression)
        for term in terms:
            self._test(term, expression.conjunction, early)
        self._emitter.jump(join, self.value(last))
        return self._join(join, Kind.BOOL)

    def _test(self, term: typed.Expression, conjunction: bool, early: Edge) -> None:
        """Emits one term of a chain: on to the next one, or out of the chain by `early`."""
        following = self._emitter.label("and" if conjunction else "or")
        if conjunction:
            self.branch(term, Edge(following), early)
        else:
            self.branch(term, early, Edge(following))
        self._emitter.start(following)

    def _conditional(self, expression: typed.Conditional) -> Operand:
        then, otherwise = self._emitter.label("then"), self._emitter.label("else")
        join = self._emitter.label("join")
        self.branch(expression.condition, Edge(then), Edge(otherwise))
        self._emitter.start(then)
        self._emitter.jump(join, self.value(expression.then))
        self._emitter.start(otherwise)
        self._emitter.jump(join, self.value(expression.otherwise))
        return self._join(join, kind_of(expression.type))

    def _join(self, block: str, kind: Kind) -> Value:
        value = self._emitter.value(kind)
        self._emitter.start(block, value)
        return value

    def branch(self, condition: typed.Expression, then: Edge, otherwise: Edge) -> None:
        """Emits the evaluation of a condition for control alone."""
        match condition:
            case typed.Literal(value):
                taken = then if value else otherwise
                self._emitter.jump(taken.block, *taken.arguments)
            case typed.Unary(UnaryOp.NOT, operand):
                self.branch(operand, otherwise, then)
            case typed.Logical(conjunction):
                *terms, last = _terms(condition)
                for term in terms:
                    self._test(term, conjunction, otherwise if conjunction else then)
                self.branch(last, then, otherwise)
            case _:
                value_ = self.value(condition)
                location = condition.span.location
                self._emitter.end(Branch(value_, then, otherwise, location))

    def call(self, call: typed.Call) -> Value | None:
        """Emits a call, its arguments from left to right, and returns its result."""
        arguments: list[Operand] = []
        parameters = self._program.functions[call.function].parameters
        for parameter, argument in zip(parameters, call.arguments, strict=True):
            if isinstance(argument, typed.Whole | typed.Element | typed.Field):
                region = self.region(argument)
                arguments.append(self.address(region))
                if isinstance(parameter.type, SliceType):
                    arguments.append(self.length(argument.type, region))
            else:
                arguments.append(self.value(argument))
        result = None if call.type is None else kind_of(call.type)
        return self._emitter.call(call.function, arguments, result, call.span.location)

    def _input(self, port: typed.Port, span: Span) -> Operand:
        location = span.location
        if port is typed.Port.GETC:
            return self._emitter.emit(Op.GETC, location=location)
        value = self._emitter.call(READ, (), Kind.INT, location)
        assert value is not None
        status = self._emitter.emit(Op.LOAD, Address(READ_STATUS), Const(0), location=location)
        check_read(self._emitter, status, location)
        return value

    def region(self, place: typed.Place) -> Region:
        """Emits the evaluation of a place, each index checked as soon as it is known."""
        match place:
            case typed.Whole(variable):
                return self._variable(variable)
            case typed.Element(base, index, type_, _):
                region = self.region(base)
                number = self.value(index)
                if self._program.checked:
                    length = self.length(base.type, region)
                    check_index(self._emitter, number, length, index.span.location)
                return self.element(region, number, type_, index.span)
            case typed.Field(base, index, _, span):
                region = self.region(base)
                assert isinstance(base.type, StructType)
                return self.part(region, base.type.offset(index), span)
            case _:
                assert_never(place)

    def _variable(self, variable: typed.Variable) -> Region:
        if variable.storage is typed.Storage.GLOBAL:
            return Region(Address(f"@{variable.name}"))
        return self.regions[variable.id]

    def length(self, type_: Type, region: Region) -> Operand:
        """Returns the number of elements of an array in a region, as far as an int counts."""
        if isinstance(type_, ArrayType):
            return Const(min(type_.length, largest(self._program.word_bits)))
        assert region.length is not None, "only slices have no length of their own"
        return region.length

    def element(self, region: Region, number: Operand, type_: Type, span: Span) -> Region:
        """Emits the way to element `number`, of the given type, of an array in a region."""
        offset = self._scaled(number, size(type_), span)
        return Region(region.ref, self._sum(region.index, offset, span))

    def part(self, region: Region, offset: int, span: Span) -> Region:
        """Returns the region that begins so many cells behind another; addresses wrap."""
        distance = Const(wrap(offset, self._program.word_bits))
        return Region(region.ref, self._sum(region.index, distance, span))

    def runs(self, cells: int) -> list[tuple[int, int]]:
        """Returns where to begin and how far to go, in steps of what an int can count."""
        most = largest(self._program.word_bits)
        return [(start, min(most, cells - start)) for start in range(0, cells, most)]

    def address(self, region: Region) -> Operand:
        """Returns the address of a region's first cell."""
        if region.index == _FIRST:
            return region.ref
        return self._emitter.emit(Op.OFFSET, region.ref, region.index)

    def _sum(self, x: Operand, y: Operand, span: Span) -> Operand:
        if x == _FIRST:
            return y
        if y == _FIRST:
            return x
        if isinstance(x, Const) and isinstance(y, Const):
            return Const(wrap(x.value + y.value, self._program.word_bits))
        return self._emitter.emit(Op.ADD, x, y, location=span.location)

    def _scaled(self, number: Operand, factor: int, span: Span) -> Operand:
        """Returns number * factor by doublings and additions, highest bit of the factor first."""
        if factor == 0:
            return Const(0)
        total = number
        for bit in f"{factor:b}"[1:]:
            total = self._sum(total, total, span)
            if bit == "1":
                total = self._sum(total, number, span)
        return total


def _terms(expression: typed.Logical) -> list[typed.Expression]:
    """Returns the terms of a chain of one logical operator, however deep it leans left."""
    terms: list[typed.Expression] = []
    leftmost: typed.Expression = expression
    while isinstance(leftmost, typed.Logical) and leftmost.conjunction == expression.conjunction:
        terms.append(leftmost.right)
        leftmost = leftmost.left
    return [leftmost, *reversed(terms)]
