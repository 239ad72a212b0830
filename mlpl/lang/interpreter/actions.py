"""Statements as Python functions of the frame, which return how control goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import assert_never

from mlpl.base.traps import TrapKind
from mlpl.lang import typed
from mlpl.lang.datatypes import BOOL, is_scalar, size
from mlpl.lang.interpreter.machine import Halted, Machine, trap
from mlpl.lang.interpreter.values import Callee, Frame, Value, Values, _length


class Way(IntEnum):
    """How control leaves a statement; `ON` is false in a condition."""

    ON = 0
    BREAK = 1
    CONTINUE = 2
    RETURN = 3


ON, BREAK, CONTINUE, RETURN = Way.ON, Way.BREAK, Way.CONTINUE, Way.RETURN
Action = Callable[[Frame], int]


class Actions:
    """Makes closures for the statements of one function."""

    def __init__(self, machine: Machine, callees: Mapping[str, Callee]) -> None:
        self.machine = machine
        self.values = Values(machine, callees)

    def function(self, function: typed.Function, callee: Callee) -> None:
        """Completes a callee: its parameters take the first slots."""
        for parameter in function.parameters:
            self.values.slot(parameter)
        callee.body = self.action(function.body)
        callee.slots = len(self.values.slots) + 1

    def action(self, node: typed.Statement) -> Action:
        """Returns a closure that executes a statement."""
        match node:
            case typed.Declare():
                return self._declare(node)
            case typed.Assign():
                return self._assign(node)
            case typed.CopyWhole():
                return self._copy(node)
            case typed.Evaluate(call):
                value = self.values.value(call)

                def evaluate(frame: Frame) -> int:
                    value(frame)
                    return ON

                return evaluate
            case typed.If():
                return self._if(node)
            case typed.While():
                return self._while(node)
            case typed.ForRange():
                return self._for_range(node)
            case typed.ForEach():
                return self._for_each(node)
            case typed.Break():
                return lambda frame: BREAK
            case typed.Continue():
                return lambda frame: CONTINUE
            case typed.Return(value=result):
                return self._return(result)
            case typed.Print():
                return self._print(node)
            case typed.Putc():
                return self._putc(node)
            case typed.Halt():
                return _halt
            case typed.Assert():
                return self._assert(node)
            case typed.Block():
                return self._block(node)
            case _:
                assert_never(node)

    # Variables

    def _declare(self, node: typed.Declare) -> Action:
        slot, type_ = self.values.slot(node.variable), node.variable.type
        if is_scalar(type_):
            value: Value = lambda frame: 0  # noqa: E731 - one of two closures
            if node.initializer is not None:
                assert not isinstance(node.initializer, typed.Aggregate | typed.Whole)
                assert not isinstance(node.initializer, typed.Element | typed.Field)
                value = self.values.value(node.initializer)

            def declare(frame: Frame) -> int:
                frame[slot] = value(frame)
                return ON

            return declare
        cells_needed, length = size(type_), _length(type_)
        fill = self.values.fill(node.initializer) if node.initializer is not None else None

        def declare_whole(frame: Frame) -> int:
            cells = [0] * cells_needed
            if fill is not None:
                fill(frame, cells, 0)
            frame[slot] = (cells, 0, length)
            return ON

        return declare_whole

    def _assign(self, node: typed.Assign) -> Action:
        value = self.values.value(node.value)
        operation = None if node.op is None else self.values.operation(node.op, node.operator)
        match node.place:
            case typed.Whole(variable) if variable.storage is not typed.Storage.GLOBAL:
                slot = self.values.slot(variable)

                def assign_local(frame: Frame) -> int:
                    if operation is None:
                        frame[slot] = value(frame)
                    else:
                        frame[slot] = operation(frame[slot], value(frame))
                    return ON

                return assign_local
        locate = self.values.locate(node.place)

        def assign(frame: Frame) -> int:
            cells, offset, _ = locate(frame)
            if operation is None:
                cells[offset] = value(frame)
            else:
                cells[offset] = operation(cells[offset], value(frame))
            return ON

        return assign

    def _copy(self, node: typed.CopyWhole) -> Action:
        target, source = self.values.locate(node.place), self.values.locate(node.source)
        length = size(node.place.type)

        def copy(frame: Frame) -> int:
            cells, offset, _ = target(frame)
            others, start, _ = source(frame)
            cells[offset : offset + length] = others[start : start + length]
            return ON

        return copy

    # Control

    def _block(self, node: typed.Block) -> Action:
        actions = [self.action(statement) for statement in node.statements]
        if len(actions) == 1:
            return actions[0]

        def block(frame: Frame) -> int:
            for action in actions:
                way = action(frame)
                if way:
                    return way
            return ON

        return block

    def _if(self, node: typed.If) -> Action:
        condition, then = self.values.value(node.condition), self._block(node.then)
        if node.otherwise is None:
            return lambda frame: then(frame) if condition(frame) else ON
        otherwise = self._block(node.otherwise)
        return lambda frame: then(frame) if condition(frame) else otherwise(frame)

    def _while(self, node: typed.While) -> Action:
        condition, body, step = (
            self.values.value(node.condition),
            self._block(node.body),
            self.machine.step,
        )

        def loop(frame: Frame) -> int:
            while condition(frame):
                step()
                way = body(frame)
                if way == BREAK:
                    break
                if way == RETURN:
                    return RETURN
            return ON

        return loop

    def _for_range(self, node: typed.ForRange) -> Action:
        start, stop = self.values.value(node.start), self.values.value(node.stop)
        slot, by = self.values.slot(node.variable), node.step
        body, step = self._block(node.body), self.machine.step

        def loop(frame: Frame) -> int:
            first = start(frame)
            for number in range(first, stop(frame), by):
                step()
                frame[slot] = number
                way = body(frame)
                if way == BREAK:
                    break
                if way == RETURN:
                    return RETURN
            return ON

        return loop

    def _for_each(self, node: typed.ForEach) -> Action:
        locate, slot = self.values.locate(node.place), self.values.slot(node.variable)
        type_ = node.variable.type
        width, inner, scalar = size(type_), _length(type_), is_scalar(type_)
        body, step = self._block(node.body), self.machine.step

        def loop(frame: Frame) -> int:
            cells, offset, length = locate(frame)
            for number in range(length):
                step()
                begin = offset + number * width
                if scalar:
                    frame[slot] = cells[begin]
                else:
                    frame[slot] = (cells[begin : begin + width], 0, inner)
                way = body(frame)
                if way == BREAK:
                    break
                if way == RETURN:
                    return RETURN
            return ON

        return loop

    def _return(self, node: typed.Expression | None) -> Action:
        if node is None:
            return lambda frame: RETURN
        value = self.values.value(node)

        def result(frame: Frame) -> int:
            frame[0] = value(frame)
            return RETURN

        return result

    # Built-in statements

    def _print(self, node: typed.Print) -> Action:
        items = [
            bytes(item.codes) if isinstance(item, typed.Text) else self.values.value(item)
            for item in node.items
        ]
        bools = [not isinstance(item, typed.Text) and item.type == BOOL for item in node.items]
        between, end = (b" ", b"\n") if node.line else (b"", b"")
        ports = self.machine.ports

        def show(frame: Frame) -> int:
            parts = []
            for item, is_bool in zip(items, bools, strict=True):
                if isinstance(item, bytes):
                    parts.append(item)
                else:
                    parts.append(_spell(item(frame), is_bool))
            ports.write(between.join(parts) + end)
            return ON

        return show

    def _putc(self, node: typed.Putc) -> Action:
        value, ports = self.values.value(node.value), self.machine.ports

        def putc(frame: Frame) -> int:
            ports.write(bytes((value(frame) & 255,)))
            return ON

        return putc

    def _assert(self, node: typed.Assert) -> Action:
        condition = self.values.value(node.condition)

        def check(frame: Frame) -> int:
            if not condition(frame):
                raise trap(TrapKind.ASSERTION_FAILED, node.span, message=node.message)
            return ON

        return check


def _spell(value: int, is_bool: bool) -> bytes:
    if is_bool:
        return b"true" if value else b"false"
    return b"%d" % value


def _halt(frame: Frame) -> int:
    raise Halted
