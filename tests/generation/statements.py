"""Random statements: every form of L4, in loops that end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.generation.choices import Choices
from tests.generation.expressions import Expressions, Recursion
from tests.generation.idioms import Idioms
from tests.generation.loops import Loops
from tests.generation.shapes import (
    BUILT_INS,
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
    nesting: int = 4

    def deeper(self, *, loop: bool = False) -> Inside:
        """Returns what holds inside a block, or inside a loop."""
        return replace(self, loop=self.loop or loop, nesting=self.nesting - 1)


class Statements:
    """Makes blocks of statements, as indented lines."""

    def __init__(self, choices: Choices, limits: Limits, scopes: Scopes) -> None:
        self.choices = choices
        self.limits = limits
        self.scopes = scopes
        self.structs: list[Struct] = []
        self.expressions = Expressions(choices, limits, self.scopes)
        self.loops = Loops(self)
        self.idioms = Idioms(self)
        self.left = 0
        self._fresh = 0

    # Blocks ---------------------------------------------------------------------------------

    def body(
        self,
        count: int,
        result: Scalar | None,
        recursion: Recursion | None,
        ending: Callable[[], list[str]] = list,
    ) -> list[str]:
        """Returns about `count` statements of a function's body, and what `ending` makes."""
        self.left = count
        self.expressions.recursion = recursion
        with self.scope():
            lines: list[str] = []
            while self.left > 0:
                lines += self.statement(Inside(result))
            lines += ending()
        self.expressions.recursion = None
        return lines

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Opens a scope for the names that are declared inside the `with`."""
        self.scopes.frames.append({})
        yield
        self.scopes.frames.pop()

    def block(
        self, inside: Inside, ending: Callable[[], str] = str, first: tuple[str, ...] = ()
    ) -> list[str]:
        """Returns the indented statements of a block; some stand behind its end.

        `ending` makes the last statement, or "", of what the names mean there.
        """
        lines = list(first)
        with self.scope():
            for _ in range(self.choices.between(0 if self.choices.chance(5) else 1, 3)):
                lines += self.statement(inside)
            if inside.loop and self.choices.chance(15):
                lines.append(self.choices.one(("continue;", "break;")))
            elif last := ending():
                lines.append(last)
            if self.choices.chance(2):
                lines += self.statement(inside)
        return indent(lines)

    def statement(self, inside: Inside) -> list[str]:
        """Returns a statement of any kind."""
        self.left -= 1
        simple = ((8, self._assign), (5, self._declare), (3, self._output), (3, self._call))
        rare = ((1, self._copy), (1, self._assert))
        loops = self.loops
        nested = (
            *((4, loops.branch), (3, loops.count), (2, loops.each), (2, loops.while_)),
            *((1, loops.endless), (1, self._bare), (3, self.idioms.statement)),
        )
        options = (*simple, *rare, *(nested if inside.nesting > 0 and self.left > 0 else ()))
        statement: Callable[[Inside], list[str]] = self.choices.weighted(options)
        return statement(inside)

    def fresh(self, stem: str) -> str:
        """Returns a name that nothing has."""
        self._fresh += 1
        return f"{stem}{self._fresh}"

    def local(self) -> str | None:
        """Returns a name for a local variable, now and then one that hides another; or None."""
        names: list[str] = list(NAMES)
        if self.choices.chance(8):
            names = [n for n in (*BUILT_INS, *self.scopes.frames[0]) if "." not in n]
        free = [n for n in names if not self.scopes.is_taken(n)]
        return self.choices.one(free) if free else None

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
        name = self.local()
        if name is None:
            return self._output(inside)
        if self.choices.chance(25):
            shape: Shape = self.shape()
            mutable = not self.choices.chance(15)
            line = self._declare_aggregate(name, shape, mutable)
        else:
            shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
            mutable = not self.choices.chance(25)
            line = self._declare_scalar(name, shape, mutable)
        self.scopes.declare(name, Variable(name, shape, mutable))
        return [line]

    def _declare_scalar(self, name: str, scalar: Scalar, mutable: bool) -> str:
        if mutable and self.choices.chance(8):
            return f"var {name}: {scalar.value};"
        annotation = f": {scalar.value}" if self.choices.chance(20) else ""
        value = self.expressions.value(scalar, DEPTH)
        return f"{'var' if mutable else 'let'} {name}{annotation} = {value};"

    def _declare_aggregate(self, name: str, shape: Shape, mutable: bool) -> str:
        if mutable and self.choices.chance(30):
            return f"var {name}: {spell(shape)};"
        word = "var" if mutable else "let"
        annotation = f": {spell(shape)}" if self.choices.chance(20) else ""
        source = self.expressions.place(shape, 1, assigned=False)
        if source is not None and self.choices.chance(25):
            return f"{word} {name}{annotation} = {source};"
        if isinstance(shape, Array) and self.takes_text(shape) and self.choices.chance(20):
            text = self.expressions.literals.text(shape.length)
            return f"{word} {name}: {spell(shape)} = {text};"
        return f"{word} {name}{annotation} = {self.aggregate(shape)};"

    def takes_text(self, shape: Array) -> bool:
        """Whether a string may initialise arrays of this type."""
        return self.limits.word_bits >= 8 and shape.element is Scalar.INT

    def aggregate(self, shape: Shape) -> str:
        """Returns an initialiser, of parts that are expressions, initialisers or places."""
        if isinstance(shape, Scalar):
            return self.expressions.value(shape, 1)
        if self.choices.chance(15):
            source = self.expressions.place(shape, 0, assigned=False)
            if source is not None:
                return source
        match shape:
            case Array(element, length):
                return f"[{', '.join(self.aggregate(element) for _ in range(length))}]"
            case Struct(name, fields):
                ordered = self.choices.shuffled(fields)
                values = [f"{field}: {self.aggregate(of)}" for field, of in ordered]
                return f"{name} {{ {', '.join(values)} }}"
            case _:
                raise AssertionError("no variable is a slice")

    def shape(self, nesting: int = 2) -> Array | Struct:
        """Returns a type of arrays or structs."""
        made = self._shape(nesting)
        return made if cells(made) <= self.limits.cells else Array(Scalar.INT, 3)

    def _shape(self, nesting: int) -> Array | Struct:
        if self.structs and self.choices.chance(35):
            return self.choices.one(self.structs)
        element: Shape = self.choices.weighted(((4, Scalar.INT), (1, Scalar.BOOL)))
        if nesting > 0 and self.choices.chance(40):
            element = self._shape(nesting - 1)
        return Array(element, self.choices.between(2, 6 if cells(element) == 1 else 3))

    def _copy(self, inside: Inside) -> list[str]:
        shapes = [v.shape for v in self.scopes.visible() if isinstance(v.shape, Array | Struct)]
        if not shapes:
            return self._assign(inside)
        shape: Shape = self.choices.one(shapes)
        while isinstance(shape, Array) and isinstance(shape.element, Array | Struct):
            if self.choices.chance(50):
                break
            shape = shape.element
        to = self.expressions.place(shape, 2, assigned=True)
        source = self.expressions.place(shape, 1, assigned=False)
        if to is None or source is None or not self.expressions.meter.pay(cells(shape)):
            return self._assign(inside)
        return [f"{to} = {source};"]

    def _output(self, inside: Inside) -> list[str]:
        wide = self.limits.word_bits >= 8
        name = self.choices.weighted(((6, "print"), (2, "write"), (2 if wide else 0, "putc")))
        if not self.scopes.has_built_in(name) or not self.expressions.meter.pay(30):
            return ["{ }"]
        if name == "putc":
            return [f"putc({self.expressions.integer(1)});"]
        items = [
            self.expressions.value(self.choices.one((Scalar.INT, Scalar.BOOL)), 2)
            for _ in range(self.choices.between(0, 3))
        ]
        if wide and self.choices.chance(20):
            items.insert(0, self.expressions.literals.text(9))
        return [f"{name}({', '.join(items)});"]

    def _call(self, inside: Inside) -> list[str]:
        result = self.choices.weighted(((3, None), (1, Scalar.INT), (1, Scalar.BOOL)))
        call = self.expressions.call(result, 2)
        return [f"{call};"] if call else self._assign(inside)

    def _assert(self, inside: Inside) -> list[str]:
        condition = self.expressions.boolean(1)
        if not self.expressions.risky():
            condition = f"{condition} || true"
        message = ', "must hold"' if self.choices.chance(50) else ""
        return [f"assert({condition}{message});"]

    def _bare(self, inside: Inside) -> list[str]:
        return ["{", *self.block(inside.deeper()), "}"]

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


def indent(lines: list[str]) -> list[str]:
    """Returns the lines one level further in."""
    return [f"    {line}" for line in lines]
