"""The entry of the program: takes the arguments from memory, calls, leaves the result (L7.1)."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.ir.builder.emitter import Emitter
from mlpl.ir.builder.expressions import kind_of
from mlpl.ir.module import Address, Argument, Const, Function, Halt, Object, Op, Operand
from mlpl.lang import typed
from mlpl.lang.datatypes import BOOL, is_scalar, size

START = ".start"
"""The name of the entry; no name of a source begins with a dot."""


@dataclass(frozen=True, slots=True)
class Start:
    """The entry and what belongs to it; see `Module` for the last three."""

    function: Function
    objects: tuple[Object, ...]
    arguments: tuple[Argument, ...]
    result: tuple[str, str] | None
    returned: str | None


def build_start(entry: typed.Function, may_halt: bool) -> Start:
    """Returns the function that calls the source's entry, with the objects it needs.

    An argument `a` of `gcd` stands in `@gcd.a`, the result in `@gcd.return` (a keyword, so that
    no parameter is called that). Where a function may halt, `@gcd.return.done` tells the two ends
    apart.
    """
    emitter = Emitter(START)
    location = entry.span.location
    objects: list[Object] = []
    arguments: list[Argument] = []
    operands: list[Operand] = []
    for parameter in entry.parameters:
        type_ = parameter.type
        object_ = Object(f"@{entry.name}.{parameter.name}", size(type_), (), str(type_))
        objects.append(object_)
        arguments.append(Argument(parameter.name, object_.name, object_.type))
        address = Address(object_.name)
        if is_scalar(type_):
            operands.append(
                emitter.emit(
                    Op.LOAD,
                    address,
                    Const(0),
                    location=location,
                    kind=kind_of(type_),
                    name=parameter.name,
                    scope=entry.name,
                )
            )
        else:
            operands.append(address)
    result, returned = None, None
    kind_or_none = None if entry.result is None else kind_of(entry.result)
    value = emitter.call(entry.name, operands, kind_or_none, location)
    if value is not None:
        result = (f"@{entry.name}.return", str(entry.result))
        objects.append(Object(result[0], 1, (), result[1]))
        emitter.act(Op.STORE, Address(result[0]), Const(0), value, location=location)
        if may_halt:
            returned = f"@{entry.name}.return.done"
            objects.append(Object(returned, 1, (), "bool"))
            done = Const(1, kind_of(BOOL))
            emitter.act(Op.STORE, Address(returned), Const(0), done, location=location)
    emitter.end(Halt(location))
    function = emitter.function((), None)
    return Start(function, tuple(objects), tuple(arguments), result, returned)
