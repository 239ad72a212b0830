"""The typed program: names resolved, every expression typed, constants folded, fewer forms.

What the checker makes, the reference interpreter runs and the IR is built from. Every expression
has a scalar type; arrays and structs appear only as places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.base.operators import BinaryOp
from mlpl.base.source import Span
from mlpl.lang.datatypes import Type
from mlpl.lang.typed_expressions import (
    Aggregate,
    Binary,
    Call,
    Conditional,
    Element,
    Expression,
    Field,
    Initializer,
    Input,
    Length,
    Literal,
    Logical,
    Place,
    Port,
    Read,
    Storage,
    Unary,
    Variable,
    Whole,
    type_of,
)

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


__all__ = [
    "Aggregate",
    "Assert",
    "Assign",
    "Binary",
    "Block",
    "Break",
    "Call",
    "Conditional",
    "Continue",
    "CopyWhole",
    "Declare",
    "Element",
    "Evaluate",
    "Expression",
    "Field",
    "ForEach",
    "ForRange",
    "Function",
    "Halt",
    "If",
    "Initializer",
    "Input",
    "Length",
    "Literal",
    "Logical",
    "Place",
    "Port",
    "Print",
    "Program",
    "Putc",
    "Read",
    "Return",
    "Statement",
    "Storage",
    "Text",
    "Unary",
    "Variable",
    "While",
    "Whole",
    "type_of",
]
