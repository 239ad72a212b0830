"""The typed program's variables, places, expressions and initialisers; see `mlpl.lang.typed`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mlpl.base.operators import BinaryOp, UnaryOp
from mlpl.base.source import Span
from mlpl.lang.datatypes import ArrayType, StructType, Type


class Storage(Enum):
    """Where a variable lives."""

    GLOBAL = "global"
    LOCAL = "local"
    PARAMETER = "parameter"


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable; two are the same if their `id` is.

    Attributes:
        id: unique in the program, in order of declaration.
        name: as written; globals of other modules qualified (`random._state`).
        type: its type; `SliceType` only for parameters.
        storage: global, local or parameter. Parameters of array and struct types are
            references to the caller's.
        mutable: False for `let`, `const`, loop variables, and constant arrays.
        span: the name where it is declared.
        initial: for globals the initial words, flattened in order of storage; empty for others.
    """

    id: int
    name: str
    type: Type
    storage: Storage
    mutable: bool
    span: Span
    initial: tuple[int, ...] = ()


# Places: what has an address ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Whole:
    """A variable itself."""

    variable: Variable
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Element:
    """`base[index]`: the index is evaluated and checked right after `base` is (L5.2).

    `span` is the whole `base[index]`; a trap's position is that of the index.
    """

    base: Place
    index: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Field:
    """`base.name`, the field number `index` of its struct."""

    base: Place
    index: int
    type: Type
    span: Span


Place = Whole | Element | Field


# Expressions: each has a scalar type --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: a signed word, or 0/1 for a bool."""

    value: int
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a scalar place."""

    place: Place
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """A unary operator, or `int(b)`."""

    op: UnaryOp
    operand: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """A binary operator that evaluates both sides; `operator` is the span of its symbol."""

    op: BinaryOp
    left: Expression
    right: Expression
    type: Type
    span: Span
    operator: Span


@dataclass(frozen=True, slots=True)
class Logical:
    """`&&` (`conjunction`) or `||`: the right side only if needed."""

    conjunction: bool
    left: Expression
    right: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`: only one of the two is evaluated."""

    condition: Expression
    then: Expression
    otherwise: Expression
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the program.

    Attributes:
        function: key in `Program.functions`.
        arguments: expressions for scalar parameters, places for references, left to right.
        type: the result's type; None if there is no result (only in `Evaluate`).
        span: the whole call; `name` the callee's name.
    """

    function: str
    arguments: tuple[Expression | Place, ...]
    type: Type | None
    span: Span
    name: Span


class Port(Enum):
    """Built-in functions that read."""

    GETC = "getc"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Input:
    """`getc()` or `read()`."""

    port: Port
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Length:
    """`len(a)` of a slice (of a fixed array it is a literal).

    Any index in the place is evaluated and checked.
    """

    place: Place
    type: Type
    span: Span


Expression = Literal | Read | Unary | Binary | Logical | Conditional | Call | Input | Length


# Initialisers -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`[…]`, `Point { … }` or a string: one initialiser for each element or field.

    Attributes:
        items: in order of *evaluation* (as written), each with the number of its element or
            field; what no item names is zero (the rest of a string).
        type: array or struct.
    """

    items: tuple[tuple[int, Initializer], ...]
    type: ArrayType | StructType
    span: Span


Initializer = Expression | Aggregate | Whole | Element | Field
"""A scalar expression, an aggregate, or a place of the same type that is copied."""


def type_of(node: Initializer) -> Type:
    """Returns the type of a node that has a value, as all have but calls without result."""
    assert node.type is not None
    return node.type
