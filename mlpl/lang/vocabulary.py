"""The kinds of tokens, in groups and in words."""

from __future__ import annotations

from collections.abc import Set

from lark import Token

KEYWORD_TEXTS = (
    *("as", "assert", "bool", "break", "by", "const", "continue", "else", "false", "fn", "for"),
    *("if", "import", "in", "int", "let", "return", "struct", "true", "var", "while"),
)

KEYWORDS = frozenset(text.upper() for text in KEYWORD_TEXTS)
ITEMS = frozenset({"IMPORT", "CONST", "STRUCT", "FN"})
"""Keywords that stand at top level only; `var` stands everywhere."""

STATEMENTS = frozenset(
    {"LET", "VAR", "IF", "WHILE", "FOR", "BREAK", "CONTINUE", "RETURN", "ASSERT"}
)
BRACKETS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSERS = frozenset(BRACKETS.values())

OPERANDS = frozenset(
    ["NAME", "NUMBER", "CHARACTER", "STRING", "TRUE", "FALSE", "LPAR", "MINUS", "BANG", "TILDE"]
)
"""Kinds of tokens with which an operand begins, or a prefix of one."""

TEXTS = {
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "LPAR": "(",
    "LSQB": "[",
    "LBRACE": "{",
    "SEMICOLON": ";",
    "COMMA": ",",
    "COLON": ":",
    "EQUAL": "=",
    "RANGE": "..",
    "ARROW": "->",
    "DOT": ".",
    "ANDAND": "&&",
    "OROR": "||",
    "BANG": "!",
    "COMPARE": "==",
    "PLUS": "+",
    "NUMBER": "0",
    "NAME": "_",
} | {text.upper(): text for text in KEYWORD_TEXTS}
"""A text for each kind of token that the parser may put in or ask for."""

_LONGEST = 40


def spell(token: Token) -> str:
    """Returns the token in words: `` `x` ``, ``keyword `in` ``, `the end of the file`."""
    if token.type == "$END":
        return "the end of the file"
    text = str(token) if len(token) <= _LONGEST else token[: _LONGEST - 1] + "…"
    return f"keyword `{text}`" if token.type in KEYWORDS else f"`{text}`"


def describe_expected(accepted: Set[str]) -> str:
    """Returns what would have fitted, in words."""
    if "NUMBER" in accepted:
        return "a statement" if "LET" in accepted else "an expression"
    if "FN" in accepted:
        return "a declaration"
    if "BOOL" in accepted:
        return "a type"
    preferred = [
        kind
        for kind in ("SEMICOLON", "RPAR", "RSQB", "LBRACE", "RBRACE", "COMMA", "COLON", "EQUAL")
        if kind in accepted and (kind != "LBRACE" or "ANDAND" not in accepted)
    ]
    if "NAME" in accepted:
        preferred.insert(0, "NAME")
    kinds = preferred or sorted(kind for kind in accepted if kind in TEXTS)
    words = ["a name" if kind == "NAME" else f"`{TEXTS[kind]}`" for kind in kinds[:3]]
    return " or ".join(words) if words else "something else"
