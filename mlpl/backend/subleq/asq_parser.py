"""SUBLEQ assembly as cells with labels: the syntax of M3.2, as Mazonka's sqasm reads it.

    program     := (statement (NEWLINE | ";"))*
    statement   := "." item* | item*
    item        := (label ":" NEWLINE*)* [expression | STRING | "[" NUMBER "]"]
    expression  := term (("+" | "-") term)*
    term        := ("-" | "+") term | "(" expression ")" | NUMBER | CHARACTER | label | "?"

White space around + and - does not separate operands: `A -1` is one operand, `A (-1)` are two,
and so are `A, -1`. `?` is the address of the next cell. `[n]` are n zeros. A statement without
`.` is completed to three operands: one is doubled, and the third is the next address.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.backend.subleq.asq_tokens import Kind, Token, characters, tokens
from mlpl.base.diagnostics import Diagnostic, Mark
from mlpl.base.source import Source, Span

_LONGEST_ARRAY = 1 << 20
"""Zeros that `[n]` may stand for: more cells than any network is built for."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of a constant and of labels, each with a sign: what an expression amounts to."""

    constant: int = 0
    labels: tuple[tuple[int, Token], ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One word, before the labels in it are known.

    Attributes:
        value: what it will hold.
        span: the expression.
    """

    value: Sum
    span: Span


@dataclass(frozen=True, slots=True)
class Statement:
    """An instruction or a line of data.

    Attributes:
        address: its first cell.
        length: its cells.
        data: whether it began with `.`.
        span: from its first item on.
    """

    address: int
    length: int
    data: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Listing:
    """A parsed text.

    Attributes:
        cells: the words, by address.
        labels: the address of each, and where it is defined, in the order of the text.
        statements: in the order of the text.
        errors: what was wrong; then the rest is incomplete.
    """

    cells: tuple[Cell, ...]
    labels: dict[str, tuple[int, Span]]
    statements: tuple[Statement, ...]
    errors: tuple[Diagnostic, ...]


def parse_asq(source: Source) -> Listing:
    """Returns the cells, labels and statements of a text, and its errors of syntax."""
    parser = _Parser(source)
    parser.program()
    cells, statements, errors = parser.cells, parser.statements, parser.errors
    return Listing(tuple(cells), parser.labels, tuple(statements), tuple(errors))


class _StatementError(Exception):
    """Leaves a statement that cannot be read on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic


class _Parser:
    def __init__(self, source: Source) -> None:
        self.tokens = list(tokens(source))
        self.position = 0
        self.cells: list[Cell] = []
        self.labels: dict[str, tuple[int, Span]] = {}
        self.statements: list[Statement] = []
        self.errors: list[Diagnostic] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def program(self) -> None:
        """Reads statements up to the end; one that is wrong is skipped with its labels kept."""
        while self.position < len(self.tokens):
            try:
                self._statement()
            except _StatementError as wrong:
                self.errors.append(wrong.diagnostic)
                while not self._at_end():
                    self._labels()
                    self.position += 0 if self._at_end() else 1
            self.position += 1

    def _at_end(self) -> bool:
        return self.token.kind is Kind.NEWLINE or self._at(";")

    def _at(self, text: str) -> bool:
        return self.token.kind is Kind.MARK and self.token.text == text

    def _take(self, text: str) -> bool:
        """Whether the next token is this mark; it is then taken."""
        found = self._at(text)
        self.position += found
        return found

    def _labels(self) -> None:
        """Takes labels and the line ends behind them; each gets the next cell's address."""
        while self.token.kind is Kind.LABEL:
            name, span = self.token.text, self.token.span
            if name in self.labels:
                first = Mark(self.labels[name][1], "first defined here")
                message = f"the label `{name}` is defined twice"
                self.errors.append(Diagnostic("duplicate-label", message, Mark(span), (first,)))
            else:
                self.labels[name] = (len(self.cells), span)
            self.position += 1
            self._skip_lines()

    def _skip_lines(self) -> None:
        """Takes line ends, but for the last of the text."""
        while self.token.kind is Kind.NEWLINE and self.position + 1 < len(self.tokens):
            self.position += 1

    def _statement(self) -> None:
        self._labels()
        cells, begin = self.cells, len(self.cells)
        data = self._take(".")
        if data:
            self._skip_lines()
        span = self.token.span
        self._labels()
        while not self._at_end():
            self._item()
            self._take(",")
            self._labels()
        if not data and len(cells) == begin + 1:
            cells.append(cells[begin])
        if not data and len(cells) == begin + 2:
            cells.append(Cell(Sum(len(cells) + 1), span))
        if len(cells) > begin:
            span = span.to(cells[-1].span)
            self.statements.append(Statement(begin, len(cells) - begin, data, span))

    def _item(self) -> None:
        """Takes an expression, a string or an array, and appends its cells."""
        token = self.token
        if token.kind is Kind.STRING:
            values = self._characters(token)
            self.cells += [Cell(Sum(value), token.span) for value in values]
            self.position += 1
        elif self._take("["):
            count = self._array_length()
            self.cells += [Cell(Sum(), token.span)] * count
        else:
            self.cells.append(self._expression())

    def _array_length(self) -> int:
        token = self.token
        count = _number(token.text) if token.kind is Kind.NUMBER else 0
        if not 1 <= count <= _LONGEST_ARRAY:
            raise _wrong(token, f"expected a number of cells in 1..{_LONGEST_ARRAY}")
        self.position += 1
        if not self._take("]"):
            raise _wrong(self.token, "expected `]`")
        return count

    def _characters(self, token: Token) -> tuple[int, ...]:
        values = characters(token)
        if isinstance(values, Diagnostic):
            raise _StatementError(values)
        return values

    def _expression(self) -> Cell:
        """Takes a sum. Parentheses are a stack of signs, so they nest as deep as they like."""
        begin = self.token.span
        opened: list[Token] = []
        signs = [1]
        sign, constant = 1, 0
        labels: list[tuple[int, Token]] = []
        while True:
            if self._take("-"):
                sign = -sign
                continue
            if self._take("+"):
                continue
            if self._at("("):
                opened.append(self.token)
                signs.append(signs[-1] * sign)
                sign = 1
                self.position += 1
                continue
            token = self.token
            value = self._constant(token)
            if value is None:
                labels.append((signs[-1] * sign, token))
            else:
                constant += signs[-1] * sign * value
            self.position += 1
            end = token.span
            while opened and self._at(")"):
                end = self.token.span
                opened.pop()
                signs.pop()
                self.position += 1
            if self._take("+"):
                sign = 1
            elif self._take("-"):
                sign = -1
            elif opened:
                raise _wrong(self.token, "expected `)`", Mark(opened[-1].span, "opened here"))
            else:
                return Cell(Sum(constant, tuple(labels)), begin.to(end))

    def _constant(self, token: Token) -> int | None:
        """Returns the value of a term without parentheses; None for a label."""
        match token.kind, token.text:
            case Kind.NUMBER, text:
                return _number(text)
            case Kind.CHARACTER, _:
                return self._characters(token)[0]
            case Kind.MARK, "?":
                return len(self.cells) + 1
            case Kind.NAME, _:
                return None
            case _:
                raise _wrong(token, "expected an operand")


def _number(text: str) -> int:
    """Returns the value of a number; one with too many digits is 2^64, no word either."""
    digits = text[2:] if text[:2] in ("0x", "0X") else text
    if len(digits.lstrip("0")) > 20:
        return 1 << 64
    return int(digits, 16 if digits is not text else 10)


def _wrong(token: Token, expected: str, *others: Mark) -> _StatementError:
    found = "the end of the line" if token.kind is Kind.NEWLINE else f"`{token.text}`"
    if token.kind is Kind.WRONG and token.text[0] in "\"'":
        return _StatementError(
            Diagnostic("unclosed-quote", "the quote is not closed", Mark(token.span))
        )
    return _StatementError(
        Diagnostic("assembly-syntax", f"{expected}, found {found}", Mark(token.span), others)
    )
