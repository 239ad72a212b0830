"""The part of the syntax tree below statements: names, types and expressions as written."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.base.source import Span


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
