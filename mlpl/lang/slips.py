"""What a syntax error probably was: a diagnostic, and how to go on as if it had been right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lark import Token

from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.lang.vocabulary import (
    CLOSERS,
    ITEMS,
    KEYWORDS,
    STATEMENTS,
    describe_expected,
    spell,
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

    @property
    def token(self) -> Token:
        """The token that does not fit."""
        return self.tokens[self.index]

    def before(self, distance: int = 1) -> Token | None:
        """Returns the token so many places before it, or None."""
        return self.tokens[self.index - distance] if self.index >= distance else None

    def kinds_before(self, *kinds: str) -> bool:
        """Whether tokens of these kinds stand right before it."""
        if self.index < len(kinds):
            return False
        return [t.type for t in self.tokens[self.index - len(kinds) : self.index]] == list(kinds)

    def span(self, token: Token) -> Span:
        """Returns the span of a token."""
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def gap(self) -> Span:
        """Returns the place right behind the token before: where something is missing."""
        previous = self.before()
        end = (previous.end_pos or 0) if previous is not None else 0
        return Span(self.source, end, end + 1)

    def at_margin(self) -> bool:
        """Whether the token is the first character of its line."""
        start = self.token.start_pos or 0
        return start == 0 or self.source.text[start - 1] == "\n"

    def on_new_line(self) -> bool:
        """Whether the token begins a line, or is the end of the file."""
        start = self.tokens[self.index - 1].end_pos or 0 if self.index else 0
        return self.token.type == "$END" or "\n" in self.source.text[start : self.token.start_pos]


_OPERAND_ENDS = frozenset(
    ["NAME", "NUMBER", "CHARACTER", "STRING", "TRUE", "FALSE", "RPAR", "RSQB"]
)


@dataclass(frozen=True, slots=True)
class Slip:
    """An explanation, and a repair.

    Attributes:
        diagnostic: what to report.
        insert: kinds of tokens to read first, instead of giving up the statement.
        skip: how many tokens to leave out after that.
        retract: whether the name just read is taken back before.
    """

    diagnostic: Diagnostic
    insert: tuple[str, ...] = ()
    skip: int = 0
    retract: bool = False

    @property
    def repairs(self) -> bool:
        """Whether parsing goes on in the same statement."""
        return bool(self.insert or self.skip)


def explain(at: At) -> Slip:
    """Returns what is wrong at a token that does not fit: the first explanation that applies."""
    for attempt in _ATTEMPTS:
        slip = attempt(at)
        if slip is not None:
            return slip
    return _unexpected(at)


def _error(
    rule: str, message: str, span: Span, text: str = "", help_: str = "", *others: Mark
) -> Diagnostic:
    return Diagnostic(rule, message, Mark(span, text), others, help_)


def _foreign_word(at: At) -> Slip | None:
    """`and`, `or`, `not`, `elif` and other words of other languages."""
    previous = at.before()
    if at.token.type == "NAME" and "ANDAND" in at.accepted and at.token in ("and", "or"):
        symbol, kind = ("&&", "ANDAND") if at.token == "and" else ("||", "OROR")
        message = f"`{at.token}` is written `{symbol}`"
        return Slip(_error("foreign-operator", message, at.span(at.token)), (kind,), 1)
    if previous is None or previous.type != "NAME":
        return None
    if previous == "not":
        error = _error("foreign-operator", "`not` is written `!`", at.span(previous))
        return Slip(error, ("BANG",), retract=True)
    if previous in ("elif", "elsif", "elseif"):
        message = f"`{previous}` is written `else if`"
        return Slip(_error("foreign-operator", message, at.span(previous)))
    return None


def _foreign_operator(at: At) -> Slip | None:
    """`++`, `--`, `**`, a unary `+`."""
    previous = at.before()
    following = at.tokens[at.index + 1] if at.index + 1 < len(at.tokens) else at.token
    if at.token == "+" and following == "+" and "NUMBER" in at.accepted:
        span = at.span(at.token).to(at.span(following))
        help_ = "a variable is incremented by `x += 1`"
        return Slip(
            _error("foreign-operator", "there is no operator `++`", span, "", help_), skip=2
        )
    if previous is None:
        return None
    both = at.span(previous).to(at.span(at.token))
    adjacent = previous.end_pos == at.token.start_pos
    if at.token == "+" and previous == "+" and adjacent:
        help_ = "a variable is incremented by `x += 1`"
        return Slip(_error("foreign-operator", "there is no operator `++`", both, "", help_))
    if at.token == "*" and previous == "*" and adjacent:
        help_ = "powers are computed by `math.pow` after `import math;`"
        return Slip(_error("foreign-operator", "there is no operator `**`", both, "", help_))
    if at.kinds_before("MINUS", "MINUS") and at.token.type in ("SEMICOLON", "RPAR"):
        first = at.span(at.tokens[at.index - 2])
        help_ = "a variable is decremented by `x -= 1`"
        message = "there is no operator `--` behind a variable"
        return Slip(_error("foreign-operator", message, first.to(at.span(previous)), "", help_))
    if at.token.type == "PLUS" and "NUMBER" in at.accepted:
        message = "there is no unary `+`"
        return Slip(_error("foreign-operator", message, at.span(at.token)), skip=1)
    return None


def _range(at: At) -> Slip | None:
    """Loops in the manner of other languages, `...` and `..=`."""
    token = at.token
    if at.kinds_before("RANGE") and token.type in ("DOT", "EQUAL"):
        help_ = "the end of a range is not part of it: `0..3` is 0, 1, 2"
        span = at.span(at.tokens[at.index - 1]).to(at.span(token))
        return Slip(_error("range-syntax", "a range is written `a..b`", span, "", help_), skip=1)
    help_ = (
        "a loop is written `for i in 0..10 { }`, `for i in 9..-1 by -1 { }` or `for x in xs { }`"
    )
    if at.kinds_before("FOR") and token.type not in KEYWORDS:
        message = "`for` is followed by the name of its variable"
        return Slip(_error("range-syntax", message, at.span(token), "", help_))
    if at.kinds_before("FOR", "NAME"):
        message = "expected `in` after the loop's variable"
        return Slip(_error("range-syntax", message, at.span(token), "expected `in`", help_))
    if "RANGE" in at.accepted and token.type in ("COMMA", "COLON", "NAME"):
        message = "the bounds of a range are separated by `..`"
        return Slip(_error("range-syntax", message, at.span(token), "", help_), ("RANGE",), 1)
    return None


def _assignment(at: At) -> Slip | None:
    """`=` inside an expression."""
    previous = at.before()
    if at.token.type not in ("EQUAL", "ASSIGN") or previous is None:
        return None
    if previous.type not in _OPERAND_ENDS:
        return None
    message = f"`{at.token}` assigns, and that is a statement of its own"
    help_ = "`==` compares" if at.token == "=" else ""
    error = _error("assignment-in-expression", message, at.span(at.token), "", help_)
    kind = next((kind for kind in ("COMPARE", "ANDAND") if kind in at.accepted), None)
    return Slip(error, (kind,), 1) if kind is not None else Slip(error)


def _comparison(at: At) -> Slip | None:
    """`a < b < c`."""
    if at.token.type != "COMPARE" or "ANDAND" not in at.accepted:
        return None
    help_ = "`a < b && b < c` asks for both; parentheses compare a result"
    error = _error("comparison-chain", "comparisons do not chain", at.span(at.token), "", help_)
    return Slip(error, ("ANDAND",), 1)


def _keyword(at: At) -> Slip | None:
    """A keyword where only a name may stand."""
    if at.token.type not in KEYWORDS or "NAME" not in at.accepted or len(at.accepted) > 2:
        return None
    named = at.tokens[at.index + 1].type == "COLON"
    if "RPAR" in at.accepted and at.token.type in STATEMENTS | ITEMS and not named:
        return None
    message = f"`{at.token}` is a keyword and cannot be a name"
    return Slip(_error("keyword-as-name", message, at.span(at.token)), ("NAME",), 1)


def _declaration(at: At) -> Slip | None:
    """Declarations in the manner of C, functions in that of others."""
    if (at.kinds_before("INT") and at.token.type == "NAME") or at.token.type == "BOOL":
        if "LPAR" in at.accepted or "LET" in at.accepted:
            first = at.tokens[at.index - 1] if at.token.type == "NAME" else at.token
            help_ = f"a variable is declared by `var x: {first};` or `var x = 0;`"
            message = "a declaration begins with `let` or `var`"
            return Slip(_error("declaration-syntax", message, at.span(first), "", help_))
        return None
    if at.token.type == "CONST" and "LET" in at.accepted and not at.at_margin():
        error = _error(
            "declaration-syntax",
            "constants are declared at top level",
            at.span(at.token),
            "",
            "in a block, `let` binds a value that never changes",
        )
        return Slip(error, ("LET",), 1)
    if "FN" not in at.accepted or at.token.type in ("$END", "RBRACE", "SEMICOLON"):
        return None
    help_ = ""
    if at.token in ("def", "func", "function", "proc", "void", "fun"):
        help_ = "a function is declared by `fn name(a: int) -> int { }`"
    elif at.token.type in ("LET", "INT", "BOOL"):
        help_ = "at top level, `const` binds a constant, and `var` declares a global"
    elif at.token.type in STATEMENTS or at.token.type == "NAME":
        help_ = "statements stand inside functions; a program begins in `fn main() { }`"
    message = f"expected a declaration, found {spell(at.token)}"
    return Slip(_error("unexpected-token", message, at.span(at.token), "", help_))


def _semicolon(at: At) -> Slip | None:
    """One semicolon too few or too many."""
    kind = at.token.type
    if "SEMICOLON" in at.accepted:
        ends = kind in STATEMENTS | ITEMS | {"RBRACE", "$END"}
        if ends or kind == "NAME" or (at.on_new_line() and kind not in CLOSERS | {"LBRACE"}):
            error = _error("missing-semicolon", "expected `;`", at.gap(), "a `;` is missing here")
            return Slip(error, ("SEMICOLON",))
        return None
    if kind == "SEMICOLON" and ("LET" in at.accepted or "FN" in at.accepted):
        message = "there is no empty statement"
        help_ = "nothing follows the `}` of a block" if at.kinds_before("RBRACE") else ""
        return Slip(_error("empty-statement", message, at.span(at.token), "", help_), skip=1)
    return None


def _brace(at: At) -> Slip | None:
    """A brace too few or too many."""
    kind = at.token.type
    if kind in ITEMS | {"$END"} and at.open:
        braces = sum(opener.type == "LBRACE" for opener in at.open)
        opener = next((o for o in reversed(at.open) if o.type == "LBRACE"), at.open[-1])
        closer = {"LPAR": ")", "LSQB": "]"}.get(opener.type, "}")
        message = f"expected `{closer}`, found {spell(at.token)}"
        other = Mark(at.span(opener), f"this `{opener}` is not closed")
        error = _error("missing-brace", message, at.span(at.token), "", "", other)
        return Slip(error, ("RBRACE",) * braces if "RBRACE" in at.accepted else ())
    if kind in CLOSERS and not at.open:
        message = f"this `{at.token}` closes nothing"
        return Slip(_error("missing-brace", message, at.span(at.token)), skip=1)
    if kind == "ELSE":
        message = "`else` does not follow the `}` of an `if`"
        return Slip(_error("unexpected-token", message, at.span(at.token)))
    if "LBRACE" in at.accepted and "SEMICOLON" not in at.accepted:
        message = f"expected `{{`, found {spell(at.token)}"
        help_ = "a body always stands in braces"
        return Slip(_error("missing-brace", message, at.span(at.token), "", help_))
    return None


def _parenthesis(at: At) -> Slip | None:
    """A parenthesis or bracket that is not closed."""
    for kind, symbol in (("RPAR", ")"), ("RSQB", "]")):
        if kind in at.accepted and at.open and at.token.type in ("SEMICOLON", "LBRACE", "RBRACE"):
            opener = at.open[-1]
            other = Mark(at.span(opener), f"this `{opener}` is not closed")
            error = _error("missing-parenthesis", f"expected `{symbol}`", at.gap(), "", "", other)
            return Slip(error, (kind,))
    return None


def _misplaced_value(at: At) -> Slip | None:
    """A struct's initialiser in an expression."""
    if at.token.type != "LBRACE" or not at.kinds_before("NAME") or "ANDAND" not in at.accepted:
        return None
    message = "an initialiser of a struct stands only in a declaration"
    return Slip(_error("misplaced-initializer", message, at.span(at.token)))


def _unexpected(at: At) -> Slip:
    expected = describe_expected(at.accepted)
    message = f"expected {expected}, found {spell(at.token)}"
    return Slip(_error("unexpected-token", message, at.span(at.token), f"expected {expected}"))


_ATTEMPTS: tuple[Callable[[At], Slip | None], ...] = (
    _foreign_word,
    _foreign_operator,
    _range,
    _comparison,
    _keyword,
    _declaration,
    _assignment,
    _semicolon,
    _parenthesis,
    _brace,
    _misplaced_value,
)
