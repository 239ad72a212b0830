# ruff: noqa: D102 - one method a rule of the grammar, which says what it reads
"""The grammar's rules as callbacks: each returns the node of the syntax tree for what it read.

One method a rule or alias of `mlpl.lark`; `c` are the rule's children in order, tokens included.
Called by the parser as it goes, so the depth of a tree costs no recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

from lark import Token, Transformer

from mlpl.base.source import Source, Span
from mlpl.lang import literals, syntax
from mlpl.lang.literals import LiteralError

Child = Any
"""A token, or the node that an inner rule returned."""

Children = list[Child]
Node = TypeVar("Node")


class Builder(Transformer[Token, syntax.Module]):
    """Builds the tree of one source at a time; `source` is set before each."""

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)
        self.source = Source("", "")

    def span(self, c: Sequence[Child]) -> Span:
        """Returns the span from the first child to the last."""
        return Span(self.source, _start(c[0]), _end(c[-1]))

    def _name(self, token: Token) -> syntax.Name:
        return syntax.Name(str(token), self.span([token]))

    # Top level

    def module(self, c: Children) -> syntax.Module:
        return syntax.Module(self.source, tuple(item for item in c if item is not None))

    def error(self, c: Children) -> None:
        """Nothing: what could not be read has been reported."""

    def import_item(self, c: Children) -> syntax.Import:
        alias = _after(c, "AS")
        return syntax.Import(self._name(c[1]), alias and self._name(alias), self.span(c))

    def const_item(self, c: Children) -> syntax.Const:
        return syntax.Const(self._name(c[1]), _after(c, "COLON"), _after(c, "EQUAL"), self.span(c))

    def struct_item(self, c: Children) -> syntax.Struct:
        return syntax.Struct(self._name(c[1]), _every(c, syntax.Field), self.span(c))

    def global_item(self, c: Children) -> syntax.Global:
        return syntax.Global(self._name(c[1]), _after(c, "COLON"), _after(c, "EQUAL"), self.span(c))

    def function(self, c: Children) -> syntax.Function:
        name, fields, result = self._name(c[1]), _every(c, syntax.Field), _after(c, "ARROW")
        return syntax.Function(name, fields, result, c[-1], self.span(c))

    def field(self, c: Children) -> syntax.Field:
        return syntax.Field(self._name(c[0]), c[2], self.span(c))

    def type(self, c: Children) -> syntax.TypeName:
        base = str(c[0]) if isinstance(c[0], Token) else c[0]
        return syntax.TypeName(base, tuple(c[1:]), self.span(c))

    def extent(self, c: Children) -> syntax.Extent:
        return syntax.Extent(c[1] if len(c) == 3 else None, self.span(c))

    def path(self, c: Children) -> syntax.Path:
        module = self._name(c[0]) if len(c) == 3 else None
        return syntax.Path(module, self._name(c[-1]), self.span(c))

    # Statements

    def block(self, c: Children) -> syntax.Block:
        return syntax.Block(tuple(s for s in c[1:-1] if s is not None), self.span(c))

    def local(self, c: Children) -> syntax.Local:
        type_, value = _after(c, "COLON"), _after(c, "EQUAL")
        return syntax.Local(c[0] == "var", self._name(c[1]), type_, value, self.span(c))

    def assignment(self, c: Children) -> syntax.Assignment:
        target, operator, value, _ = c
        symbol = operator[:-1] or None
        return syntax.Assignment(target, symbol, value, self.span(c), self.span([operator]))

    def evaluation(self, c: Children) -> syntax.Evaluation:
        return syntax.Evaluation(c[0], self.span(c))

    def if_statement(self, c: Children) -> syntax.If:
        return syntax.If(c[1], c[2], _after(c, "ELSE"), self.span(c[:2]))

    def while_statement(self, c: Children) -> syntax.While:
        return syntax.While(c[1], c[2], self.span(c[:2]))

    def for_range(self, c: Children) -> syntax.ForRange:
        start, stop, step = c[3], c[5], _after(c, "BY")
        return syntax.ForRange(self._name(c[1]), start, stop, step, c[-1], self.span(c[:-1]))

    def for_each(self, c: Children) -> syntax.ForEach:
        return syntax.ForEach(self._name(c[1]), c[3], c[4], self.span(c[:-1]))

    def break_statement(self, c: Children) -> syntax.Break:
        return syntax.Break(self.span(c))

    def continue_statement(self, c: Children) -> syntax.Continue:
        return syntax.Continue(self.span(c))

    def return_statement(self, c: Children) -> syntax.Return:
        return syntax.Return(c[1] if len(c) == 3 else None, self.span(c))

    def assert_statement(self, c: Children) -> syntax.Assert:
        return syntax.Assert(c[2], _after(c, "COMMA"), self.span(c[:-1]))

    # Values and expressions

    def struct_value(self, c: Children) -> syntax.StructValue:
        fields = tuple(field for field in c[2:-1] if isinstance(field, tuple))
        return syntax.StructValue(self._struct_path(c[0]), fields, self.span(c))

    def _struct_path(self, node: syntax.Expression) -> syntax.Path:
        match node:
            case syntax.Reference(text, span):
                return syntax.Path(None, syntax.Name(text, span), span)
            case syntax.Member(syntax.Reference(text, inner), name, span):
                return syntax.Path(syntax.Name(text, inner), name, span)
            case _:
                text = self.source.text[node.span.start : node.span.end]
                return syntax.Path(None, syntax.Name(text, node.span), node.span)

    def initializer(self, c: Children) -> tuple[syntax.Name, syntax.Expression]:
        return self._name(c[0]), c[2]

    def conditional(self, c: Children) -> syntax.Conditional:
        return syntax.Conditional(c[0], c[2], c[4], self.span(c))

    def binary(self, c: Children) -> syntax.Binary:
        left, operator, right = c
        return syntax.Binary(str(operator), left, right, self.span(c), self.span([operator]))

    def unary(self, c: Children) -> syntax.Unary:
        return syntax.Unary(str(c[0]), c[1], self.span(c), self.span(c[:1]))

    def call(self, c: Children) -> syntax.Call:
        return syntax.Call(c[0], c[2], self.span(c))

    def arguments(self, c: Children) -> tuple[syntax.Expression, ...]:
        return tuple(node for node in c if not isinstance(node, Token))

    def index(self, c: Children) -> syntax.Index:
        return syntax.Index(c[0], c[2], self.span(c), self.span(c[1:]))

    def member(self, c: Children) -> syntax.Member:
        return syntax.Member(c[0], self._name(c[2]), self.span(c))

    def name(self, c: Children) -> syntax.Reference:
        return syntax.Reference(str(c[0]), self.span(c))

    def number(self, c: Children) -> syntax.Number:
        try:
            value, decimal = literals.number(c[0])
        except LiteralError:  # reported when the tokens were read
            value, decimal = 0, True
        return syntax.Number(value, decimal, self.span(c))

    def character(self, c: Children) -> syntax.Character:
        try:
            return syntax.Character(literals.character(c[0]), self.span(c))
        except LiteralError:  # reported when the tokens were read
            return syntax.Character(0, self.span(c))

    def string(self, c: Children) -> syntax.String:
        try:
            return syntax.String(literals.string(c[0]), self.span(c))
        except LiteralError:  # reported when the tokens were read
            return syntax.String((), self.span(c))

    def true(self, c: Children) -> syntax.Boolean:
        return syntax.Boolean(True, self.span(c))

    def false(self, c: Children) -> syntax.Boolean:
        return syntax.Boolean(False, self.span(c))

    def to_int(self, c: Children) -> syntax.ToInt:
        return syntax.ToInt(c[2], self.span(c))

    def group(self, c: Children) -> syntax.Group:
        return syntax.Group(c[1], self.span(c))

    def array_value(self, c: Children) -> syntax.ArrayValue:
        return syntax.ArrayValue(self.arguments(c), self.span(c))


def _start(child: Child) -> int:
    start = child.start_pos if isinstance(child, Token) else child.span.start
    assert isinstance(start, int)
    return start


def _end(child: Child) -> int:
    end = child.end_pos if isinstance(child, Token) else child.span.end
    assert isinstance(end, int)
    return end


def _after(c: Children, kind: str) -> Child:
    """Returns the child that follows the token of this kind, or None."""
    for token, child in pairwise(c):
        if isinstance(token, Token) and token.type == kind:
            return child
    return None


def _every(c: Children, kind: type[Node]) -> tuple[Node, ...]:
    return tuple(child for child in c if isinstance(child, kind))
