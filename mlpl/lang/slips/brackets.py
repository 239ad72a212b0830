"""Parentheses, brackets and braces that are missing or too many."""

from __future__ import annotations

from lark import Token

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error
from mlpl.lang.vocabulary import BRACKETS, CLOSERS, ITEMS, TEXTS, spell


def parenthesis(at: At) -> Slip | None:
    """A parenthesis or bracket that is not closed, not opened, or of the wrong kind."""
    kind = at.token.type
    if kind == "RPAR" and at.accepted == {"LPAR"}:
        return Slip(error("missing-parenthesis", "expected `(`", at.gap()), ("LPAR",))
    length = at.count_to("SEMICOLON")
    if length and at.accepted == {"LPAR"} and at.kinds_before("ASSERT"):
        span = at.reach(length)
        help_ = f"`assert({at.source.text[span.start : span.end]});`"
        slip = error("missing-parenthesis", "expected `(`", at.gap(), "", help_)
        return Slip(slip, ("LPAR", "NUMBER", "RPAR"), length)
    if kind == "LBRACE" and at.accepted == {"LPAR"} and at.kinds_before("NAME"):
        help_ = f"a function is declared by `fn {at.before()}() {{ }}`"
        slip = error("missing-parenthesis", "expected `(`", at.gap(), "", help_)
        return Slip(slip, ("LPAR", "RPAR"))
    if kind in ("RPAR", "RSQB") and kind not in at.accepted:
        return _wrong_closer(at)
    for closer in ("RPAR", "RSQB"):
        if closer in at.accepted and at.open and kind in ("SEMICOLON", "LBRACE", "RBRACE"):
            return Slip(_not_closed(at, closer), (closer,))
    return None


def _wrong_closer(at: At) -> Slip | None:
    """A `)` or `]` where the innermost bracket is another."""
    inner: list[Token] = []
    for opener in reversed(at.open):
        if opener.type == "LBRACE":
            break
        inner.append(opener)
    matches = [BRACKETS[opener.type] for opener in inner]
    if not inner:
        if not (at.follows_operand() or at.wants_statement):
            return None
        return Slip(
            error("missing-parenthesis", f"this `{at.token}` closes nothing", at.here), skip=1
        )
    if matches[0] not in at.accepted:
        return None
    if at.token.type in matches:
        return Slip(_not_closed(at, matches[0]), (matches[0],))
    message = f"expected `{TEXTS[matches[0]]}`, found `{at.token}`"
    other = Mark(at.span(inner[0]), f"it would close this `{inner[0]}`")
    slip = error("missing-parenthesis", message, at.here, "", "", other)
    return Slip(slip, (matches[0],), 1)


def _not_closed(at: At, closer: str) -> Diagnostic:
    opener = at.open[-1]
    other = Mark(at.span(opener), f"this `{opener}` is not closed")
    return error("missing-parenthesis", f"expected `{TEXTS[closer]}`", at.gap(), "", "", other)


def brace(at: At) -> Slip | None:
    """A brace too few or too many."""
    kind = at.token.type
    if kind in ITEMS | {"$END"} and at.open:
        return _nested(at) or _block_not_closed(at)
    if kind in CLOSERS and not at.open:
        message = f"this `{at.token}` closes nothing"
        return Slip(error("missing-brace", message, at.here), skip=1)
    if kind == "ELSE":
        return _else(at)
    if "LBRACE" in at.accepted and not at.accepted & {"SEMICOLON", "RPAR", "RSQB", "COMMA"}:
        message = f"expected `{{`, found {spell(at.token)}"
        help_ = "a body always stands in braces"
        if kind == "SEMICOLON" and at.tokens[at.begin()].type == "FN":
            help_ = "a function is declared once, with its body, before or after its calls"
            slip = error("missing-brace", message, at.here, "", help_)
            return Slip(slip, ("LBRACE", "RBRACE"), 1)
        return Slip(error("missing-brace", message, at.here, "", help_))
    return None


def _block_not_closed(at: At) -> Slip:
    braces = sum(opener.type == "LBRACE" for opener in at.open)
    opener = next((o for o in reversed(at.open) if o.type == "LBRACE"), at.open[-1])
    closer = TEXTS[BRACKETS[opener.type]]
    message = f"expected `{closer}`, found {spell(at.token)}"
    other = Mark(at.span(opener), f"this `{opener}` is not closed")
    slip = error("missing-brace", message, at.here, "", "", other)
    return Slip(slip, ("RBRACE",) * braces if "RBRACE" in at.accepted else ())


def _nested(at: At) -> Slip | None:
    """A declaration inside a function, further in than the line on which that begins."""
    token = at.token
    outside = at.indentation(token) <= at.indentation(at.open[0])
    if token.type == "$END" or (outside and at.on_new_line()):
        return None
    if token.type == "FN" and at.wants_operand:
        message = "there are no functions in expressions"
        help_ = "a function is declared at top level, and called by its name"
        slip = error("declaration-syntax", message, at.here, "", help_)
        return Slip(slip, ("NUMBER",), _declaration_length(at))
    if not at.wants_statement:
        return None
    what = {"FN": "functions", "STRUCT": "structs", "IMPORT": "imports"}.get(token.type)
    if what is None:
        return None
    message = f"{what} are declared at top level"
    return Slip(error("declaration-syntax", message, at.here), skip=_declaration_length(at))


def _declaration_length(at: At) -> int:
    length = at.count_to("SEMICOLON", "LBRACE")
    last = at.tokens[at.index + length].type
    closed = at.matching(at.index + length) if last == "LBRACE" else None
    if closed is not None:
        return closed - at.index + 1
    return length + (last == "SEMICOLON")


def _else(at: At) -> Slip:
    """`else` inside a block that the `}` before it should have closed, or behind none."""
    blocks = [opener for opener in at.open if opener.type == "LBRACE"]
    if len(blocks) > 1 and "RBRACE" in at.accepted and not at.kinds_before("RBRACE"):
        other = Mark(at.span(blocks[-1]), "this `{` is not closed")
        message = "expected `}` before `else`"
        return Slip(error("missing-brace", message, at.here, "", "", other), ("RBRACE",))
    message = "`else` does not follow the `}` of an `if`"
    return Slip(error("unexpected-token", message, at.here))
