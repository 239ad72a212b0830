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
        fuel: the largest first argument, which bounds its recursion; 0 where it has none.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Scalar | None
    cost: int
    fuel: int = 0


@dataclass(frozen=True)
class Limits:
    """How large and how adventurous a program is.

    Attributes:
        word_bits: the narrowest word at which it compiles.
        statements: about how many there are.
        work: bound on the operations of a run, roughly those of the interpreter.
        risk: in how many of a hundred cases an index, divisor, shift count, argument or assertion
            is left to chance.
        imports: whether the standard library is used.
        inputs: whether it reads from its input.
        files: whether it may have modules of its own.
    """

    word_bits: int = 12
    statements: int = 20
    work: int = 3000
    risk: int = 2
    imports: bool = True
    inputs: bool = True
    files: bool = False

    @property
    def largest(self) -> int:
        """The largest int of the narrowest word."""
        return (1 << (self.word_bits - 1)) - 1

    @property
    def cells(self) -> int:
        """How many cells a variable has at most."""
        return min(24, self.largest)


BUILT_INS = ("print", "write", "putc", "getc", "read", "len", "halt")


@dataclass
class Scopes:
    """The names of the scopes that are open, innermost last; the first is that of the file."""

    frames: list[dict[str, Variable | Function | None]] = field(default_factory=lambda: [{}])

    def visible(self) -> list[Variable]:
        """Returns the variables that a name leads to, innermost first."""
        return [found for found in self._resolve() if isinstance(found, Variable)]

    def callable(self) -> list[Function]:
        """Returns the functions that nothing hides, those of modules too."""
        return [found for found in self._resolve() if isinstance(found, Function)]

    def has_built_in(self, name: str) -> bool:
        """Whether the name still means the built-in function."""
        return not any(name in frame for frame in self.frames)

    def is_hidden(self, name: str) -> bool:
        """Whether a name of the file, or its module, means something else here."""
        return any(name.split(".")[0] in frame for frame in self.frames[1:])

    def _resolve(self) -> list[Variable | Function | None]:
        seen: dict[str, Variable | Function | None] = {}
        for frame in reversed(self.frames):
            for name, found in frame.items():
                if "." in name and self.is_hidden(name):
                    continue
                seen.setdefault(name, found)
        return list(seen.values())

    def declare(self, name: str, what: Variable | Function | None) -> None:
        """Adds a name to the innermost scope."""
        self.frames[-1][name] = what

    def is_taken(self, name: str) -> bool:
        """Whether the innermost scope has the name already."""
        return name in self.frames[-1]
