"""Source to formatted text."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from mlpl.base.diagnostics import CompileError, Diagnostic
from mlpl.base.source import Source
from mlpl.lang.format.comments import comments, words
from mlpl.lang.format.layout import document
from mlpl.lang.format.printer import print_document
from mlpl.lang.load import LARGEST
from mlpl.lang.parse import parse, read_tokens
from mlpl.lang.vocabulary import CLOSERS


def format_source(source: Source) -> str:
    """Returns the program in its one layout; nothing but white space and last commas change.

    Raises:
        CompileError: it has syntax errors, or is too large when formatted.
    """
    parse(source)
    tokens = read_tokens(source)
    text = print_document(document(words(source, tokens))).strip("\n")
    text = f"{text}\n" if text else ""
    if len(text) > LARGEST:
        message = f"formatted, this source has more than {LARGEST:,} bytes"
        raise CompileError([Diagnostic("source-too-large", message, path=source.path)])
    _check(source, tokens, Source(source.path, text))
    return text


def _check(source: Source, tokens: Sequence[Token], made: Source) -> None:
    """Makes sure that nothing was lost: a damaged program is worse than none."""
    after = read_tokens(made)
    if _essence(tokens) != _essence(after):
        raise AssertionError("the formatter has changed a token")
    before_comments = [_unplaced(text) for text in comments(source, tokens)]
    if before_comments != [_unplaced(text) for text in comments(made, after)]:
        raise AssertionError("the formatter has changed a comment")


def _essence(tokens: Sequence[Token]) -> list[str]:
    """Returns the texts of tokens without commas behind last elements."""
    following = [*(token.type for token in tokens[1:]), ""]
    return [
        str(token)
        for token, after in zip(tokens, following, strict=False)
        if token.type != "COMMA" or after not in CLOSERS
    ]


def _unplaced(comment: str) -> list[str]:
    """Returns the lines of a comment without white space around them."""
    return [line.strip() for line in comment.split("\n")]
