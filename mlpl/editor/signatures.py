"""The function that is being called at a place, and which argument is being written."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.editor import visible
from mlpl.editor.analysis import Analysis
from mlpl.editor.describe import comment, line
from mlpl.editor.lexical import Lexical, lexical, start_of
from mlpl.editor.names import define
from mlpl.editor.words import BUILTINS
from mlpl.lang.check.symbols import BuiltinSymbol, FunctionSymbol, Symbol


@dataclass(frozen=True, slots=True)
class Signature:
    """A call that is being written.

    Attributes:
        text: the head of the function.
        parameters: for each parameter, where it stands in `text`.
        active: the number of the argument at the place.
        about: what the function does.
    """

    text: str
    parameters: tuple[tuple[int, int], ...]
    active: int
    about: str


def signature(analysis: Analysis, offset: int) -> Signature | None:
    """Returns the innermost call around an offset, or None."""
    text = lexical(analysis.source)
    if text.in_text(offset) and not _in_string(text, offset):
        return None
    for number in reversed(text.opened(offset)):
        kind = text.tokens[number].type
        if kind == "LBRACE":
            return None
        if kind == "LPAR" and number > 0:
            found = _call(analysis, text, number, offset)
            if found is not None:
                return found
    return None


def _in_string(text: Lexical, offset: int) -> bool:
    token = text.at(offset)
    return token is not None and token.type in ("STRING", "UNCLOSED_STRING", "CHARACTER")


def _call(analysis: Analysis, text: Lexical, opening: int, offset: int) -> Signature | None:
    callee = text.tokens[opening - 1]
    before = text.tokens[opening - 2].type if opening > 1 else ""
    if callee.type == "INT":
        head, about = BUILTINS["int"].signature("int"), BUILTINS["int"].text
    elif callee.type == "NAME" and before != "FN":
        names = visible.visible(analysis, start_of(callee))
        symbol: object = names.get(str(callee))
        if before == "DOT" and opening > 2:
            base = visible.before_dot(analysis, start_of(text.tokens[opening - 2]))
            symbol = visible.member(base, str(callee))
        if not isinstance(symbol, FunctionSymbol | BuiltinSymbol):
            return None
        head, about = _described(symbol)
    else:
        return None
    return Signature(head, _parameters(head), _active(text, opening, offset), about)


def _described(symbol: Symbol) -> tuple[str, str]:
    return line(symbol), comment(define(symbol))


def _parameters(head: str) -> tuple[tuple[int, int], ...]:
    """Returns where the parameters stand in the head of a function."""
    begin, end = head.find("("), head.rfind(")")
    if begin < 0 or end < begin:
        return ()
    found, start = [], begin + 1
    depth = 0
    for number in range(begin + 1, end + 1):
        depth += (head[number] in "([") - (head[number] in ")]" and number < end)
        if number == end or (head[number] == "," and depth == 0):
            part = head[start:number]
            if part.strip():
                found.append((start + len(part) - len(part.lstrip()), number))
            start = number + 1
    return tuple(found)


def _active(text: Lexical, opening: int, offset: int) -> int:
    """Returns how many commas stand between a bracket and an offset, inner brackets left out."""
    depth = commas = 0
    for token in text.tokens[opening + 1 : text.before(offset)]:
        depth += token.type in ("LPAR", "LSQB", "LBRACE")
        depth -= token.type in ("RPAR", "RSQB", "RBRACE")
        commas += token.type == "COMMA" and depth == 0
    return commas
