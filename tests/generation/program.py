"""Random programs: globals, functions with and without recursion, and a `main`."""

from __future__ import annotations

from dataclasses import dataclass

from tests.generation.choices import Choices
from tests.generation.expressions import Meter, Recursion
from tests.generation.library import ROUTINES
from tests.generation.shapes import (
    Array,
    Function,
    Limits,
    Parameter,
    Scalar,
    Shape,
    Slice,
    Struct,
    Variable,
    spell,
)
from tests.generation.statements import Statements, function_line

FUEL = "fuel"
CALLS_OF_RECURSION = 15
"""Calls that a recursive function makes at most, fuel 3 and two sites: 1 + 2 + 4 + 8."""


@dataclass(frozen=True)
class Generated:
    """A program and what it is run with.

    Attributes:
        source: the text of its main file.
        arguments: of `main`, as on the command line.
        input: what it reads.
        word_bits: the narrowest word at which it compiles.
    """

    source: str
    arguments: tuple[str, ...]
    input: bytes
    word_bits: int


class Program:
    """Makes one program."""

    def __init__(self, choices: Choices, limits: Limits) -> None:
        self.choices = choices
        self.limits = limits
        self.structs = self._make_structs() if limits.aggregates else ()
        self.statements = Statements(choices, limits, self.structs)
        self.scopes = self.statements.scopes
        self.items: list[list[str]] = [self._struct_lines(s) for s in self.structs]
        self.globals: list[Variable] = []

    def make(self) -> Generated:
        """Returns the program."""
        if self.limits.imports:
            self._import()
        self._declare_globals()
        functions = self.choices.between(0, 4)
        for number in range(functions):
            if self.choices.chance(25):
                self._pair(number)
            else:
                self._function(number)
        arguments = self._main()
        order = sorted(range(len(self.items)), key=lambda _: self.choices.between(0, 99))
        source = "\n".join(line for at in order for line in [*self.items[at], ""])
        return Generated(source, arguments, self._input(), self.limits.word_bits)

    # Top level ------------------------------------------------------------------------------

    def _make_structs(self) -> tuple[Struct, ...]:
        first = Struct("Pair", (("left", Scalar.INT), ("right", Scalar.INT)))
        second = Struct(
            "Record", (("flag", Scalar.BOOL), ("pair", first), ("items", Array(Scalar.INT, 3)))
        )
        return (first, second)

    def _struct_lines(self, struct: Struct) -> list[str]:
        fields = ", ".join(f"{name}: {spell(shape)}" for name, shape in struct.fields)
        return [f"struct {struct.name} {{ {fields} }}"]

    def _import(self) -> None:
        for module, routines in ROUTINES.items():
            if not self.choices.chance(20):
                continue
            alias = self.choices.weighted(((3, module), (1, f"{module[0]}lib")))
            self.items.append(
                [f"import {module};" if alias == module else f"import {module} as {alias};"]
            )
            for routine in routines:
                name = f"{alias}.{routine.name}"
                self.scopes.declare(
                    name, Function(name, routine.parameters, routine.result, routine.cost)
                )

    def _declare_globals(self) -> None:
        for number in range(self.choices.between(1, 4)):
            shape: Shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
            if self.choices.chance(40):
                shape = self.statements.shape()
            name = f"g{number}"
            constant = self.choices.chance(20) and not isinstance(shape, Struct)
            bare = not constant and self.choices.chance(30)
            if bare:
                line = f"var {name}: {spell(shape)};"
            else:
                line = f"{'const' if constant else 'var'} {name} = {self._constant(shape)};"
            self.items.append([line])
            variable = Variable(name, shape, mutable=not constant)
            self.scopes.declare(name, variable)
            self.globals.append(variable)

    def _constant(self, shape: Shape) -> str:
        if shape is Scalar.INT and self.choices.chance(30):
            left, right = self.statements.expressions.literal(), self.choices.between(1, 7)
            return f"{left} {self.choices.one('+-*/%&|^')} {right}"
        return self.statements.aggregate(shape, depth=-1)

    def _input(self) -> bytes:
        if not self.limits.inputs:
            return b""
        largest = min(self.limits.largest, 99)
        numbers = [self.choices.between(-largest, largest) for _ in range(8)]
        return "".join(str(n) + self.choices.one(" \n\t") for n in numbers).encode()

    # Functions ------------------------------------------------------------------------------

    def _signature(self, name: str, *, fuel: bool) -> Function:
        parameters = []
        for at in range(self.choices.between(0, 3)):
            shape: Shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
            if self.choices.chance(35):
                shape = self.statements.shape()
                if isinstance(shape, Array) and self.choices.chance(60):
                    shape = Slice(shape.element)
            parameters.append(Parameter(f"p{at}", shape, self.choices.chance(60)))
        result = self.choices.weighted(((3, Scalar.INT), (1, Scalar.BOOL), (1, None)))
        return Function(name, tuple(parameters), result, cost=0, fuel=fuel)

    def _function(self, number: int) -> None:
        function = self._signature(f"f{number}", fuel=self.choices.chance(30))
        partners = (function,) if function.fuel else ()
        self._define(function, partners)
        self.scopes.declare(function.name, function)

    def _pair(self, number: int) -> None:
        """Makes two functions that call each other."""
        first = self._signature(f"f{number}", fuel=True)
        second = self._signature(f"f{number}b", fuel=True)
        self._define(first, (second, first))
        self._define(second, (first, second))
        first.cost = second.cost = max(first.cost, second.cost)
        self.scopes.declare(first.name, first)
        self.scopes.declare(second.name, second)

    def _define(self, function: Function, partners: tuple[Function, ...]) -> None:
        """Adds the function's text and sets its cost."""
        allowed = self.limits.work // (10 * (CALLS_OF_RECURSION if function.fuel else 1))
        meter = self.statements.expressions.meter = Meter(allowed)
        count = self.choices.between(1, max(2, self.limits.statements // 4))
        recursion = Recursion(FUEL, partners) if function.fuel else None
        self.scopes.frames.append({})
        if function.fuel:
            self.scopes.declare(FUEL, Variable(FUEL, Scalar.INT, mutable=False))
        for p in function.parameters:
            mutable = p.assigned or isinstance(p.shape, Scalar)
            self.scopes.declare(p.name, Variable(p.name, p.shape, mutable))
        body = self.statements.body(count, function.result, recursion)
        last = self._last_return(function)
        self.scopes.frames.pop()
        function.cost = 1 + allowed - meter.left
        if function.fuel:
            function.cost *= CALLS_OF_RECURSION
            body = [f"if {FUEL} <= 0 {{", *_indent(self._base(function)), "}", *body]
        lines = [*body, *last]
        self.items.append([function_line(function, FUEL), *_indent(lines), "}"])

    def _base(self, function: Function) -> list[str]:
        if function.result is None:
            return ["return;"]
        return [f"return {self.statements.aggregate(function.result, depth=-1)};"]

    def _last_return(self, function: Function) -> list[str]:
        if function.result is None:
            return []
        return [f"return {self.statements.expressions.value(function.result, 2)};"]

    def _main(self) -> tuple[str, ...]:
        self.statements.expressions.meter = Meter(self.limits.work)
        parameters, arguments = [], []
        for at in range(self.choices.between(0, 2)):
            shape: Shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
            if self.choices.chance(30):
                shape = Array(shape, self.choices.between(1, 4))
            parameters.append(Parameter(f"p{at}", shape, True))
            arguments.append(self._argument(shape))
        result = self.choices.weighted(((2, Scalar.INT), (1, Scalar.BOOL), (2, None)))
        main = Function("main", tuple(parameters), result, cost=0)
        self.scopes.frames.append({p.name: Variable(p.name, p.shape, True) for p in parameters})
        count = self.choices.between(2, max(4, self.limits.statements // 2))
        body = self.statements.body(count, result, None)
        shown = [*self.globals, *(Variable(p.name, p.shape, True) for p in parameters)]
        for variable in shown:
            body += self.statements.show(variable.name, variable.shape)
        last = self._last_return(main)
        self.scopes.frames.pop()
        self.items.append([function_line(main, FUEL), *_indent([*body, *last]), "}"])
        return tuple(arguments)

    def _argument(self, shape: Shape) -> str:
        match shape:
            case Array(element, length):
                return ",".join(self._argument(element) for _ in range(length))
            case Scalar.BOOL:
                return self.choices.one(("false", "true"))
            case _:
                largest = self.limits.largest
                number = self.choices.between(-min(largest, 9), min(largest, 20))
                return str(self.choices.weighted(((8, number), (1, largest), (1, -largest - 1))))


def _indent(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
