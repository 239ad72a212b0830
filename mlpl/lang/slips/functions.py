"""Functions in expressions, which other languages have, and what else computes values there."""

from __future__ import annotations

from lark import Token

from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error

_MESSAGE = "there are no functions in expressions"
_NAMED = "a function is declared at top level, and called by its name"


def closure(at: At) -> Slip | None:
    """`lambda x: …`, `|x| …`, `x => …`, `(x) -> …`, `function (x) { … }`."""
    token, previous = at.token, at.before()
    if previous is None:
        return None
    if previous == "lambda" and previous.type == "NAME" and token.type in ("NAME", "COLON"):
        slip = error("foreign-word", "there is no `lambda`", at.span(previous), "", _NAMED)
        return Slip(slip, ("NUMBER",), _length(at, "COLON"), retract=True)
    if token.type in ("PIPE", "OROR") and at.wants_operand:
        shift = int(token.type == "PIPE")
        return _unnamed(at, shift + _length(_from(at, shift), "PIPE", shift))
    closed = _closed(at) if token.type == "COMMA" and at.accepted == {"RPAR"} else 0
    if closed:
        rest = _from(at, closed)
        arrow = _arrow(rest)
        length = closed + _length(rest, rest.token.type, arrow) if arrow else 0
        slip = error("declaration-syntax", _MESSAGE, at.here, "", _NAMED)
        return Slip(slip, ("NUMBER", "RPAR"), length, retract=True) if arrow else None
    arrow = _arrow(at)
    if not arrow or not at.follows_operand() or "ARROW" in at.accepted:
        return None
    names = _parameters(at)
    length = _length(at, token.type, arrow)
    body = at.tokens[at.index + arrow : at.index + length]
    if names is None or not (names & {str(t) for t in body} or at.after(arrow).type == "LBRACE"):
        return None
    return _unnamed(at, length, retract=True)


def _arrow(at: At) -> int:
    """Returns how many tokens an arrow has that stands here; 0 if none does."""
    return 2 if at.joins("=", ">") else int(at.token.type == "ARROW")


def _closed(at: At) -> int:
    """Returns how many tokens stand up to the end of the parentheses around, and in them."""
    return at.count_to("RPAR") + 1


def _unnamed(at: At, length: int, *, retract: bool = False) -> Slip:
    slip = error("declaration-syntax", _MESSAGE, at.here, "", _NAMED)
    return Slip(slip, ("NUMBER",), length, retract)


def _from(at: At, shift: int) -> At:
    index = min(at.index + shift, len(at.tokens) - 1)
    return At(at.source, at.tokens, index, at.accepted, at.open)


def _length(at: At, end: str, arrow: int = 1) -> int:
    """Returns how many tokens a function has whose parameters are followed by a kind of token."""
    length = at.count_to(end, "SEMICOLON")
    if at.after(length).type == end:
        length += arrow
    rest = _from(at, length)
    closed = rest.matching(rest.index) if rest.token.type == "LBRACE" else None
    if closed is not None:
        return closed + 1 - at.index
    return length + rest.count_to("SEMICOLON", "COMMA", "LBRACE")


def _parameters(at: At) -> set[str] | None:
    """Returns the names before an arrow, alone or in parentheses; None if something else is."""
    if at.kinds_before("NAME"):
        return {str(at.before())} if _begins_value(at.before(2)) else None
    names: set[str] = set()
    for index in range(at.index - 2, 0, -1):
        token = at.tokens[index]
        if token.type == "LPAR":
            return names if _begins_value(at.tokens[index - 1]) else None
        if token.type not in ("NAME", "COMMA", "COLON", "INT", "BOOL"):
            return None
        names.add(str(token))
    return None


def _begins_value(before: Token | None) -> bool:
    """Whether a value begins behind a token."""
    return before is not None and before.type in ("EQUAL", "LPAR", "COMMA", "RETURN")


def comprehension(at: At) -> Slip | None:
    """`[x for x in xs]`."""
    if at.token.type != "FOR" or not at.open or at.open[-1].type == "LBRACE":
        return None
    help_ = "a loop fills an array: `for i in 0..10 { xs[i] = i; }`"
    slip = error("foreign-word", "`for` makes no values", at.here, "", help_)
    return Slip(slip, skip=at.count_to("RSQB", "RPAR"))
