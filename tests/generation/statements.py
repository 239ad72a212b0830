"""Random statements: every form of L4, in loops that end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.generation.choices import Choices
from tests.generation.expressions import Expressions, Recursion, loop_variable
from tests.generation.shapes import (
    Array,
    Function,
    Limits,
    Scalar,
    Scopes,
    Shape,
    Slice,
    Struct,
    Variable,
    cells,
    spell,
)

NAMES = ("a", "b", "c", "d", "e", "i", "j", "k", "n", "x", "y", "z")
UPDATES = ("+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=")
DEPTH = 3
"""How deep expressions nest."""


@dataclass(frozen=True)
class Inside:
    """Where a statement stands.

    Attributes:
        result: what the function returns, or None.
        loop: whether `break` and `continue` have a loop.
        nesting: how many blocks may still be opened.
    """

    result: Scalar | None
    loop: bool = False
    nesting: int = 3


class Statements:
    """Makes blocks of statements, as indented lines."""

    def __init__(self, choices: Choices, limits: Limits, structs: tuple[Struct, ...]) -> None:
        self.choices = choices
        self.limits = limits
        self.structs = structs
        self.scopes = Scopes()
        self.expressions = Expressions(choices, limits, self.scopes)
        self.left = 0
        self._fresh = 0

    # Blocks ---------------------------------------------------------------------------------

    def body(self, count: int, result: Scalar | None, recursion: Recursion | None) -> list[str]:
        """Returns about `count` statements of a function's body, without a last `return`."""
        self.left = count
        self.expressions.recursion = recursion
        with self._scope():
            lines: list[str] = []
            while self.left > 0:
                lines += self._statement(Inside(result))
        self.expressions.recursion = None
        return lines

    @contextmanager
    def _scope(self) -> Iterator[None]:
        self.scopes.frames.append({})
        yield
        self.scopes.frames.pop()

    def _block(self, inside: Inside, ending: str = "", first: tuple[str, ...] = ()) -> list[str]:
        """Returns `{`, some statements and `}` without the text before the brace."""
        lines = list(first)
        with self._scope():
            for _ in range(self.choices.between(1, 3)):
                lines += self._statement(inside)
            if inside.loop and self.choices.chance(15):
                lines.append(self.choices.one(("continue;", "break;")))
            elif ending:
                lines.append(ending)
        return _indent(lines)

    def _statement(self, inside: Inside) -> list[str]:
        self.left -= 1
        simple = ((8, self._assign), (5, self._declare), (3, self._output), (3, self._call))
        rare = ((1, self._copy), (1, self._assert))
        nested = ((4, self._if), (3, self._for), (2, self._each), (2, self._while), (1, self._bare))
        options = (*simple, *rare, *(nested if inside.nesting > 0 and self.left > 0 else ()))
        statement: Callable[[Inside], list[str]] = self.choices.weighted(options)
        return statement(inside)

    def _takes_text(self, shape: Shape) -> bool:
        wide = self.limits.word_bits >= 8
        return wide and isinstance(shape, Array) and shape.element is Scalar.INT

    # Simple statements ----------------------------------------------------------------------

    def _assign(self, inside: Inside) -> list[str]:
        make = self.expressions
        scalar = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
        place = make.place(scalar, 2, assigned=True)
        if place is None:
            return self._declare(inside)
        if scalar is Scalar.BOOL or self.choices.chance(50):
            return [f"{place} = {make.value(scalar, DEPTH)};"]
        update = self.choices.one(UPDATES)
        return [f"{place} {update} {make.operand(update[:-1], DEPTH - 1)};"]

    def _declare(self, inside: Inside) -> list[str]:
        free = [n for n in NAMES if not self.scopes.is_taken(n)]
        if not free:
            return self._output(inside)
        name = self.choices.one(free)
        shape = self.shape() if self.choices.chance(25) else None
        if shape is None:
            scalar = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
            mutable = not self.choices.chance(25)
            annotation = f": {scalar.value}" if self.choices.chance(20) else ""
            value = self.expressions.value(scalar, DEPTH)
            line = f"{'var' if mutable else 'let'} {name}{annotation} = {value};"
            self.scopes.declare(name, Variable(name, scalar, mutable))
            return [line]
        mutable = not self.choices.chance(15)
        line = self._declare_aggregate(name, shape, mutable)
        self.scopes.declare(name, Variable(name, shape, mutable))
        return [line]

    def _declare_aggregate(self, name: str, shape: Shape, mutable: bool) -> str:
        if mutable and self.choices.chance(35):
            return f"var {name}: {spell(shape)};"
        word = "var" if mutable else "let"
        source = self.expressions.place(shape, 0, assigned=False)
        if source is not None and self.choices.chance(25):
            return f"{word} {name} = {source};"
        if self._takes_text(shape) and isinstance(shape, Array) and self.choices.chance(15):
            return f'{word} {name}: {spell(shape)} = "{"word"[: shape.length]}";'
        return f"{word} {name} = {self.aggregate(shape, depth=1)};"

    def aggregate(self, shape: Shape, depth: int) -> str:
        """Returns an initialiser; `depth` -1 makes its scalars literals."""
        match shape:
            case Array(element, length):
                items = [self.aggregate(element, depth) for _ in range(length)]
                return f"[{', '.join(items)}]"
            case Struct(name, fields):
                values = [f"{field}: {self.aggregate(of, depth)}" for field, of in fields]
                return f"{name} {{ {', '.join(values)} }}"
            case Scalar() if depth >= 0:
                return self.expressions.value(shape, depth)
            case Scalar.INT:
                return self.expressions.literal()
            case _:
                return self.choices.one(("true", "false"))

    def shape(self, nesting: int = 1) -> Shape:
        """Returns a type of arrays, or of structs where they are allowed."""
        if self.structs and self.choices.chance(40):
            return self.choices.one(self.structs)
        element: Shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
        if self.limits.aggregates and nesting > 0 and self.choices.chance(40):
            element = self.shape(nesting - 1)
        return Array(element, self.choices.between(2, 6 if cells(element) == 1 else 3))

    def _copy(self, inside: Inside) -> list[str]:
        shapes = [v.shape for v in self.scopes.visible() if isinstance(v.shape, Array | Struct)]
        if not shapes:
            return self._assign(inside)
        shape = self.choices.one(shapes)
        to = self.expressions.place(shape, 1, assigned=True)
        source = self.expressions.place(shape, 1, assigned=False)
        if to is None or source is None or not self.expressions.meter.pay(cells(shape)):
            return self._assign(inside)
        return [f"{to} = {source};"]

    def _output(self, inside: Inside) -> list[str]:
        if not self.expressions.meter.pay(30):
            return ["{ }"]
        if self.limits.word_bits >= 8 and self.choices.chance(20):
            return [f"putc({self.expressions.integer(1)});"]
        items = [
            self.expressions.value(self.choices.one((Scalar.INT, Scalar.BOOL)), 2)
            for _ in range(self.choices.between(1, 3))
        ]
        if self.limits.word_bits >= 8 and self.choices.chance(30):
            items.insert(0, '"at"')
        return [f"{self.choices.weighted(((4, 'print'), (1, 'write')))}({', '.join(items)});"]

    def _call(self, inside: Inside) -> list[str]:
        result = self.choices.weighted(((3, None), (1, Scalar.INT), (1, Scalar.BOOL)))
        call = self.expressions.call(result, 1)
        return [f"{call};"] if call else self._assign(inside)

    def _assert(self, inside: Inside) -> list[str]:
        condition = self.expressions.boolean(1)
        if not (self.limits.traps and self.choices.chance(10)):
            condition = f"{condition} || true"
        message = ', "must hold"' if self.choices.chance(50) else ""
        return [f"assert({condition}{message});"]

    # Nested statements ----------------------------------------------------------------------

    def _if(self, inside: Inside) -> list[str]:
        within = Inside(inside.result, inside.loop, inside.nesting - 1)
        lines = [f"if {self.expressions.boolean(2)} {{"]
        lines += self._block(within, self._leave(inside))
        while self.choices.chance(25) and self.left > 0:
            lines.append(f"}} else if {self.expressions.boolean(2)} {{")
            lines += self._block(within, self._leave(inside))
        if self.choices.chance(40):
            lines.append("} else {")
            lines += self._block(within)
        return [*lines, "}"]

    def _leave(self, inside: Inside) -> str:
        """Returns a statement that leaves the function, now and then."""
        if not self.choices.chance(8):
            return ""
        if self.choices.chance(5):
            return "halt();"
        if inside.result is None:
            return "return;"
        return f"return {self.expressions.value(inside.result, 1)};"

    def _for(self, inside: Inside) -> list[str]:
        turns = self.choices.between(1, 4)
        step = self.choices.weighted(((5, 1), (1, 2), (2, -1), (1, -2)))
        start, stop = self._bounds(turns, step)
        by = f" by {step}" if step != 1 else ""
        below = turns * step if step > 0 and start == "0" else 0
        name = self.choices.one(NAMES)
        return self._loop(
            f"for {name} in {start}..{stop}{by}", inside, turns, loop_variable(name, below)
        )

    def _bounds(self, turns: int, step: int) -> tuple[str, str]:
        """Returns bounds of at most so many turns."""
        span = turns * step
        largest = self.limits.largest
        kind = self.choices.weighted(((6, "zero"), (2, "literal"), (1, "end"), (1, "computed")))
        if kind == "zero":
            return ("0", str(span)) if step > 0 else (str(-span - 1), "-1")
        if kind == "literal":
            start = self.choices.between(-3, 3)
            return str(start), str(start + span)
        if kind == "end":
            end = largest if step > 0 else -largest - 1
            return str(end - span + self.choices.between(0, 1)), str(end)
        computed = f"({self.expressions.integer(1)} & {1 if turns < 3 else 3})"
        return ("0", computed) if step > 0 else (computed, "0")

    def _each(self, inside: Inside) -> list[str]:
        variables = [
            v
            for v in self.scopes.visible()
            if isinstance(v.shape, Array) and isinstance(v.shape.element, Scalar)
        ]
        if not variables:
            return self._for(inside)
        array = self.choices.one(variables)
        name = self.choices.one(NAMES)
        assert isinstance(array.shape, Array)
        variable = Variable(name, array.shape.element, mutable=False)
        return self._loop(f"for {name} in {array.name}", inside, array.shape.length, variable)

    def _while(self, inside: Inside) -> list[str]:
        turns = self.choices.between(1, 4)
        self._fresh += 1
        fuel = f"fuel{self._fresh}"
        condition = f"while {fuel} > 0 && {self.expressions.boolean(1)}"
        loop = self._loop(condition, inside, turns, None, first=(f"{fuel} -= 1;",))
        return [f"var {fuel} = {turns};", *loop]

    def _loop(
        self,
        head: str,
        inside: Inside,
        turns: int,
        variable: Variable | None,
        first: tuple[str, ...] = (),
    ) -> list[str]:
        meter = self.expressions.meter
        if not meter.pay(turns):
            return self._assign(inside)
        meter.times *= turns
        with self._scope():
            if variable is not None:
                self.scopes.declare(variable.name, variable)
            block = self._block(Inside(inside.result, True, inside.nesting - 1), "", first)
        meter.times //= turns
        return [f"{head} {{", *block, "}"]

    def _bare(self, inside: Inside) -> list[str]:
        return ["{", *self._block(Inside(inside.result, inside.loop, inside.nesting - 1)), "}"]

    # Showing --------------------------------------------------------------------------------

    def show(self, place: str, shape: Shape) -> list[str]:
        """Returns statements that print every scalar of a place."""
        match shape:
            case Array(Scalar(), _) | Slice(Scalar(), _):
                return [f"for item in {place} {{ print(item); }}"]
            case Array(element, length) | Slice(element, length):
                return [s for at in range(length) for s in self.show(f"{place}[{at}]", element)]
            case Struct(_, fields):
                return [s for name, of in fields for s in self.show(f"{place}.{name}", of)]
            case _:
                return [f"print({place});"]


def function_line(function: Function, fuel: str) -> str:
    """Returns the head of a function's definition, up to its brace."""
    parameters = [f"{fuel}: int"] if function.fuel else []
    parameters += [f"{p.name}: {spell(p.shape)}" for p in function.parameters]
    arrow = f" -> {function.result.value}" if function.result else ""
    return f"fn {function.name}({', '.join(parameters)}){arrow} {{"


def _indent(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
