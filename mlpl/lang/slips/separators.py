"""Semicolons and commas that are missing or too many."""

from __future__ import annotations

from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import CLOSERS, ITEMS, OPERANDS, STATEMENTS


def semicolon(at: At) -> Slip | None:
    """One semicolon too few or too many."""
    kind = at.token.type
    if "SEMICOLON" in at.accepted:
        ends = kind in STATEMENTS | ITEMS | {"RBRACE", "$END"}
        if ends or kind == "NAME" or (at.on_new_line() and kind not in CLOSERS | {"LBRACE"}):
            gap = at.gap()
            rest = at.source.text[gap.start : at.token.start_pos]
            help_ = "`//` begins a comment" if rest.lstrip(" ").startswith("//") else ""
            mark = "a `;` is missing here"
            return Slip(
                error("missing-semicolon", "expected `;`", gap, mark, help_), ("SEMICOLON",)
            )
        return None
    if kind == "SEMICOLON" and (at.wants_statement or at.wants_item):
        message = "there is no empty statement"
        help_ = "nothing follows the `}` of a block" if at.kinds_before("RBRACE") else ""
        return Slip(error("empty-statement", message, at.here, "", help_), skip=1)
    return None


def comma(at: At) -> Slip | None:
    """A comma that is missing between values, or one too many."""
    kind = at.token.type
    if "COMMA" in at.accepted and (kind in OPERANDS or kind == "NAME") and at.open:
        slip = error("missing-comma", "expected `,`", at.gap(), "a `,` is missing here")
        return Slip(slip, ("COMMA",), once=True)
    if kind == "COMMA" and at.open and (at.kinds_before("COMMA") or _opened(at)):
        return Slip(error("unexpected-token", "nothing stands before this `,`", at.here), skip=1)
    return None


def _opened(at: At) -> bool:
    return at.open[-1] is at.before()
