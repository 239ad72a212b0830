"""The syntax tree: a module as it is written, names not yet resolved."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.base.source import Source, Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it is written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Path:
    """`name` or `module.name`, of a type."""

    module: Name | None
    name: Name
    span: Span


# Types --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type: `base[extents]...`.

    Attributes:
        base: `int`, `bool`, or the path of a struct.
        extents: one for each pair of brackets, outermost array first; None for `[]`.
        span: all of it.
    """

    base: str | Path
    extents: tuple[Extent, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Extent:
    """`[length]` or `[]`."""

    length: Expression | None
    span: Span


# Expressions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """An integer literal; `decimal` ones have a smaller range (L1.4)."""

    value: int
    decimal: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Character:
    """A character literal, by its code."""

    code: int
    span: Span


@dataclass(frozen=True, slots=True)
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class String:
    """A string literal: the bytes of its characters."""

    codes: tuple[int, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A name used as an expression."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """`- ! ~` and their operand."""

    symbol: str
    operand: Expression
    span: Span
    operator: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """A binary operator, `&&` and `||` included."""

    symbol: str
    left: Expression
    right: Expression
    span: Span
    operator: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`callee(arguments)`."""

    callee: Expression
    arguments: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ToInt:
    """`int(operand)`."""

    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """`base[index]`; `bracket` is the index with its brackets."""

    base: Expression
    index: Expression
    span: Span
    bracket: Span


@dataclass(frozen=True, slots=True)
class Member:
    """`base.name`: a field, or a name of a module."""

    base: Expression
    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    """An expression in parentheses."""

    inner: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class ArrayValue:
    """`[a, b, c]`."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class StructValue:
    """`Name { field: value, ... }`."""

    type: Path
    fields: tuple[tuple[Name, Expression], ...]
    span: Span


Expression = (
    Number
    | Character
    | Boolean
    | String
    | Reference
    | Unary
    | Binary
    | Conditional
    | Call
    | ToInt
    | Index
    | Member
    | Group
    | ArrayValue
    | StructValue
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
    """A file."""

    source: Source
    items: tuple[Item, ...]
