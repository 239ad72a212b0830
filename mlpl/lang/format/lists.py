"""Things in brackets: each on a line of its own where they do not fit on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from mlpl.lang.format.chains import Expression, spread, whole
from mlpl.lang.format.comments import Comment
from mlpl.lang.format.document import (
    HARD,
    SOFT,
    SPACE,
    Cell,
    Doc,
    Group,
    Indent,
    Line,
    Table,
    Trailing,
    concat,
)
from mlpl.lang.format.fragment import Comments, Fragment, slot


def enclosed(opening: Fragment, inner: Expression, closing: Fragment) -> Fragment:
    """Returns one expression in brackets."""
    item = spread(inner)
    start = slot((*opening.after, *item.before))
    inline, comments = _parted((*item.after, *closing.before))
    end = concat(inline, slot(comments))
    content = Indent(concat(start, SOFT, item.body, end))
    body = Group(concat(opening.body, content, SOFT, closing.body))
    return replace(
        opening, body=body, after=(), commented=_commented(start, end, opening, item, closing)
    )


def listed(
    opening: Fragment,
    items: Sequence[Expression],
    commas: Sequence[Fragment],
    closing: Fragment,
    *,
    trailing: bool = True,
    space: Line = SOFT,
) -> Fragment:
    """Returns expressions in brackets, with commas between them.

    Args:
        opening: the bracket before them.
        items: the expressions.
        commas: as many as the items, or one less.
        closing: the bracket behind them.
        trailing: whether a comma stands behind the last item where each has a line.
        space: what stands inside the brackets where all is on one line.
    """
    if not items:
        return _empty(opening, closing, space)
    elements = [whole(item) for item in items]
    slots = _slots(opening, elements, commas, closing)
    parts: list[Doc] = [slot(slots[0], blanks=True, first=True)]
    for index, (element, comments) in enumerate(zip(elements, slots[1:], strict=True)):
        last = index + 1 == len(elements)
        blank = element.blank and bool(index or _own_line(slots[0]))
        parts += [replace(SPACE if index else space, blank=blank), element.body]
        if not last:
            parts += [",", slot(comments, blanks=True)]
    inline, comments = _parted(slots[-1])
    parts += [inline, Trailing("," if trailing else ""), slot(comments, blanks=True)]
    body = Group(concat(opening.body, Indent(concat(*parts)), space, closing.body))
    commented = any(slots) or _commented(opening, *elements, closing)
    return replace(opening, body=body, after=(), commented=commented)


def tabulated(
    opening: Fragment, items: Sequence[Expression], commas: Sequence[Fragment], closing: Fragment
) -> Fragment:
    """Returns expressions in brackets, in rows as long as their first in the source."""
    if not items:
        return _empty(opening, closing, SOFT)
    elements = [whole(item) for item in items]
    slots = _slots(opening, elements, commas, closing)
    cells: list[Cell] = []
    for index, (element, comments) in enumerate(zip(elements, slots[1:], strict=True)):
        blank = element.blank and bool(index or _own_line(slots[0]))
        inline, comments = _parted(comments) if index + 1 == len(elements) else ("", comments)
        remarks = slot(comments, blanks=True) if comments else None
        cells.append(Cell(concat(element.body, inline), remarks, blank))
    columns = _columns(elements, commas, slots)
    table = Table(tuple(cells), columns, all(element.literal for element in elements))
    start = slot(slots[0], blanks=True, first=True)
    begin = HARD if cells[0].blank else SOFT
    content = Indent(concat(start, replace(begin, blank=cells[0].blank), table))
    body = Group(concat(opening.body, content, SOFT, closing.body))
    commented = any(slots) or _commented(opening, *elements, closing)
    return replace(opening, body=body, after=(), commented=commented)


def _columns(
    elements: Sequence[Fragment], commas: Sequence[Fragment], slots: Sequence[Comments]
) -> int | None:
    """Returns how many elements stand before the first new line; None if there is none."""
    for index, (comma, element) in enumerate(zip(commas, elements[1:], strict=False), 1):
        if comma.newline or element.newline or slots[index]:
            return index
    return None


def _parted(comments: Comments) -> tuple[str, Comments]:
    """Returns what of the comments before a closing bracket may stand in a line, and the rest."""
    inline = [*takewhile(lambda comment: comment.inline and not comment.own_line, comments)]
    return "".join(f" {comment.text}" for comment in inline), comments[len(inline) :]


def _slots(
    opening: Fragment,
    elements: Sequence[Fragment],
    commas: Sequence[Fragment],
    closing: Fragment,
) -> list[Comments]:
    """Returns the comments behind the opening bracket and behind each element."""
    slots = [opening.after + elements[0].before]
    for index, element in enumerate(elements):
        comments = element.after
        if index < len(commas):
            comments += commas[index].before + commas[index].after
        following = elements[index + 1] if index + 1 < len(elements) else closing
        slots.append(comments + following.before)
    return slots


def _empty(opening: Fragment, closing: Fragment, space: Line) -> Fragment:
    """Returns brackets with nothing but comments inside."""
    comments = opening.after + closing.before
    commented = bool(comments) or _commented(opening, closing)
    inner: Doc
    if all(c.inline and not c.own_line for c in comments):
        inner = " ".join(c.text for c in comments)
        inner = f" {inner} " if inner and space is SPACE else inner or (space.flat or "")
    else:
        inner = concat(Indent(slot(comments, blanks=True, first=True)), HARD)
    body = concat(opening.body, inner, closing.body)
    return replace(opening, body=body, after=(), commented=commented)


def _own_line(comments: Sequence[Comment]) -> bool:
    return any(comment.own_line for comment in comments)


def _commented(*parts: Fragment | Doc) -> bool:
    return any(part.commented if isinstance(part, Fragment) else part != "" for part in parts)
