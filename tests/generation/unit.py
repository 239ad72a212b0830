"""Random files: structs, constants, globals, and functions with and without recursion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.generation.choices import Choices
from tests.generation.expressions import Meter, Recursion
from tests.generation.recursions import FUEL, Recursions
from tests.generation.shapes import (
    Array,
    Function,
    Limits,
    Parameter,
    Scalar,
    Scopes,
    Shape,
    Slice,
    Struct,
    Variable,
    cells,
    spell,
)
from tests.generation.statements import Inside, Statements, function_line, indent

TREE, LINE = 3, 9
"""Fuel of functions that call twice and once: at most 1 + 2 + 4 + 8 and 10 calls."""
CALLS = 15


class Unit:
    """Makes the declarations of one file.

    Attributes:
        items: the lines of each declaration.
        globals: its variables and constants.
        functions: what other files may call, if the names are not private.
    """

    def __init__(self, choices: Choices, limits: Limits) -> None:
        self.choices = choices
        self.limits = limits
        self.scopes = Scopes()
        self.statements = Statements(choices, limits, self.scopes)
        self.recursions = Recursions(self.statements)
        self.items: list[list[str]] = []
        self.globals: list[Variable] = []
        self.functions: list[Function] = []
        self._number = 0

    def declare(self, functions: int) -> None:
        """Makes structs, globals and about so many functions."""
        for number in range(self.choices.between(0, 3)):
            self._struct(f"S{number}")
        for _ in range(self.choices.between(1, 5)):
            self._global()
        for _ in range(functions):
            kind = self.choices.weighted(((6, "plain"), (2, "pair"), (2, "tail"), (3, "deep")))
            if kind == "pair":
                self._pair()
            elif kind == "tail":
                self._tail()
            elif kind == "deep":
                self._deep()
            else:
                self._plain()

    def text(self) -> str:
        """Returns the file, its declarations in any order."""
        ordered = self.choices.shuffled(self.items)
        return "\n".join(line for item in ordered for line in [*item, ""])

    def exports(self, alias: str) -> Iterator[Variable | Function | Struct]:
        """Yields what an import shows under an alias; nothing of other files' types."""
        for struct in self.statements.structs:
            if _is_shown("", struct):
                yield _qualified(struct, alias)
        for variable in self.globals:
            if _is_shown(variable.name, variable.shape):
                shape = _abroad(variable.shape, alias)
                yield replace(variable, name=f"{alias}.{variable.name}", shape=shape)
        for function in self.functions:
            if all(_is_shown(function.name, p.shape) for p in function.parameters):
                parameters = tuple(
                    replace(p, shape=_abroad(p.shape, alias)) for p in function.parameters
                )
                name = f"{alias}.{function.name}"
                if not function.name.startswith("_"):
                    yield replace(function, name=name, parameters=parameters)

    def bring_in(self, exports: Iterator[Variable | Function | Struct]) -> list[Variable]:
        """Makes the names of an import visible; returns its variables."""
        variables = []
        for export in exports:
            if isinstance(export, Struct):
                self.statements.structs.append(export)
                continue
            self.scopes.declare(export.name, export)
            if isinstance(export, Variable):
                variables.append(export)
        return variables

    # Declarations ---------------------------------------------------------------------------

    def _name(self, stem: str) -> str:
        self._number += 1
        private = "_" if self.choices.chance(10) else ""
        return f"{private}{stem}{self._number}"

    def _struct(self, name: str) -> None:
        fields: list[tuple[str, Shape]] = []
        for at in range(self.choices.between(1, 3)):
            shape: Shape = self.choices.weighted(((3, Scalar.INT), (1, Scalar.BOOL)))
            if self.choices.chance(35):
                shape = self.statements.shape(1)
            fields.append((("left", "right", "items")[at], shape))
        struct = Struct(name, tuple(fields))
        if cells(struct) > self.limits.cells // 2:
            struct = Struct(name, (("only", Scalar.INT),))
        self.statements.structs.append(struct)
        spelled = ", ".join(f"{field}: {spell(shape)}" for field, shape in struct.fields)
        comma = "," if self.choices.chance(20) else ""
        self.items.append([f"struct {name} {{ {spelled}{comma} }}"])

    def _global(self) -> None:
        shape: Shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
        if self.choices.chance(45):
            shape = self.statements.shape()
        constant = self.choices.chance(25)
        name = self._name("K" if constant else "g")
        word = "const" if constant else "var"
        if not constant and self.choices.chance(30):
            line = f"var {name}: {spell(shape)};"
        else:
            annotation = f": {spell(shape)}" if self.choices.chance(25) else ""
            line = f"{word} {name}{annotation} = {self._initial(shape, bool(annotation))};"
        self.items.append([line])
        variable = Variable(name, shape, mutable=not constant)
        self.scopes.declare(name, variable)
        self.globals.append(variable)

    def _initial(self, shape: Shape, typed: bool) -> str:
        """Returns a global's initialiser: a string for some arrays whose type is written."""
        fits = isinstance(shape, Array) and typed and self.statements.takes_text(shape)
        if isinstance(shape, Array) and fits and self.choices.chance(50):
            return self.statements.expressions.literals.text(shape.length)
        return self._constant(shape)

    def _constant(self, shape: Shape) -> str:
        literals = self.statements.expressions.literals
        if shape is Scalar.INT and self.choices.chance(40):
            named = [v.name for v in self.globals if v.shape is shape and not v.mutable]
            left = self.choices.one([literals.integer(), *named])
            right = self.choices.between(1, min(7, self.limits.largest))
            op = self.choices.one(("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"))
            text = f"{left} {op} {right}"
            return f"{text} > 2 ? ~{right} : -({text})" if self.choices.chance(20) else text
        if shape is Scalar.BOOL and self.choices.chance(40):
            return f"{literals.integer()} < 3 && !false || true == false"
        return literals.value(shape)

    # Functions ------------------------------------------------------------------------------

    def _signature(self, stem: str, fuel: int) -> Function:
        parameters = []
        for at in range(self.choices.between(0, 3)):
            shape: Shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
            if self.choices.chance(45):
                shape = self.statements.shape()
                if isinstance(shape, Array) and self.choices.chance(60):
                    shape = Slice(shape.element)
            parameters.append(Parameter(f"p{at}", shape, self.choices.chance(60)))
        if parameters and not isinstance(parameters[0].shape, Scalar) and self.choices.chance(30):
            parameters.append(replace(parameters[0], name="other"))
        result = self.choices.weighted(((3, Scalar.INT), (1, Scalar.BOOL), (1, None)))
        return Function(self._name(stem), tuple(parameters), result, cost=0, fuel=fuel)

    def _add(self, *functions: Function) -> None:
        for function in functions:
            self.scopes.declare(function.name, function)
            self.functions.append(function)

    def _plain(self) -> None:
        function = self._signature("f", TREE if self.choices.chance(30) else 0)
        self._define(function, (function,) if function.fuel else ())
        self._add(function)

    def _pair(self) -> None:
        """Makes two functions that call each other."""
        first, second = self._signature("f", TREE), self._signature("f", TREE)
        self._define(first, (second, first))
        self._define(second, (first, second))
        first.cost = second.cost = max(first.cost, second.cost)
        self._add(first, second)

    def _tail(self) -> None:
        """Makes a function that ends in a call of itself."""
        function = self._signature("t", min(LINE, self.limits.largest))
        self._define(function, (function,), tail=True)
        self._add(function)

    def _deep(self) -> None:
        """Makes functions of a form that recursion often has."""
        items, functions = self.recursions.make(self._name)
        self.items += items
        self._add(*functions)

    def _define(
        self, function: Function, partners: tuple[Function, ...], *, tail: bool = False
    ) -> None:
        """Adds the function's text and sets its cost."""
        times = CALLS if function.fuel else 1
        allowed = self.limits.work // (8 * times)
        meter = self.statements.expressions.meter = Meter(allowed)
        count = self.choices.between(1, max(2, self.limits.statements // 4))
        recursion = Recursion(FUEL, partners, 1 if tail else 2) if function.fuel else None
        self.scopes.frames.append({})
        if function.fuel:
            self.scopes.declare(FUEL, Variable(FUEL, Scalar.INT, mutable=False))
        for p in function.parameters:
            mutable = p.assigned or isinstance(p.shape, Scalar)
            self.scopes.declare(p.name, Variable(p.name, p.shape, mutable))
        body = self.statements.body(count, function.result, recursion, lambda: self._end(function))
        self.scopes.frames.pop()
        function.cost = (1 + allowed - meter.left) * times
        if function.fuel:
            body = [f"if {FUEL} <= 0 {{", *indent(self._base(function)), "}", *body]
        self.items.append([function_line(function, FUEL), *indent(body), "}"])

    def _base(self, function: Function) -> list[str]:
        if function.result is None:
            return ["return;"]
        return [f"return {self.statements.expressions.literals.value(function.result)};"]

    def _end(self, function: Function) -> list[str]:
        """Returns the end of a body: a `return` in one of its forms, where there is a result."""
        expressions, result = self.statements.expressions, function.result
        if result is None:
            return []
        call = expressions.call(result, 1) if self.choices.chance(30) else None
        if call is not None:
            return [f"return {call};"]
        inside = Inside(result)
        first, second = self.statements.loops.leave(inside), self.statements.loops.leave(inside)
        kind = self.choices.weighted(((6, "plain"), (1, "if"), (1, "while"), (1, "block")))
        match kind:
            case "if":
                return [f"if {expressions.boolean(1)} {{ {first} }} else {{ {second} }}"]
            case "while":
                return [f"while true {{ if {expressions.boolean(1)} {{ {first} }} {second} }}"]
            case "block":
                return [f"{{ {first} }}"]
        return [f"return {expressions.value(result, 2)};"]

    def main(self, shown: list[Variable]) -> tuple[str, ...]:
        """Makes `main`, which shows these variables and its own at the end; returns arguments."""
        self.statements.expressions.meter = Meter(self.limits.work)
        parameters, arguments = [], []
        for at in range(self.choices.between(0, 3)):
            shape: Shape = self.choices.weighted(((3, Scalar.INT), (1, Scalar.BOOL)))
            while self.choices.chance(30) and cells(shape) * 4 <= self.limits.cells:
                shape = Array(shape, self.choices.between(1, 4))
            parameters.append(Parameter(f"p{at}", shape, True))
            arguments.append(self._argument(shape))
        result = self.choices.weighted(((2, Scalar.INT), (1, Scalar.BOOL), (2, None)))
        function = Function("main", tuple(parameters), result, cost=0)
        lines = [line for v in shown for line in self.statements.show(v.name, v.shape)]
        self.items.append(["fn report() {", *indent(lines), "}"])
        self.scopes.frames.append({p.name: Variable(p.name, p.shape, True) for p in parameters})
        count = self.choices.between(2, max(4, self.limits.statements // 2))
        body = self.statements.body(
            count, result, None, lambda: ["report();", *self._end(function)]
        )
        self.scopes.frames.pop()
        self.items.append([function_line(function, FUEL), *indent(body), "}"])
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


def _is_shown(name: str, shape: Shape) -> bool:
    """Whether another file can use a name of this type."""
    match shape:
        case Array(element) | Slice(element):
            return _is_shown(name, element)
        case Struct():
            own = "." not in shape.name
            return own and all(_is_shown(name, of) for _, of in shape.fields)
        case _:
            return not name.startswith("_")


def _abroad(shape: Shape, alias: str) -> Shape:
    """Returns the type as another file spells it."""
    match shape:
        case Array(element) | Slice(element):
            return replace(shape, element=_abroad(element, alias))
        case Struct():
            return _qualified(shape, alias)
        case _:
            return shape


def _qualified(struct: Struct, alias: str) -> Struct:
    fields = tuple((name, _abroad(shape, alias)) for name, shape in struct.fields)
    return Struct(f"{alias}.{struct.name}", fields)
