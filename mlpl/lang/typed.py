"""The typed program: names resolved, every expression typed, constants folded, fewer forms.

What the checker makes, the reference interpreter runs and the IR is built from. Every expression
has a scalar type; arrays and structs appear only as places.
"""

from __future__ import annotations

from collections.abc import Mapping
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

    `span` is the whole `base[index]`; a trap's position is that of `bracket`, the index
    with its brackets.
    """

    base: Place
    index: Expression
    type: Type
    span: Span
    bracket: Span


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


# Statements ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Declare:
    """`let` or `var`; without initialiser the variable becomes zeros, each time anew."""

    variable: Variable
    initializer: Initializer | None
    span: Span


@dataclass(frozen=True, slots=True)
class Assign:
    """`place = value` or `place op= value`, of a scalar place (L4.1).

    Order: the place's indices are evaluated and checked, for `op=` the place is read, then the
    value is evaluated. `operator` is the span of `=` or `op=`, the position of its traps.
    """

    place: Place
    op: BinaryOp | None
    value: Expression
    span: Span
    operator: Span


@dataclass(frozen=True, slots=True)
class CopyWhole:
    """`place = source` of arrays or structs of one type.

    The target's indices are evaluated first, then those of the source; source and target may
    be the same.
    """

    place: Place
    source: Place
    span: Span


@dataclass(frozen=True, slots=True)
class Evaluate:
    """A call as a statement; a result is dropped."""

    call: Call | Input
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """`if`; `else if` is an `If` in the block `otherwise`."""

    condition: Expression
    then: Block
    otherwise: Block | None
    span: Span


@dataclass(frozen=True, slots=True)
class While:
    """`while condition { body }`."""

    condition: Expression
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class ForRange:
    """`for variable in start..stop by step` (L4.3); `step` is a non-zero word."""

    variable: Variable
    start: Expression
    stop: Expression
    step: int
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class ForEach:
    """`for variable in place` (L4.4).

    The place is evaluated once, each element copied at its turn.
    """

    variable: Variable
    place: Place
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Break:
    """`break;`."""

    span: Span


@dataclass(frozen=True, slots=True)
class Continue:
    """`continue;`."""

    span: Span


@dataclass(frozen=True, slots=True)
class Return:
    """`return;` or `return value;`."""

    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal in `print` or `write`; bytes as ints in 0 to 255."""

    codes: tuple[int, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Print:
    """`print(…)` (`line`: spaces between, newline after) or `write(…)`.

    All expressions are evaluated, left to right, before anything is written (L5.2).
    """

    items: tuple[Expression | Text, ...]
    line: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Putc:
    """`putc(value)`."""

    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Halt:
    """`halt();`: the program ends without a result."""

    span: Span


@dataclass(frozen=True, slots=True)
class Assert:
    """`assert(condition, "message");`; the trap's position is the call's."""

    condition: Expression
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """`{ … }`."""

    statements: tuple[Statement, ...]
    span: Span


Statement = (
    Declare
    | Assign
    | CopyWhole
    | Evaluate
    | If
    | While
    | ForRange
    | ForEach
    | Break
    | Continue
    | Return
    | Print
    | Putc
    | Halt
    | Assert
    | Block
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function.

    Attributes:
        name: its key in `Program.functions`: the bare name in the main file, `module.name`
            elsewhere, where `module` is the file's name (`sort.insertion`), whatever it is
            imported as. Two files of one name are told apart by `#2`, `#3` after the module.
        parameters: in order.
        result: its type, or None.
        body: every path returns a value if there is a result.
        span: the name where it is declared.
    """

    name: str
    parameters: tuple[Variable, ...]
    result: Type | None
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class Program:
    """A whole program: the main file and every module it imports, directly or not.

    Attributes:
        functions: by name, in order of declaration, imported modules first.
        globals: variables of all modules, constant arrays included, in order of declaration.
        word_bits: w; literals and constants are folded for it.
        checked: False leaves index and shift checks out (L7.3).
        main: name of the main file's source, for messages.
    """

    functions: Mapping[str, Function]
    globals: tuple[Variable, ...]
    word_bits: int
    checked: bool
    main: str
