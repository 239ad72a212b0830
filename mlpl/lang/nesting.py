"""How deep a text nests, found on its tokens before anything recursive meets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lark import Token

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.lang.vocabulary import BRACKETS, CLOSERS

DEEPEST = 200
"""Brackets and blocks inside one another."""

LONGEST = 500
"""Levels of the tree: brackets, blocks, and the operators and `else if` that chain in them."""

_END = frozenset({"SEMICOLON", "COMMA"})
_BINARY = frozenset(
    ["OROR", "ANDAND", "COMPARE", "PIPE", "CARET", "AMPERSAND", "SHIFT", "PLUS", "MINUS", "TIMES"]
)
_LEVEL = _BINARY | {"BANG", "TILDE", "QMARK", "DOT"}
_POSTFIX = frozenset({"NAME", "RPAR", "RSQB"})


@dataclass(slots=True)
class _Open:
    """An open bracket: how high the finished parts inside it are, and the one in progress.

    A part that is an `if` consists of branches, each one level further down than the one before.
    """

    tallest: int = 0
    branches: int = 0
    tallest_branch: int = 0
    operators: int = 0
    inner: int = 0

    @property
    def height(self) -> int:
        return self.branches + max(self.tallest_branch, self.operators + self.inner)

    def close_branch(self) -> None:
        self.tallest_branch = max(self.tallest_branch, self.operators + self.inner)
        self.branches += 1
        self.operators = self.inner = 0

    def close_part(self) -> None:
        self.tallest = max(self.tallest, self.height)
        self.branches = self.tallest_branch = self.operators = self.inner = 0


def check_nesting(source: Source, tokens: Sequence[Token]) -> Diagnostic | None:
    """Returns what is wrong with the first place that nests too deep, or None.

    The height of the tree is bounded from above: in each bracket, a part between commas or
    semicolons is as high as its number of operators and the highest bracket in it together.
    """
    levels = [_Open()]
    previous = ""
    following = [*(token.type for token in tokens[1:]), *["$END"][: len(tokens)]]
    for token, next_kind in zip(tokens, following, strict=True):
        kind, level = token.type, levels[-1]
        if kind in BRACKETS:
            level.operators += kind != "LBRACE" and previous in _POSTFIX
            levels.append(_Open())
            if len(levels) > DEEPEST + 1:
                return _too_deep(source, token)
        elif kind in CLOSERS and len(levels) > 1:
            level.close_part()
            levels.pop()
            levels[-1].inner = max(levels[-1].inner, level.tallest + 1)
            if kind == "RBRACE" and next_kind != "ELSE":
                levels[-1].close_part()
        elif kind in _END:
            level.close_part()
        elif kind == "ELSE":
            level.close_branch()
        elif kind in _LEVEL:
            level.operators += 1
        if levels[-1].height > LONGEST:
            return _too_long(source, token)
        previous = kind
    return None


def _too_deep(source: Source, token: Token) -> Diagnostic:
    return Diagnostic(
        "nesting-too-deep",
        f"brackets and blocks nest more than {DEEPEST} levels deep here",
        _mark(source, token),
        help="parts of it may become functions or variables of their own",
    )


def _too_long(source: Source, token: Token) -> Diagnostic:
    return Diagnostic(
        "nesting-too-deep",
        f"more than {LONGEST} operators or branches depend on one another here",
        _mark(source, token),
        help="intermediate results may go into variables, long tables into arrays",
    )


def _mark(source: Source, token: Token) -> Mark:
    return Mark(Span(source, token.start_pos or 0, token.end_pos or 0))
