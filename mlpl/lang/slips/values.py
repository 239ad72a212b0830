"""Expressions that other languages have."""

from __future__ import annotations

from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import describe_expected, spell


def assignment(at: At) -> Slip | None:
    """`=` inside an expression."""
    if at.token.type not in ("EQUAL", "ASSIGN") or not at.follows_operand():
        return None
    message = f"`{at.token}` assigns, and that is a statement of its own"
    help_ = "`==` compares" if at.token == "=" else ""
    slip = error("assignment-in-expression", message, at.here, "", help_)
    kind = next((kind for kind in ("COMPARE", "ANDAND") if kind in at.accepted), None)
    if kind is not None:
        return Slip(slip, (kind,), 1)
    return (
        Slip(slip, ("NAME", "ANDAND"), 1, retract=True) if "LBRACE" in at.accepted else Slip(slip)
    )


def comparison(at: At) -> Slip | None:
    """`a < b < c`, and `a == b & c == d`."""
    if at.token.type != "COMPARE" or not at.has_operand:
        return None
    help_ = "`a < b && b < c` asks for both; parentheses compare a result"
    between = at.index - 1
    while between > 0 and at.tokens[between].type not in ("COMPARE", "LPAR", "SEMICOLON"):
        if at.tokens[between].type in ("AMPERSAND", "PIPE"):
            symbol = str(at.tokens[between]) * 2
            help_ = f"conditions are connected by `{symbol}`"
        between -= 1
    slip = error("comparison-chain", "comparisons do not chain", at.here, "", help_)
    return Slip(slip, ("ANDAND",), 1)


def misplaced_value(at: At) -> Slip | None:
    """Initialisers and fractions where none may stand."""
    token = at.token
    if token.type == "NUMBER" and at.kinds_before("NUMBER", "DOT"):
        span = at.span(at.tokens[at.index - 2]).to(at.here)
        help_ = "the module `fixed` computes with fixed-point numbers"
        return Slip(
            error("invalid-number", "there are no fractions", span, "", help_), ("NAME",), 1
        )
    number = at.after().type == "NUMBER" and at.after().start_pos == token.end_pos
    if token.type == "DOT" and at.wants_operand and number:
        help_ = "the module `fixed` computes with fixed-point numbers"
        slip = error("invalid-number", "there are no fractions", at.reach(2), "", help_)
        return Slip(slip, ("NUMBER",), 2)
    if at.kinds_before("NUMBER", "DOT") and token.type != "NAME":
        span = at.span(at.tokens[at.index - 2]).to(at.span(at.tokens[at.index - 1]))
        help_ = "the module `fixed` computes with fixed-point numbers"
        return Slip(error("invalid-number", "there are no fractions", span, "", help_), ("NAME",))
    if token.type == "SEMICOLON" and at.open and at.open[-1].type == "LSQB" and _length_follows(at):
        help_ = "`var xs: int[10];` is an array of zeros"
        message = "an array value lists its elements"
        return Slip(error("unexpected-token", message, at.here, "", help_), ("COMMA",), 1)
    if token.type == "SEMICOLON" and "COMMA" in at.accepted and _closed_on_line(at):
        message = "the elements of an array are separated by `,`"
        slip = error("unexpected-token", message, at.here)
        return Slip(slip, ("COMMA",), 1, once=True)
    if token.type == "LBRACE" and at.wants_operand:
        return _braces(at)
    closed = at.matching(at.index) if token.type == "LBRACE" else None
    if closed is not None and at.kinds_before("NAME") and _begins_struct(at):
        message = "an initialiser of a struct stands only in a declaration"
        help_ = "a variable declared with it can be used here"
        span, length = at.span(at.tokens[at.index - 1]).to(at.here), closed + 1 - at.index
        return Slip(error("misplaced-initializer", message, span, "", help_), skip=length)
    return None


def _begins_struct(at: At) -> bool:
    """Whether a brace begins the fields of a struct's value, and not a block."""
    named = at.after().type == "NAME" and at.after(2).type in ("COLON", "COMMA", "RBRACE")
    return named or (at.after().type == "RBRACE" and "LBRACE" not in at.accepted)


def _closed_on_line(at: At) -> bool:
    """Whether the innermost bracket is a `[` that is closed on the same line."""
    closed = at.matching(at.place_of(at.open[-1])) if at.open else None
    if closed is None or at.open[-1].type != "LSQB":
        return False
    end = at.tokens[closed].start_pos or 0
    return "\n" not in at.source.text[at.here.start : end]


def _length_follows(at: At) -> bool:
    begun = at.tokens[at.place_of(at.open[-1]) : at.index]
    first = all(token.type != "SEMICOLON" for token in begun)
    return first and at.after(2).type == "RSQB" and "COMMA" in at.accepted


def _braces(at: At) -> Slip | None:
    closed = at.matching(at.index)
    if closed is None or closed == at.index + 1 or not at.kinds_before("EQUAL"):
        return None
    help_ = "an array is written `[1, 2, 3]`, a struct `Name { x: 1 }`"
    message = "a value does not begin with `{`"
    return Slip(
        error("unexpected-token", message, at.here, "", help_), ("NUMBER",), closed + 1 - at.index
    )


def unexpected(at: At) -> Slip:
    """Anything else; what would be right stands there if it can only be one thing."""
    expected = describe_expected(at.accepted)
    message = f"expected {expected}, found {spell(at.token)}"
    slip = error("unexpected-token", message, at.here, f"expected {expected}")
    only = next(iter(at.accepted)) if len(at.accepted) == 1 else ""
    return Slip(slip, (only,) if only in ("COLON", "EQUAL", "IN") else ())
