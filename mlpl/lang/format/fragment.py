"""Pieces of a program on their way to a document, with the comments that have no place yet.

Every comment stands where a line may end: between statements, elements of lists and operands of
chains. A comment anywhere else moves on to the next such place, in the order of the source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mlpl.lang.format.comments import Comment, Word
from mlpl.lang.format.document import HARD, Doc, Indent, Line, Remark, concat

Comments = tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a program.

    Attributes:
        body: its document.
        before: comments that stand before it.
        after: comments that stand behind it, or have moved there.
        newline: whether it begins a line of the source.
        blank: whether an empty line stands before it, behind the comments.
        commented: whether there are comments in its body.
        literal: whether it is a number, a character or a bool, perhaps with a minus.
    """

    body: Doc
    before: Comments = ()
    after: Comments = ()
    newline: bool = False
    blank: bool = False
    commented: bool = False
    literal: bool = False


def leaf(word: Word) -> Fragment:
    """Returns the fragment of a token."""
    commented = bool(word.prefix or word.suffix)
    return Fragment(
        word.shown, word.before, newline=word.newline, blank=word.blank, commented=commented
    )


def join(*parts: Fragment | str) -> Fragment:
    """Returns fragments and texts one after the other; the first is a fragment.

    Comments between them move behind all of it; where there are comments in what follows, the
    line ends behind them instead.
    """
    first, *others = parts
    assert isinstance(first, Fragment)
    body: list[Doc] = [first.body]
    waiting = first.after
    commented = first.commented
    for part in others:
        if isinstance(part, str):
            body.append(part)
            continue
        waiting += part.before
        if waiting and part.commented:
            if body[-1] == " ":
                body.pop()
            body += [slot(waiting), Indent(concat(HARD, part.body))]
            commented, waiting = True, ()
        else:
            body.append(part.body)
            commented = commented or part.commented
        waiting += part.after
    return replace(first, body=concat(*body), after=waiting, commented=commented, literal=False)


def slot(comments: Iterable[Comment], *, blanks: bool = False, first: bool = False) -> Doc:
    """Returns comments where a line ends: behind what stands there, then each on its line.

    Args:
        comments: those that stand here.
        blanks: whether empty lines between them are kept.
        first: whether nothing stands before them in a block: no empty line begins it.
    """
    parts: list[Doc] = []
    ended = False
    for comment in comments:
        if ended or comment.own_line:
            parts.append(Line(None, blank=blanks and comment.blank and not first))
            parts.append(Remark(comment.text))
            first = False
        else:
            parts.append(Remark(f" {comment.text}"))
        ended = not comment.inline
    return concat(*parts) if parts else ""
