"""Types in the manner of other languages."""

from __future__ import annotations

from mlpl.base.source import Span
from mlpl.lang.slips.at import At
from mlpl.lang.slips.slip import Slip, error


def _slip(message: str, span: Span, help_: str, skip: int, insert: tuple[str, ...] = ()) -> Slip:
    return Slip(error("declaration-syntax", message, span, "", help_), insert, skip)


def foreign_type(at: At) -> Slip | None:
    """`[int; 3]`, `[]int`, `[3]int`, `int*3`, `*int`, `List<int>`."""
    if "BOOL" in at.accepted and not at.wants_statement and at.token.type == "LSQB":
        closed = at.matching(at.index)
        if closed is None:
            return None
        length = closed - at.index + 1
        more = at.tokens[closed + 1].type in ("INT", "BOOL", "NAME")
        help_ = "an array of 3 ints is an `int[3]`; a parameter of any length an `int[]`"
        message = "the length of an array stands behind the type"
        return _slip(message, at.reach(length), help_, length, () if more else ("INT",))
    if at.token == "*" and "LSQB" in at.accepted and not (at.has_operand or at.wants_operand):
        return _product(at)
    if at.token in ("&", "*") and "BOOL" in at.accepted and not at.wants_statement:
        help_ = "arrays and structs are passed by reference as they are"
        return _slip("there are no pointers", at.here, help_, 1)
    declared = at.kinds_before("FN", "NAME") or at.kinds_before("STRUCT", "NAME")
    if at.token == "<" and (declared or at.kinds_before("COLON", "NAME")):
        end = at.index
        while at.tokens[end] not in (">", ">>") and at.tokens[end].type in (
            "NAME",
            "INT",
            "BOOL",
            "COMMA",
            "COMPARE",
        ):
            end += 1
        if at.tokens[end] in (">", ">>"):
            length = end - at.index + 1
            help_ = "an array of 3 ints is an `int[3]`"
            message = "types have no parameters"
            if declared:
                message, help_ = "there are no type parameters", "every type has its own functions"
            return _slip(message, at.reach(length), help_, length)
    return None


def _product(at: At) -> Slip:
    """`int*3` and `int*`."""
    length = at.count_to("SEMICOLON", "COMMA", "EQUAL", "LBRACE")
    if length == 1:
        help_ = "arrays and structs are passed by reference as they are"
        return _slip("there are no pointers", at.here, help_, 1)
    extent = at.reach(length)
    text = at.source.text[extent.start + 1 : extent.end].strip()
    help_ = f"`{at.before()}[{text if text.isalnum() else '…'}]`"
    return _slip("the length of an array stands in brackets", extent, help_, length)
