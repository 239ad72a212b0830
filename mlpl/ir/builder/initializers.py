"""Declarations of local variables (L3.3)."""

from __future__ import annotations

from mlpl.base.source import Span
from mlpl.ir.builder.emitter import Emitter
from mlpl.ir.builder.expressions import Expressions, Region, kind_of
from mlpl.ir.module import Const, Op, Operand, Value
from mlpl.ir.signatures import zero
from mlpl.lang import typed
from mlpl.lang.datatypes import ArrayType, StructType, Type, is_scalar, size


class Initializers:
    """Gives variables of one function their places and first values."""

    def __init__(self, emitter: Emitter, expressions: Expressions) -> None:
        self._emitter = emitter
        self._expressions = expressions

    def declare(self, statement: typed.Declare) -> None:
        """Emits a declaration; without initialiser the variable becomes zeros."""
        variable, first = statement.variable, statement.initializer
        if first is not None and is_scalar(variable.type) and not variable.mutable:
            # The value itself is the variable from now on; no memory is needed.
            self._expressions.scalars[variable.id] = self._expressions.value(_scalar(first))
            return
        region = Region(
            self._emitter.object(variable.name, size(variable.type), str(variable.type))
        )
        if first is None:
            self._clear(region, variable.type, statement.span)
        else:
            self._initialize(region, first, variable.type)
        self._expressions.regions[variable.id] = region

    def bind(self, variable: typed.Variable, value: Value) -> None:
        """Makes a variable that may be assigned begin with a value."""
        region = Region(self._emitter.object(variable.name, 1, str(variable.type)))
        location = variable.span.location
        self._emitter.act(Op.STORE, region.ref, region.index, value, location=location)
        self._expressions.regions[variable.id] = region

    def _initialize(self, region: Region, first: typed.Initializer, type_: Type) -> None:
        location = first.span.location
        match first:
            case typed.Aggregate():
                self._fill(region, first)
            case typed.Whole() | typed.Element() | typed.Field():
                self.copy(region, self._expressions.region(first), type_, first.span)
            case _:
                value = self._expressions.value(first)
                self._emitter.act(Op.STORE, region.ref, region.index, value, location=location)

    def copy(self, target: Region, source: Region, type_: Type, span: Span) -> None:
        """Emits the copy of an array or a struct."""
        for start, count in self._expressions.runs(size(type_)):
            to, from_ = (self._address(region, start, span) for region in (target, source))
            self._emitter.act(Op.COPY, to, from_, Const(count), location=span.location)

    def _clear(self, region: Region, type_: Type, span: Span) -> None:
        location = span.location
        if is_scalar(type_):
            nothing = zero(kind_of(type_))
            self._emitter.act(Op.STORE, region.ref, region.index, nothing, location=location)
        else:
            self._zero(region, 0, size(type_), span)

    def _zero(self, region: Region, offset: int, cells: int, span: Span) -> None:
        """Emits zeros for so many cells from an offset on."""
        for start, count in self._expressions.runs(cells):
            address = self._address(region, offset + start, span)
            self._emitter.act(Op.ZERO, address, Const(count), location=span.location)

    def _address(self, region: Region, offset: int, span: Span) -> Operand:
        return self._expressions.address(self._expressions.part(region, offset, span))

    def _fill(self, region: Region, aggregate: typed.Aggregate) -> None:
        """Emits the items in order of evaluation; before them zeros for what no item names."""
        parts = _parts(aggregate.type)
        named = {number for number, _ in aggregate.items}
        unnamed = next((n for n in range(len(parts)) if n not in named), None)
        if unnamed is not None:
            offset = parts[unnamed][0]
            self._zero(region, offset, size(aggregate.type) - offset, aggregate.span)
        for number, item in aggregate.items:
            offset, type_ = parts[number]
            part = self._expressions.part(region, offset, aggregate.span)
            self._initialize(part, item, type_)


def _scalar(first: typed.Initializer) -> typed.Expression:
    assert not isinstance(first, typed.Aggregate | typed.Whole | typed.Element | typed.Field)
    return first


def _parts(type_: ArrayType | StructType) -> list[tuple[int, Type]]:
    """Returns the offset in cells and the type of each element or field."""
    if isinstance(type_, ArrayType):
        step = size(type_.element)
        return [(number * step, type_.element) for number in range(type_.length)]
    return [(type_.offset(number), field) for number, (_, field) in enumerate(type_.fields)]
