"""Source to syntax tree, with every syntax error that can be told from those before it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.util import cache_from_source
from itertools import islice
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer

from mlpl.base.diagnostics import CompileError, Diagnostic, Mark
from mlpl.base.source import Source, Span
from mlpl.lang import syntax
from mlpl.lang.builder import Builder
from mlpl.lang.load import LARGEST, check_length
from mlpl.lang.nesting import check_nesting
from mlpl.lang.recovery import parse_tokens
from mlpl.lang.scan import MOST_ERRORS, MOST_TOKENS, TOO_LARGE, scan

_ONE_AT_A_TIME = threading.Lock()
"""The parser's callbacks know one source."""


def parse(source: Source) -> syntax.Module:
    """Returns the syntax tree of a source.

    Raises:
        CompileError: it is not a text of the language.
    """
    module, errors = parse_partially(source)
    if errors:
        raise CompileError(errors)
    return module


def parse_partially(
    source: Source, tokens: Iterable[Token] | None = None
) -> tuple[syntax.Module, list[Diagnostic]]:
    """Returns what can be read of a source, and every error in order; no error, no part missing.

    A text that is too long or nests too deep, or has too many errors, gives an empty tree.
    `tokens` are those that `lex` gives, where they are known already.
    """
    nothing = syntax.Module(source, (), whole=False)
    try:
        check_length(source)
    except CompileError as error:
        return nothing, list(error.diagnostics)
    with _ONE_AT_A_TIME:
        grammar, builder = _load()
        builder.source = source
        readable, errors = scan(source, grammar.lex(source.text) if tokens is None else tokens)
        if any(error.rule == TOO_LARGE for error in errors):
            return nothing, errors
        nesting = check_nesting(source, readable)
        if nesting is not None:
            return nothing, [*errors, nesting]
        module, more = parse_tokens(grammar, source, readable)
        if module is not None and len(errors) >= MOST_ERRORS:
            module = replace(module, whole=False)
    return module or nothing, _in_order([*errors, *_independent(more, errors)])


def lex(source: Source) -> list[Token]:
    """Returns the tokens of a source without space and comments, unreadable ones too.

    Of more than any source may have, one more.
    """
    with _ONE_AT_A_TIME:
        grammar, _ = _load()
        return list(islice(grammar.lex(source.text), MOST_TOKENS + 1))


def read_tokens(source: Source) -> list[Token]:
    """Returns the tokens of a source that can be read; it may have errors."""
    check_length(source)
    grammar, _ = _load()
    return scan(source, grammar.lex(source.text))[0]


def read_grammar(callbacks: Transformer[Any, Any]) -> Lark:
    """Returns the language's parser, which calls back with each rule that it has read.

    To make its tables takes as long as to check a small program, so Lark keeps them beside the
    bytecode of this package, where it may write there, and knows old ones.
    """
    return Lark(
        files("mlpl.lang").joinpath("mlpl.lark").read_text(encoding="utf-8"),
        start="module",
        parser="lalr",
        lexer="basic",
        keep_all_tokens=True,
        maybe_placeholders=False,
        transformer=callbacks,
        cache=_kept_tables() or False,
    )


def _kept_tables() -> str | None:
    """Returns where the parser's tables are kept; None where they are not, and may not be."""
    if sys.implementation.cache_tag is None:
        return None
    path = Path(cache_from_source(__file__)).with_suffix(".tables")
    return None if sys.dont_write_bytecode and not path.exists() else str(path)


@cache
def _load() -> tuple[Lark, Builder]:
    builder = Builder()
    return read_grammar(builder), builder


def _independent(errors: list[Diagnostic], unreadable: list[Diagnostic]) -> list[Diagnostic]:
    """Returns the parser's errors but those that what could not be read may have caused.

    Those are the errors on its line, and all behind a comment that does not end.
    """
    lines = {d.mark.span.location.line for d in unreadable if d.mark}
    unclosed = [_start(d.mark) for d in unreadable if d.rule == "unclosed-comment"]
    end = min(unclosed, default=LARGEST + 1)
    return [
        d
        for d in errors
        if d.mark and d.mark.span.location.line not in lines and _start(d.mark) < end
    ]


def _in_order(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    return sorted(diagnostics, key=lambda d: _start(d.mark))


def _start(mark: Mark | None) -> int:
    span: Span | None = mark.span if mark else None
    return span.start if span else 0
