"""The syntax tree: a module as it is written, names not yet resolved."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.base.source import Source, Span
from mlpl.lang.syntax_expressions import (
    ArrayValue,
    Binary,
    Boolean,
    Call,
    Character,
    Conditional,
    Expression,
    Extent,
    Group,
    Index,
    Member,
    Name,
    Number,
    Path,
    Reference,
    String,
    StructValue,
    ToInt,
    TypeName,
    Unary,
)

# Statements ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Local:
    """`let` (not `mutable`) or `var` in a block."""

    mutable: bool
    name: Name
    type: TypeName | None
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Assignment:
    """`target = value`, or `target op= value` with `symbol` the operator without `=`."""

    target: Expression
    symbol: str | None
    value: Expression
    span: Span
    operator: Span


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An expression as a statement; the checker accepts calls only."""

    expression: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """`if`; `span` is the condition's line: from the keyword to the condition's end."""

    condition: Expression
    then: Block
    otherwise: Block | If | None
    span: Span


@dataclass(frozen=True, slots=True)
class While:
    """`while`."""

    condition: Expression
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class ForRange:
    """`for name in start..stop by step`."""

    name: Name
    start: Expression
    stop: Expression
    step: Expression | None
    body: Block
    span: Span


@dataclass(frozen=True, slots=True)
class ForEach:
    """`for name in array`."""

    name: Name
    array: Expression
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
class Assert:
    """`assert(condition, message);`."""

    condition: Expression
    message: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """`{ ... }`."""

    statements: tuple[Statement, ...]
    span: Span


Statement = (
    Local
    | Assignment
    | Evaluation
    | If
    | While
    | ForRange
    | ForEach
    | Break
    | Continue
    | Return
    | Assert
    | Block
)


# Top level ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Import:
    """`import module;` or `import module as alias;`."""

    module: Name
    alias: Name | None
    span: Span

    @property
    def name(self) -> Name:
        """The name under which the module is known in this file."""
        return self.alias or self.module


@dataclass(frozen=True, slots=True)
class Const:
    """`const name: type = value;`."""

    name: Name
    type: TypeName | None
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Field:
    """`name: type`, of a struct or a parameter."""

    name: Name
    type: TypeName
    span: Span


@dataclass(frozen=True, slots=True)
class Struct:
    """`struct Name { fields }`."""

    name: Name
    fields: tuple[Field, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Global:
    """`var` at top level."""

    name: Name
    type: TypeName | None
    value: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Function:
    """`fn name(parameters) -> result { body }`."""

    name: Name
    parameters: tuple[Field, ...]
    result: TypeName | None
    body: Block
    span: Span


Item = Import | Const | Struct | Global | Function


@dataclass(frozen=True, slots=True)
class Module:
    """A file.

    Attributes:
        source: its text.
        items: its declarations.
        whole: whether every declaration of the text is among them, though one may be damaged.
    """

    source: Source
    items: tuple[Item, ...]
    whole: bool = True


__all__ = [
    "ArrayValue",
    "Assert",
    "Assignment",
    "Binary",
    "Block",
    "Boolean",
    "Break",
    "Call",
    "Character",
    "Conditional",
    "Const",
    "Continue",
    "Evaluation",
    "Expression",
    "Extent",
    "Field",
    "ForEach",
    "ForRange",
    "Function",
    "Global",
    "Group",
    "If",
    "Import",
    "Index",
    "Item",
    "Local",
    "Member",
    "Module",
    "Name",
    "Number",
    "Path",
    "Reference",
    "Return",
    "Statement",
    "String",
    "Struct",
    "StructValue",
    "ToInt",
    "TypeName",
    "Unary",
    "While",
]
