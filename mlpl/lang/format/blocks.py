"""Statements and declarations: one a line, blocks indented.

A body with one simple statement stands on the line of its `if`, `while` or `for` where it fits,
unless the `if` has an `else`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mlpl.lang.format.chains import Expression
from mlpl.lang.format.document import HARD, SPACE, Doc, Group, Indent, Line, concat, is_broken
from mlpl.lang.format.fragment import Comments, Fragment, join, slot


@dataclass(frozen=True, slots=True)
class Body:
    """A block.

    Attributes:
        opening: its opening brace.
        statements: its statements.
        closing: its closing brace.
        simple: whether it is one statement without a block of its own.
    """

    opening: Fragment
    statements: tuple[Fragment, ...]
    closing: Fragment
    simple: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A `while` or `for` with its body."""

    header: Fragment
    body: Body


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches of an `if`: what stands before each block, and the block."""

    branches: tuple[tuple[Fragment, Body], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function."""

    header: Fragment
    body: Body


Statement = Fragment | Body | Loop | Branches
Item = Fragment | Function


def block(opening: Fragment, statements: Sequence[Statement], closing: Fragment) -> Body:
    """Returns the block of statements and braces."""
    simple = len(statements) == 1 and isinstance(statements[0], Fragment)
    return Body(opening, tuple(map(finished, statements)), closing, simple)


def header(start: Fragment, expression: Expression) -> Fragment:
    """Returns what stands before a block and ends with an expression.

    Where the expression is broken before operators, the block's brace begins a line.
    """
    if isinstance(expression, Fragment):
        return join(start, " ", expression, " ")
    chain = expression.spread(hanging=True)
    made = join(start, " ", replace(chain, body=concat(chain.body, SPACE)))
    return replace(made, body=Group(made.body))


def finished(statement: Statement | Item) -> Fragment:
    """Returns the fragment of a statement or declaration."""
    match statement:
        case Fragment():
            return statement
        case Body(opening):
            start = replace(opening, body="")
            return _block(start, replace(statement, opening=replace(opening, before=())))
        case Function(head, body):
            return _block(head, body)
        case Loop(head, body):
            return _short(head, body) or _block(head, body)
        case Branches(((head, body),)):
            return _short(head, body) or _block(head, body)
        case Branches(branches):
            return _branched(branches)


def program(items: Sequence[Item], end: Comments) -> Doc:
    """Returns declarations, functions set off by empty lines; begins with a line's end."""
    made = [finished(item) for item in items]
    if not made:
        return stacked((), _at_margin(end), ())
    start, made[0] = _at_margin(made[0].before), replace(made[0], before=())
    for index, pair in enumerate(pairwise(items), 1):
        if any(isinstance(item, Function) for item in pair):
            made[index - 1 : index + 1] = _set_off(made[index - 1], made[index])
    return stacked(made, start, end)


def stacked(statements: Sequence[Fragment], start: Comments, end: Comments) -> Doc:
    """Returns statements or declarations one a line, the first behind a line's end.

    Args:
        statements: them.
        start: the comments before the first.
        end: the comments behind the last.
    """
    if not statements:
        return slot((*start, *end), blanks=True, first=True)
    slots = [(*before.after, *after.before) for before, after in pairwise(statements)]
    slots = [(*start, *statements[0].before), *slots, (*statements[-1].after, *end)]
    parts = [slot(slots[0], blanks=True, first=True)]
    begun = any(comment.own_line for comment in slots[0])
    for statement, comments in zip(statements, slots[1:], strict=True):
        parts += [Line(None, statement.blank and begun), statement.body]
        parts.append(slot(comments, blanks=True))
        begun = True
    return concat(*parts)


def _at_margin(comments: Comments) -> Comments:
    """Returns the comments at the beginning of a text: the first is on its own line."""
    return (*(replace(c, own_line=True) for c in comments[:1]), *comments[1:])


def _set_off(left: Fragment, right: Fragment) -> tuple[Fragment, Fragment]:
    """Returns the same with an empty line between, before the first comment on its own line."""
    between = (*left.after, *right.before)
    if right.blank or any(comment.blank for comment in between if comment.own_line):
        return left, right
    own = next((i for i, c in enumerate(between) if c.own_line), None)
    if own is None:
        return left, replace(right, blank=True)
    between = (*between[:own], replace(between[own], blank=True), *between[own + 1 :])
    return replace(left, after=()), replace(right, before=between)


def _short(head: Fragment, body: Body) -> Fragment | None:
    """Returns a header with a body of one simple statement, on one line if that fits."""
    if not body.simple:
        return None
    (statement,) = body.statements
    comments = (*head.after, *body.opening.before, *statement.before, *statement.after)
    if comments or body.closing.before or is_broken(statement.body):
        return None
    opening, closing = body.opening, body.closing
    inner = Indent(concat(SPACE, statement.body))
    document = Group(concat(head.body, opening.body, inner, SPACE, closing.body))
    commented = any(f.commented for f in (head, opening, statement, closing))
    return replace(head, body=document, commented=commented)


def _block(head: Fragment, body: Body, *, tall: bool = False) -> Fragment:
    """Returns a header with a block of as many lines as statements.

    An empty block is `{ }`, but where it is `tall`.
    """
    start = head.after + body.opening.before
    opening, closing = body.opening, body.closing
    content = stacked(body.statements, start, closing.before)
    comments = start + closing.before
    if not body.statements and not tall and all(c.inline and not c.own_line for c in comments):
        inner = "".join(f" {comment.text}" for comment in comments)
        document = concat(head.body, opening.body, f"{inner} ", closing.body)
    else:
        document = concat(head.body, opening.body, Indent(content), HARD, closing.body)
    return replace(head, body=document, after=(), commented=True)


def _branched(branches: Sequence[tuple[Fragment, Body]]) -> Fragment:
    """Returns an `if` with an `else`."""
    made = []
    for index, (head, body) in enumerate(branches):
        if index and not head.commented:
            head = replace(head, before=(), after=head.before + head.after)
        made.append(_block(head, body, tall=True))
    parts: list[Doc] = [made[0].body]
    for branch in made[1:]:
        parts += [slot(branch.before), HARD] if branch.before else [" "]
        parts.append(branch.body)
    return replace(made[0], body=concat(*parts))
