"""What stands between brackets, or parentheses, in the manner of other languages."""

from __future__ import annotations

from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error


def slices(at: At) -> Slip | None:
    """`xs[1:2]`, `xs[1..2]`, `xs[..2]` and `xs[1, 2]`."""
    if not at.open or at.open[-1].type != "LSQB" or not _indexes(at):
        return None
    kind = at.token.type
    if kind in ("COLON", "RANGE"):
        help_ = "a loop copies a part of an array, element by element"
        slip = error("unexpected-token", "there are no slices", at.here, "", help_)
        return Slip(slip, ("NUMBER",) if at.wants_operand else (), at.count_to("RSQB"))
    if kind == "COMMA" and at.accepted == {"RSQB"}:
        help_ = "each has brackets of its own: `a[i][j]`, `int[3][4]`"
        message = "there is one index or length between brackets"
        slip = error("unexpected-token", message, at.here, "", help_)
        return Slip(slip, ("RSQB", "LSQB"), 1)
    return None


def _indexes(at: At) -> bool:
    """Whether the innermost bracket follows an operand, and so begins an index."""
    place = at.place_of(at.open[-1])
    return place > 0 and at.tokens[place - 1].type in ("NAME", "RSQB", "RPAR", "INT", "BOOL")


def named_argument(at: At) -> Slip | None:
    """`f(x: 3)`."""
    if at.token.type != "COLON" or not at.kinds_before("NAME") or not at.open:
        return None
    place = at.place_of(at.open[-1])
    if at.open[-1].type != "LPAR" or not place or at.tokens[place - 1].type != "NAME":
        return None
    if at.tokens[place - 2].type == "FN" or at.accepted != {"RPAR", "COMMA"}:
        return None
    help_ = "they stand in the order of the parameters"
    slip = error("unexpected-token", "arguments have no names", at.here, "", help_)
    return Slip(slip, skip=1, retract=True, once=True)


def tuples(at: At) -> Slip | None:
    """`(1, 2)`."""
    if at.token.type != "COMMA" or not at.open or at.open[-1].type != "LPAR":
        return None
    if not at.follows_operand() or (at.accepted != {"RPAR"} and not at.has_operand):
        return None
    place = at.place_of(at.open[-1])
    if place and at.tokens[place - 1].type in ("NAME", "RPAR", "RSQB", "ASSERT", "INT", "BOOL"):
        return None
    help_ = "values that belong together are a struct or an array"
    slip = error("unexpected-token", "there are no tuples", at.here, "", help_)
    return Slip(slip, ("NUMBER",), at.count_to("RPAR"), retract=True)
