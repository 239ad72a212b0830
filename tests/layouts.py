"""Sources with their layout destroyed, and what a layout must not change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from random import Random

from lark import Token

from mlpl.base.source import Source, Span
from mlpl.lang.parse import parse, read_tokens

WHITE = ("", " ", "\n", "\n\n\n", "\t", "\r\n", "  \n  ")


def destroyed(text: str, random: Random, *, comments: float, longer: int = 0) -> str:
    """Returns the same tokens with any white space and comments between them.

    Args:
        text: a source without syntax errors.
        random: what decides.
        comments: the share of places that get comments.
        longer: characters that are added to every name.
    """
    parts: list[str] = []
    numbers = iter(range(1_000_000))
    for token in [*read_tokens(Source("text", text)), Token("$END", "")]:
        gap = [random.choice(WHITE)]
        while random.random() < comments:
            gap += [_comment(random, next(numbers)), random.choice(WHITE)]
        word = f"{token}{'_' * longer}" if token.type == "NAME" else str(token)
        parts += ["".join(gap) or " ", word]
        if random.random() < 0.5 or word == "/":
            parts.append(" ")
    return _apart(parts)


def one_line(text: str) -> str:
    """Returns the same tokens on one line, without comments."""
    return " ".join(map(str, read_tokens(Source("text", text))))


def _comment(random: Random, number: int) -> str:
    forms = (
        f"/* {number} */",
        f"// {number}\n",
        f"//{number} \t\r\n",
        f"/* {number}\n * starred\n*/",
        f"/*{number} \r\n  free\t\n\n */",
    )
    return random.choice(forms)


def _apart(parts: list[str]) -> str:
    """Returns the parts one after the other, with spaces where words would run together."""
    text = ""
    made: list[str] = []
    for part in parts:
        if text and part and text[-1].isalnum() | (text[-1] == "_") and part[0].isalnum():
            made.append(" ")
        made.append(part)
        text = part or text
    return "".join(made)


def tree(text: str) -> object:
    """Returns the syntax tree of a source as tuples, without the places of its nodes."""
    return _bare(parse(Source("text", text)).items)


def _bare(node: object) -> object:
    if isinstance(node, tuple):
        return tuple(map(_bare, node))
    if is_dataclass(node):
        return (type(node).__name__, *_attributes(node))
    return node


def _attributes(node: object) -> Iterator[object]:
    for field in fields(node):  # type: ignore[arg-type]
        value = getattr(node, field.name)
        if not isinstance(value, Span | Source):
            yield _bare(value)
