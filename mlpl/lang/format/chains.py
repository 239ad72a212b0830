"""Operands and operators that are broken before the operators: `a && b && c`, `c ? a : b`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mlpl.lang.format.document import SPACE, Doc, Fill, Group, Indent, concat
from mlpl.lang.format.fragment import Fragment, join, slot

_ONE_A_LINE = frozenset({"OROR", "ANDAND", "COMPARE", "QMARK"})
"""Operators of chains that have one operand a line; the others fill their lines."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands with operators of one level between them.

    Attributes:
        level: the kind of the operators' tokens; that of sums is `PLUS`, that of `?:` is `QMARK`.
        links: the first operand, then each operator with the operand behind it.
    """

    level: str
    links: tuple[Fragment, ...]

    def spread(self, *, hanging: bool) -> Fragment:
        """Returns the chain without a group: its lines are broken with those around it.

        Args:
            hanging: whether all but the first operand are indented.
        """
        first, last = self.links[0], self.links[-1]
        slots = [(*left.after, *right.before) for left, right in pairwise(self.links)]
        bodies = [
            concat(link.body, slot(comments))
            for link, comments in zip(self.links, [*slots, ()], strict=True)
        ]
        first_body, *others = bodies
        rest = concat(*(concat(SPACE, body) for body in others))
        if self.level not in _ONE_A_LINE:
            body: Doc = Fill(tuple(bodies), hanging)
        else:
            body = concat(first_body, Indent(rest) if hanging else rest)
        commented = any(slots) or any(link.commented for link in self.links)
        return replace(first, body=body, after=last.after, commented=commented, literal=False)


Expression = Fragment | Chain


def whole(expression: Expression) -> Fragment:
    """Returns an expression whose further lines are indented."""
    if isinstance(expression, Fragment):
        return expression
    chain = expression.spread(hanging=True)
    return replace(chain, body=Group(chain.body))


def spread(expression: Expression) -> Fragment:
    """Returns an expression whose lines are broken with those of the group around it."""
    return expression if isinstance(expression, Fragment) else expression.spread(hanging=False)


def extended(left: Expression, level: str, operator: Fragment, right: Expression) -> Chain:
    """Returns the chain of what stands left of an operator, it, and what stands right of it."""
    link = join(operator, " ", whole(right))
    if isinstance(left, Chain) and left.level == level:
        return Chain(level, (*left.links, link))
    return Chain(level, (whole(left), link))


def conditional(parts: Sequence[Expression]) -> Chain:
    """Returns `c ? a : b` from its five parts; a chain in `b` goes on with it."""
    condition, question, then, colon, otherwise = parts
    assert isinstance(question, Fragment)
    assert isinstance(colon, Fragment)
    links = (whole(condition), join(question, " ", whole(then)))
    if isinstance(otherwise, Chain) and otherwise.level == "QMARK":
        first, *others = otherwise.links
        return Chain("QMARK", (*links, join(colon, " ", first), *others))
    return Chain("QMARK", (*links, join(colon, " ", whole(otherwise))))
