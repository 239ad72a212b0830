"""A Pygments lexer for MLPL, a plug-in that Pygments finds by the name `mlpl`."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)

from mlpl.lang.check.names import BUILTINS
from mlpl.lang.vocabulary import KEYWORD_TEXTS

TYPES = ("bool", "int")
CONSTANTS = ("false", "true")
DECLARING = ("const", "fn", "import", "let", "struct", "var")
_OTHERS = tuple(word for word in KEYWORD_TEXTS if word not in (*TYPES, *CONSTANTS, *DECLARING))

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ESCAPE = r"\\(?:[ntr0\\'\"]|x[0-9A-Fa-f]{2})"


def _declaration(keyword: str, kind: _TokenType, declared: _TokenType) -> tuple[str, object]:
    """Returns the rule for a keyword with the name behind it."""
    kinds = bygroups(kind, Whitespace, declared)  # type: ignore[no-untyped-call]
    return rf"({keyword})([ \t\r\n]+)({_NAME})", kinds


class MlplLexer(RegexLexer):
    """Divides MLPL sources into tokens for highlighting (L1)."""

    name = "MLPL"
    aliases: ClassVar = ["mlpl"]
    filenames: ClassVar = ["*.mlpl"]
    mimetypes: ClassVar = ["text/x-mlpl"]

    tokens: ClassVar = {
        "root": [
            (r"[ \t\r\n]+", Whitespace),
            (r"//[^\n]*", Comment.Single),
            (r"/\*[^*]*\*+([^/*][^*]*\*+)*/", Comment.Multiline),
            (r"/\*[\s\S]*", Error),
            _declaration("fn", Keyword.Declaration, Name.Function),
            _declaration("struct", Keyword.Declaration, Name.Class),
            _declaration("import", Keyword.Namespace, Name.Namespace),
            (words(TYPES, r"\b", r"\b"), Keyword.Type),
            (words(CONSTANTS, r"\b", r"\b"), Keyword.Constant),
            (words(("import", "as"), r"\b", r"\b"), Keyword.Namespace),
            (words(DECLARING, r"\b", r"\b"), Keyword.Declaration),
            (words(_OTHERS, r"\b", r"\b"), Keyword),
            (words(BUILTINS, r"\b", r"\b(?=\s*\()"), Name.Builtin),
            (_NAME, Name),
            (r"0x[0-9A-Fa-f](_*[0-9A-Fa-f])*\b", Number.Hex),
            (r"0b[01](_*[01])*\b", Number.Bin),
            (r"[0-9](_*[0-9])*\b", Number.Integer),
            (rf"'({_ESCAPE}|[^'\\\n])'", String.Char),
            (r'"', String.Double, "string"),
            (r"->|\.\.|<<=|>>=|[-+*/%&|^]=|&&|\|\||<<|>>|[=!<>]=|[-+*/%&|^~!<>=?]", Operator),
            (r"[:;,.(){}\[\]]", Punctuation),
        ],
        "string": [
            (r'"', String.Double, "#pop"),
            (_ESCAPE, String.Escape),
            (r'[^"\\\n]+', String.Double),
            (r"\n", Error, "#pop"),
        ],
    }
