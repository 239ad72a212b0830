"""What a reader is told about a place, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lark import Token

from mlpl.base.source import Span
from mlpl.editor.analysis import Analysis
from mlpl.editor.describe import comment, declaration, notations, remarks
from mlpl.editor.destination import module_at
from mlpl.editor.lexical import Lexical, end_of, lexical, start_of
from mlpl.editor.names import Definition
from mlpl.editor.words import BUILTINS, KEYWORDS, OPERATORS
from mlpl.lang import literals
from mlpl.lang.check.symbols import FunctionSymbol
from mlpl.lang.documentation import file_documentation
from mlpl.lang.literals import LiteralError
from mlpl.lang.vocabulary import KEYWORDS as KEYWORD_KINDS


class Costs(Protocol):
    """Says what parts of a program cost when compiled; "" where that is not known."""

    def function(self, analysis: Analysis, function: FunctionSymbol) -> str:
        """Returns what a function costs, in words."""

    def operator(self, sign: str, constant: int | None, *, unary: bool) -> str:
        """Returns what an operator costs, in words; with a constant on its right where given."""


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about a span."""

    text: str
    span: Span


def hover(
    analysis: Analysis, offset: int, word_bits: int, costs: Costs | None = None
) -> Hover | None:
    """Returns what is known about the name, literal, keyword or operator at an offset."""
    text = lexical(analysis.source)
    token = text.at(offset)
    if token is None or _in_comment(text, offset):
        return None
    span = Span(analysis.source, start_of(token), end_of(token))
    shown = _module(analysis, offset) or _name(analysis, offset, word_bits, costs)
    shown = shown or _token(text, token, word_bits, costs)
    return Hover(shown, span) if shown else None


def _in_comment(text: Lexical, offset: int) -> bool:
    return any(c.start <= offset < c.end for c in text.comments)


def _code(line: str) -> str:
    return f"```mlpl\n{line}\n```"


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _module(analysis: Analysis, offset: int) -> str:
    source = module_at(analysis, offset)
    if source is None:
        return ""
    name = source.path.rsplit("/", 1)[-1].removesuffix(".mlpl")
    return _paragraphs(_code(f"import {name}"), file_documentation(source))


def _name(analysis: Analysis, offset: int, word_bits: int, costs: Costs | None) -> str:
    occurrence = analysis.names.at(analysis.path, offset)
    if occurrence is None:
        return ""
    definition = occurrence.definition
    return _paragraphs(
        _code(declaration(definition)),
        comment(definition),
        *remarks(definition, word_bits),
        _function_cost(analysis, definition, costs),
    )


def _function_cost(analysis: Analysis, definition: Definition, costs: Costs | None) -> str:
    if costs is None or not isinstance(definition.symbol, FunctionSymbol):
        return ""
    return costs.function(analysis, definition.symbol)


def _token(text: Lexical, token: Token, word_bits: int, costs: Costs | None) -> str:
    try:
        match token.type:
            case "NUMBER":
                return notations(literals.number(token)[0], word_bits)
            case "CHARACTER":
                return notations(literals.character(token), word_bits)
            case "STRING":
                length = len(literals.string(token))
                return f"string of {length} {'byte' if length == 1 else 'bytes'}"
            case "INT":
                return _paragraphs(_code("int"), KEYWORDS["int"])
    except LiteralError as error:
        return error.message
    if token.type in KEYWORD_KINDS:
        return _paragraphs(_code(str(token)), KEYWORDS[str(token)])
    if token.type == "NAME" and str(token) in BUILTINS:
        routine = BUILTINS[str(token)]
        return _paragraphs(_code(routine.signature(str(token))), routine.text)
    return _operator(text, token, costs)


def _operator(text: Lexical, token: Token, costs: Costs | None) -> str:
    sign = str(token).removesuffix("=") if token.type == "ASSIGN" else str(token)
    if sign not in OPERATORS:
        return ""
    number = text.before(end_of(token))
    before = text.tokens[number - 2] if number > 1 else None
    after = text.tokens[number] if number < len(text.tokens) else None
    unary = before is None or before.type not in _OPERAND_ENDS
    about = f"`{token}`: {OPERATORS[sign]}"
    if costs is None:
        return about
    return _paragraphs(about, costs.operator(sign, _constant(after), unary=unary))


_OPERAND_ENDS = frozenset(
    ["NAME", "NUMBER", "CHARACTER", "STRING", "TRUE", "FALSE", "RPAR", "RSQB"]
)
"""Kinds of tokens behind which an operator is binary."""


def _constant(token: Token | None) -> int | None:
    """Returns the value of a literal that follows an operator."""
    if token is None:
        return None
    try:
        if token.type == "NUMBER":
            return literals.number(token)[0]
        if token.type == "CHARACTER":
            return literals.character(token)
    except LiteralError:
        return None
    return None
