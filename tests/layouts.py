"""Sources with their layout destroyed, and what the formatter makes of them.

python -m tests.layouts --count 1000 --seed 1
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from random import Random

from lark import Token

from mlpl.base.source import Source, Span
from mlpl.lang.format import format_source
from mlpl.lang.parse import parse, read_tokens
from tests.generator import random_program

WHITE = ("", " ", "\n", "\n\n\n", "\t", "\r\n", "  \n  ")


def formatted(text: str) -> str:
    """Returns the layout of a text, which means the same and is the layout's own."""
    made = format_source(Source("test.mlpl", text))
    assert format_source(Source("test.mlpl", made)) == made, "the layout has another one"
    assert tree(made) == tree(text), "the layout has changed the meaning"
    assert made == "" or made.endswith("\n")
    for line in made.split("\n"):
        assert line == line.rstrip(), "white space at the end of a line"
    return made


def any_layout(text: str, random: Random) -> str:
    """Returns the same tokens in any layout, few or many comments and longer names in it."""
    comments, longer = random.choice((0.0, 0.02, 0.1, 0.4)), random.choice((0, 0, 9, 30))
    return destroyed(text, random, comments=comments, longer=longer)


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Formats generated programs in any layout; returns 1 where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    failures = 0
    for seed in range(options.seed, options.seed + options.count):
        text = any_layout(random_program(seed).source, Random(seed))
        try:
            formatted(text)
        except Exception:
            failures += 1
            print(f"seed {seed}: {text!r}", file=sys.stderr)
            traceback.print_exc(limit=-4, chain=False)
    print(f"{options.count:,} layouts, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
