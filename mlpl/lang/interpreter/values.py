"""Expressions and places as Python functions of the frame.

Each method returns a closure; running a program calls closures and nothing else, so the depth of
a program's recursion is bounded by Python frames, which are cheap, and never by the C stack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, assert_never

from mlpl.base import words
from mlpl.base.operators import BinaryOp, UnaryOp
from mlpl.base.source import Span
from mlpl.base.traps import TrapKind, met
from mlpl.lang import typed
from mlpl.lang.datatypes import ArrayType, StructType, Type, is_scalar, size
from mlpl.lang.interpreter.machine import Cells, Machine, Reference, Trapped, Undefined, trap
from mlpl.lang.interpreter.ports import InputEnds, InputInvalid

Frame = list[Any]
"""The variables of an active function by slot: a word for a scalar, a `Reference` for an array
or struct. Slot 0 is the result."""

Value = Callable[[Frame], int]
Locate = Callable[[Frame], Reference]
Operation = Callable[[int, int], int]
Body = Callable[[Frame], int]
T = TypeVar("T")


class Callee:
    """A function: the number of its slots, and its body once that is made."""

    def __init__(self) -> None:
        self.slots = 1
        self.body: Body = _missing


def _missing(frame: Frame) -> int:
    raise AssertionError("a function was called before it was made")


PLACES = (typed.Whole, typed.Element, typed.Field)


class Values:
    """Makes closures for the expressions of one function.

    Attributes:
        machine: the run they are for.
        callees: every function by name.
        slots: the slot of each local variable and parameter, by its id.
    """

    def __init__(self, machine: Machine, callees: Mapping[str, Callee]) -> None:
        self.machine = machine
        self.callees = callees
        self.slots: dict[int, int] = {}

    def slot(self, variable: typed.Variable) -> int:
        """Returns the slot of a local variable, a new one if it has none."""
        return self.slots.setdefault(variable.id, len(self.slots) + 1)

    # Places

    def locate(self, place: typed.Place) -> Locate:
        """Returns a closure that finds a place, checking its indices on the way (L5.2)."""
        match place:
            case typed.Whole(variable):
                return self._locate_whole(variable)
            case typed.Element():
                return self._locate_element(place)
            case typed.Field(base, index, type_):
                outer = self.locate(base)
                assert isinstance(base.type, StructType)
                distance, length = base.type.offset(index), _length(type_)

                def locate(frame: Frame) -> Reference:
                    cells, offset, _ = outer(frame)
                    return cells, offset + distance, length

                return locate

    def _locate_whole(self, variable: typed.Variable) -> Locate:
        if variable.storage is typed.Storage.GLOBAL:
            reference = (self.machine.globals[variable.id], 0, _length(variable.type))
            return lambda frame: reference
        slot = self.slot(variable)
        return lambda frame: frame[slot]

    def _locate_element(self, place: typed.Element) -> Locate:
        outer, index = self.locate(place.base), self.value(place.index)
        step, inner, fail = size(place.type), _length(place.type), self._outside(place.index.span)

        def locate(frame: Frame) -> Reference:
            cells, offset, length = outer(frame)
            number = index(frame)
            if not 0 <= number < length:
                raise fail(number, length)
            return cells, offset + number * step, inner

        return locate

    def _outside(self, bracket: Span) -> Callable[[int, int], Exception]:
        if self.machine.checked:
            return lambda number, length: trap(
                TrapKind.INDEX_OUT_OF_BOUNDS, bracket, number, length
            )
        return lambda number, length: Undefined(
            f"index {number} is outside 0..{length}", bracket.location
        )

    def _load(self, place: typed.Place) -> Value:
        """Returns a closure for the word at a scalar place."""
        match place:
            case typed.Whole(variable) if variable.storage is not typed.Storage.GLOBAL:
                slot = self.slot(variable)
                return lambda frame: frame[slot]
            case typed.Whole(variable):
                cells = self.machine.globals[variable.id]
                return lambda frame: cells[0]
        locate = self.locate(place)

        def load(frame: Frame) -> int:
            cells, offset, _ = locate(frame)
            return cells[offset]

        return load

    # Expressions

    def value(self, node: typed.Expression) -> Value:
        """Returns a closure for the word that an expression has; bools are 0 and 1."""
        match node:
            case typed.Literal(value):
                return lambda frame: value
            case typed.Read(place):
                return self._load(place)
            case typed.Unary(op, operand):
                return self._unary(op, self.value(operand))
            case typed.Binary(op, left, right, _, _, operator):
                return self._binary(op, self.value(left), self.value(right), operator)
            case typed.Logical(conjunction, left, right):
                first, second = self.value(left), self.value(right)
                if conjunction:
                    return lambda frame: first(frame) and second(frame)
                return lambda frame: first(frame) or second(frame)
            case typed.Conditional(condition, then, otherwise):
                test, yes, no = self.value(condition), self.value(then), self.value(otherwise)
                return lambda frame: yes(frame) if test(frame) else no(frame)
            case typed.Call():
                return self.call(node)
            case typed.Input(port, _, span):
                return self._input(port, span)
            case typed.Length(place):
                locate = self.locate(place)
                return lambda frame: locate(frame)[2]
            case _:
                assert_never(node)

    def _unary(self, op: UnaryOp, operand: Value) -> Value:
        w = self.machine.word_bits
        return lambda frame: op.apply(operand(frame), w)

    def _binary(self, op: BinaryOp, left: Value, right: Value, operator: Span) -> Value:
        w = self.machine.word_bits
        half, mask = 1 << (w - 1), (1 << w) - 1
        match op:
            case BinaryOp.ADD:
                return lambda frame: ((left(frame) + right(frame) + half) & mask) - half
            case BinaryOp.SUB:
                return lambda frame: ((left(frame) - right(frame) + half) & mask) - half
            case BinaryOp.LT:
                return lambda frame: int(left(frame) < right(frame))
            case BinaryOp.EQ:
                return lambda frame: int(left(frame) == right(frame))
        operation = self.operation(op, operator)
        return lambda frame: operation(left(frame), right(frame))

    def operation(self, op: BinaryOp, operator: Span) -> Operation:
        """Returns a function of two words that traps where the operator does (L5.3, L5.4)."""
        w, meaning = self.machine.word_bits, op.value.meaning
        match op:
            case BinaryOp.DIV | BinaryOp.REM:

                def divide(x: int, y: int) -> int:
                    if y == 0:
                        raise trap(TrapKind.DIVISION_BY_ZERO, operator, x)
                    return meaning(x, y, w)

                return divide
            case BinaryOp.SHL | BinaryOp.SHR:
                checked = self.machine.checked

                def shift(x: int, y: int) -> int:
                    if y >= 0:
                        return meaning(x, y, w)
                    if checked:
                        raise trap(TrapKind.NEGATIVE_SHIFT, operator, y)
                    raise Undefined(f"a shift by {y}", operator.location)

                return shift
            case _:
                return lambda x, y: meaning(x, y, w)

    def _input(self, port: typed.Port, span: Span) -> Value:
        ports, w = self.machine.ports, self.machine.word_bits

        def getc(frame: Frame) -> int:
            return words.wrap(ports.getc(), w)

        def read(frame: Frame) -> int:
            try:
                return ports.read(w)
            except InputEnds:
                raise trap(TrapKind.END_OF_INPUT, span) from None
            except InputInvalid as invalid:
                values = met(words.wrap(invalid.byte, w), w)
                raise trap(TrapKind.INVALID_INPUT, span, *values) from None

        return getc if port is typed.Port.GETC else read

    # Calls

    def call(self, node: typed.Call) -> Value:
        """Returns a closure for a call; its value is 0 where the function has none."""
        machine, name, span = self.machine, node.function, node.span
        callee = self.callees[name]
        arguments = [
            self.locate(a) if isinstance(a, PLACES) else self.value(a) for a in node.arguments
        ]

        def call(frame: Frame) -> int:
            inner: Frame = [0]
            inner += [argument(frame) for argument in arguments]
            inner += [0] * (callee.slots - len(inner))
            machine.step()
            machine.calls -= 1
            if machine.calls < 0:
                raise trap(TrapKind.STACK_OVERFLOW, span)
            try:
                callee.body(inner)
            except Trapped as trapped:
                trapped.path.append((name, span))
                raise
            except RecursionError:
                raise trap(TrapKind.STACK_OVERFLOW, span) from None
            machine.calls += 1
            return inner[0]  # type: ignore[no-any-return]

        return call

    # Initialisers

    def fill(self, node: typed.Initializer) -> Callable[[Frame, Cells, int], None]:
        """Returns a closure that writes an initialiser's words into zeros from an offset on."""
        match node:
            case typed.Aggregate(items, type_):
                parts = [(_inside(type_, number), self.fill(item)) for number, item in items]

                def fill_all(frame: Frame, cells: Cells, offset: int) -> None:
                    for inside, part in parts:
                        part(frame, cells, offset + inside)

                return fill_all
            case typed.Whole() | typed.Element() | typed.Field() if not is_scalar(node.type):
                locate, length = self.locate(node), size(node.type)

                def copy(frame: Frame, cells: Cells, offset: int) -> None:
                    source, start, _ = locate(frame)
                    cells[offset : offset + length] = source[start : start + length]

                return copy
            case typed.Whole() | typed.Element() | typed.Field():
                value = self._load(node)
            case _:
                value = self.value(node)

        def fill(frame: Frame, cells: Cells, offset: int) -> None:
            cells[offset] = value(frame)

        return fill


def _length(type_: Type) -> int:
    return type_.length if isinstance(type_, ArrayType) else 0


def _inside(type_: ArrayType | StructType, number: int) -> int:
    """Returns where an element or field begins in its array or struct."""
    match type_:
        case ArrayType(element, _):
            return number * size(element)
        case StructType():
            return type_.offset(number)
