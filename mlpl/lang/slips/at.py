"""Where the parser stands when a token does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lark import Token

from mlpl.base.source import Source, Span
from mlpl.lang.vocabulary import BRACKETS, CLOSERS

_OPERAND_ENDS = frozenset(
    ["NAME", "NUMBER", "CHARACTER", "STRING", "TRUE", "FALSE", "RPAR", "RSQB"]
)


@dataclass(frozen=True, slots=True)
class At:
    """Where the parser stands when a token does not fit.

    Attributes:
        source: the text.
        tokens: all of its tokens, `$END` last.
        index: the token that does not fit.
        accepted: kinds of tokens that would fit.
        open: brackets open at this point, outermost first.
    """

    source: Source
    tokens: Sequence[Token]
    index: int
    accepted: frozenset[str]
    open: Sequence[Token]

    # What the grammar waits for

    @property
    def wants_item(self) -> bool:
        """Whether a declaration may stand here."""
        return "FN" in self.accepted

    @property
    def wants_statement(self) -> bool:
        """Whether a statement may stand here."""
        return "LET" in self.accepted

    @property
    def wants_operand(self) -> bool:
        """Whether an expression must go on here."""
        return "NUMBER" in self.accepted and "LET" not in self.accepted

    @property
    def has_operand(self) -> bool:
        """Whether an expression may end here."""
        return "ANDAND" in self.accepted

    # Tokens around

    @property
    def token(self) -> Token:
        """The token that does not fit."""
        return self.tokens[self.index]

    def before(self, distance: int = 1) -> Token | None:
        """Returns the token so many places before it, or None."""
        return self.tokens[self.index - distance] if self.index >= distance else None

    def after(self, distance: int = 1) -> Token:
        """Returns the token so many places behind it, `$END` from the end on."""
        return self.tokens[min(self.index + distance, len(self.tokens) - 1)]

    def kinds_before(self, *kinds: str) -> bool:
        """Whether tokens of these kinds stand right before it."""
        if self.index < len(kinds):
            return False
        return [t.type for t in self.tokens[self.index - len(kinds) : self.index]] == list(kinds)

    def follows_operand(self) -> bool:
        """Whether the token before ends a name, literal, call or index."""
        previous = self.before()
        return previous is not None and previous.type in _OPERAND_ENDS

    def joins(self, *texts: str) -> bool:
        """Whether the tokens from here on have these texts, with nothing between them."""
        found = self.tokens[self.index : self.index + len(texts)]
        adjacent = all(a.end_pos == b.start_pos for a, b in pairwise(found))
        return [str(token) for token in found] == list(texts) and adjacent

    def touches(self) -> bool:
        """Whether nothing stands between the token and the one before."""
        previous = self.before()
        return previous is not None and previous.end_pos == self.token.start_pos

    def place_of(self, opener: Token) -> int:
        """Returns where an open bracket stands among the tokens; 0 if a repair has put it in."""
        places = range(self.index, 0, -1)
        return next((index for index in places if self.tokens[index] is opener), 0)

    def matching(self, index: int) -> int | None:
        """Returns where the bracket at `index` is closed; None if it is not."""
        depth = 0
        for at in range(index, len(self.tokens)):
            kind = self.tokens[at].type
            depth += (kind in BRACKETS) - (kind in CLOSERS)
            if depth == 0:
                return at
        return None

    def begin(self) -> int:
        """Returns where the statement or declaration begins that the token is in."""
        at = self.index
        while at > 0 and self.tokens[at - 1].type not in ("SEMICOLON", "LBRACE", "RBRACE"):
            at -= 1
        return at

    def opens_statement(self) -> bool:
        """Whether the token before is the first of its statement."""
        return self.begin() == self.index - 1

    def count_to(self, *kinds: str) -> int:
        """Returns how many tokens stand before the next of these kinds outside of brackets.

        A bracket that closes one further out is the end, too.
        """
        depth = 0
        for at in range(self.index, len(self.tokens)):
            kind = self.tokens[at].type
            if kind == "$END" or (depth == 0 and (kind in kinds or kind in CLOSERS)):
                return at - self.index
            depth += (kind in BRACKETS) - (kind in CLOSERS)
        return len(self.tokens) - 1 - self.index

    def count_on_line(self) -> int:
        """Returns how many tokens stand from here to the end of the line."""
        line = self.source.position(self.token.start_pos or 0)[0]
        at = self.index
        while self.tokens[at].type != "$END":
            if self.source.position(self.tokens[at].start_pos or 0)[0] > line:
                break
            at += 1
        return at - self.index

    # Places in the text

    def span(self, token: Token) -> Span:
        """Returns the span of a token."""
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    @property
    def here(self) -> Span:
        """The span of the token that does not fit."""
        return self.span(self.token)

    def reach(self, count: int) -> Span:
        """Returns the span of so many tokens from here on."""
        return self.here.to(self.span(self.after(max(count, 1) - 1)))

    def gap(self) -> Span:
        """Returns the place right behind the token before: where something is missing."""
        previous = self.before()
        end = (previous.end_pos or 0) if previous is not None else 0
        return Span(self.source, end, end + 1)

    def indentation(self, token: Token) -> int:
        """Returns how many characters of white space the token's line begins with."""
        line = self.source.line(self.source.position(token.start_pos or 0)[0])
        return len(line) - len(line.lstrip())

    def on_new_line(self) -> bool:
        """Whether the token begins a line, or is the end of the file."""
        start = self.tokens[self.index - 1].end_pos or 0 if self.index else 0
        return self.token.type == "$END" or "\n" in self.source.text[start : self.token.start_pos]
