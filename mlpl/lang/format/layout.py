# ruff: noqa: D102 - one method a rule of the grammar, which says what it reads
"""The grammar's rules as callbacks: each returns the fragment for what it read.

One method a rule or alias of `mlpl.lark`; `c` are the rule's children in order, words included.
Called by the parser as it goes, so the depth of a program costs no recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from lark import Lark, Transformer

from mlpl.lang.format.blocks import Body, Branches, Function, Item, Loop, block, header, program
from mlpl.lang.format.chains import Chain, Expression, conditional, extended, whole
from mlpl.lang.format.comments import Word
from mlpl.lang.format.document import SOFT, SPACE, Doc, Line
from mlpl.lang.format.fragment import Fragment, join, leaf
from mlpl.lang.format.lists import enclosed, listed, tabulated
from mlpl.lang.parse import read_grammar

Child = Any
"""A word, or what an inner rule returned."""

Children = list[Child]

_LEVELS = {"MINUS": "PLUS"}
"""Operators that share a level with another kind."""


def document(words: Sequence[Word]) -> Doc:
    """Returns the document of a program without syntax errors; it begins with a line's end.

    Args:
        words: its words, the end of the text last.
    """
    parser = _load().parse_interactive()
    items: tuple[Item, ...] = ()
    for word in words:
        items = parser.feed_token(word)
    return program(items, words[-1].before)


@cache
def _load() -> Lark:
    return read_grammar(Layout(visit_tokens=False))


class Layout(Transformer[Word, tuple[Item, ...]]):
    """Returns the declarations of a program."""

    # Top level

    def module(self, c: Children) -> tuple[Item, ...]:
        return tuple(c)

    def import_item(self, c: Children) -> Fragment:
        return _line(c)

    def const_item(self, c: Children) -> Fragment:
        return _line(c)

    def struct_item(self, c: Children) -> Fragment:
        return join(_line(c[:2]), " ", _list(c[2:], SPACE))

    def global_item(self, c: Children) -> Fragment:
        return _line(c)

    def function(self, c: Children) -> Function:
        end = next(i for i, child in enumerate(c) if _kind(child) == "RPAR")
        name, result = _line(c[:2]), c[end + 1 : -1]
        parameters = _list(c[2 : end + 1])
        parts = (" ", _line(result)) if result else ()
        return Function(join(name, parameters, *parts, " "), c[-1])

    def field(self, c: Children) -> Fragment:
        return _line(c)

    def type(self, c: Children) -> Fragment:
        return join(*map(_fragment, c))

    def extent(self, c: Children) -> Fragment:
        return _brackets(c) if len(c) == 3 else _list(c)

    def path(self, c: Children) -> Fragment:
        return join(*map(_fragment, c))

    # Statements

    def block(self, c: Children) -> Body:
        return block(leaf(c[0]), c[1:-1], leaf(c[-1]))

    def local(self, c: Children) -> Fragment:
        return _line(c)

    def assignment(self, c: Children) -> Fragment:
        return _line(c)

    def evaluation(self, c: Children) -> Fragment:
        return _line(c)

    def if_statement(self, c: Children) -> Branches:
        first = (header(leaf(c[0]), c[1]), c[2])
        if len(c) == 3:
            return Branches((first,))
        otherwise = leaf(c[3])
        if isinstance(c[4], Branches):
            (head, body), *others = c[4].branches
            return Branches((first, (join(otherwise, " ", head), body), *others))
        return Branches((first, (join(otherwise, " "), c[4])))

    def while_statement(self, c: Children) -> Loop:
        return Loop(header(leaf(c[0]), c[1]), c[2])

    def for_range(self, c: Children) -> Loop:
        return Loop(join(_line(c[:-1]), " "), c[-1])

    def for_each(self, c: Children) -> Loop:
        return Loop(header(_line(c[:3]), c[3]), c[4])

    def break_statement(self, c: Children) -> Fragment:
        return _line(c)

    def continue_statement(self, c: Children) -> Fragment:
        return _line(c)

    def return_statement(self, c: Children) -> Fragment:
        return _line(c)

    def assert_statement(self, c: Children) -> Fragment:
        return join(leaf(c[0]), _list(c[1:-1], trailing=False), leaf(c[-1]))

    # Values and expressions

    def struct_value(self, c: Children) -> Fragment:
        return join(c[0], " ", _list(c[1:], SPACE))

    def initializer(self, c: Children) -> Fragment:
        return _line(c)

    def conditional(self, c: Children) -> Chain:
        return conditional([leaf(child) if isinstance(child, Word) else child for child in c])

    def binary(self, c: Children) -> Chain:
        left, operator, right = c
        level = _LEVELS.get(operator.type, operator.type)
        return extended(left, level, leaf(operator), right)

    def unary(self, c: Children) -> Fragment:
        literal = c[0].type == "MINUS" and c[1].literal
        return replace(join(leaf(c[0]), c[1]), literal=literal)

    def call(self, c: Children) -> Fragment:
        return join(c[0], _list([c[1], *c[2], c[3]]))

    def arguments(self, c: Children) -> Children:
        return c

    def index(self, c: Children) -> Fragment:
        return join(c[0], _brackets(c[1:]))

    def member(self, c: Children) -> Fragment:
        return join(c[0], leaf(c[1]), leaf(c[2]))

    def name(self, c: Children) -> Fragment:
        return leaf(c[0])

    def number(self, c: Children) -> Fragment:
        return replace(leaf(c[0]), literal=True)

    def character(self, c: Children) -> Fragment:
        return replace(leaf(c[0]), literal=True)

    def string(self, c: Children) -> Fragment:
        return leaf(c[0])

    def true(self, c: Children) -> Fragment:
        return replace(leaf(c[0]), literal=True)

    def false(self, c: Children) -> Fragment:
        return replace(leaf(c[0]), literal=True)

    def to_int(self, c: Children) -> Fragment:
        return join(leaf(c[0]), _brackets(c[1:]))

    def group(self, c: Children) -> Fragment:
        return _brackets(c)

    def array_value(self, c: Children) -> Fragment:
        return tabulated(leaf(c[0]), _items(c), _commas(c), leaf(c[-1]))


def _fragment(child: Child) -> Fragment:
    return leaf(child) if isinstance(child, Word) else whole(child)


def _line(c: Children) -> Fragment:
    """Returns the children on one line, with spaces between them where they are usual."""
    parts: list[Fragment | str] = []
    before = "RANGE"
    for child in c:
        kind = _kind(child)
        attached = kind in ("RANGE", "COLON", "SEMICOLON") and not child.prefix
        if before != "RANGE" and not attached:
            parts.append(" ")
        parts.append(_fragment(child))
        before = kind
    return join(*parts)


def _brackets(c: Children) -> Fragment:
    return enclosed(leaf(c[0]), c[1], leaf(c[2]))


def _list(c: Children, space: Line = SOFT, *, trailing: bool = True) -> Fragment:
    """Returns a bracket, the items and commas behind it, and the bracket that closes it."""
    opening, closing = leaf(c[0]), leaf(c[-1])
    return listed(opening, _items(c), _commas(c), closing, trailing=trailing, space=space)


def _items(c: Children) -> list[Expression]:
    return [child for child in c[1:-1] if not isinstance(child, Word)]


def _commas(c: Children) -> list[Fragment]:
    return [leaf(child) for child in c[1:-1] if isinstance(child, Word)]


def _kind(child: Child) -> str:
    return child.type if isinstance(child, Word) else ""
