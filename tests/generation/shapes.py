"""What generated programs are made of: types, names in scope, functions, limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Scalar(Enum):
    """The types of values; the value is the spelling."""

    INT = "int"
    BOOL = "bool"


@dataclass(frozen=True)
class Array:
    """`element[length]`."""

    element: Shape
    length: int


@dataclass(frozen=True)
class Slice:
    """`element[]`, of parameters; the arrays passed have at least `least` elements."""

    element: Shape
    least: int = 2


@dataclass(frozen=True)
class Struct:
    """A struct and its fields."""

    name: str
    fields: tuple[tuple[str, Shape], ...]


Shape = Scalar | Array | Slice | Struct


def spell(shape: Shape) -> str:
    """Returns the type as written; `int[3][4]` is 3 rows of 4."""
    extents = ""
    while isinstance(shape, Array | Slice):
        extents += f"[{shape.length}]" if isinstance(shape, Array) else "[]"
        shape = shape.element
    return (shape.name if isinstance(shape, Struct) else shape.value) + extents


def cells(shape: Shape) -> int:
    """Returns how many scalars a value has."""
    match shape:
        case Array(element, length):
            return length * cells(element)
        case Struct(_, fields):
            return sum(cells(f) for _, f in fields)
        case _:
            return 1


@dataclass(frozen=True)
class Variable:
    """A variable in scope.

    Attributes:
        name: as written.
        shape: its type.
        mutable: whether it may be assigned, in part too.
        below: for a loop's variable n where it is known to be in 0..n, else 0.
    """

    name: str
    shape: Shape
    mutable: bool
    below: int = 0


@dataclass(frozen=True)
class Parameter:
    """A parameter; `assigned` says whether the body may change a reference's elements."""

    name: str
    shape: Shape
    assigned: bool = False


@dataclass
class Function:
    """A function that can be called.

    Attributes:
        name: as written in a call, with its module.
        parameters: in order; for functions with fuel without the first, the fuel.
        result: its type or None.
        cost: bound on the operations of a call, with all it calls.
        fuel: whether the first parameter bounds its recursion.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Scalar | None
    cost: int
    fuel: bool = False


@dataclass(frozen=True)
class Limits:
    """How large and how adventurous a program is.

    Attributes:
        word_bits: the narrowest word at which it compiles.
        statements: about how many there are.
        work: bound on the operations of a run, roughly those of the interpreter.
        traps: whether indices, divisors, shift counts and assertions may fail, now and then.
        imports: whether the standard library is used.
        inputs: whether it reads from its input.
        aggregates: whether there are structs and arrays of arrays.
    """

    word_bits: int = 12
    statements: int = 20
    work: int = 3000
    traps: bool = True
    imports: bool = True
    inputs: bool = True
    aggregates: bool = False

    @property
    def largest(self) -> int:
        """The largest int of the narrowest word."""
        return (1 << (self.word_bits - 1)) - 1


@dataclass
class Scopes:
    """The names of the scopes that are open, innermost last."""

    frames: list[dict[str, Variable | Function | None]] = field(default_factory=lambda: [{}])

    def visible(self) -> list[Variable]:
        """Returns the variables that a name leads to, innermost first."""
        return [found for found in self._resolve() if isinstance(found, Variable)]

    def callable(self) -> list[Function]:
        """Returns the functions that no variable hides, those of modules too."""
        return [found for found in self._resolve() if isinstance(found, Function)]

    def _resolve(self) -> list[Variable | Function | None]:
        seen: dict[str, Variable | Function | None] = {}
        for frame in reversed(self.frames):
            for name, found in frame.items():
                seen.setdefault(name, found)
        hidden = {name for frame in self.frames[1:] for name in frame}
        return [
            found
            for found in seen.values()
            if not (isinstance(found, Function) and found.name.split(".")[0] in hidden)
        ]

    def declare(self, name: str, what: Variable | Function | None) -> None:
        """Adds a name to the innermost scope."""
        self.frames[-1][name] = what

    def is_taken(self, name: str) -> bool:
        """Whether the innermost scope has the name already."""
        return name in self.frames[-1]
