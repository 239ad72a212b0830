"""What the lexer of the language says about the text of a file, for highlighters to agree with."""

from __future__ import annotations

from mlpl.base.source import Source
from mlpl.editor.lexical import end_of, lexical, start_of
from mlpl.lang.vocabulary import KEYWORDS

KINDS = {"STRING": "string", "CHARACTER": "string", "NUMBER": "number", "NAME": "name"}


def kinds(text: str) -> list[str]:
    """The kind of every character: comment, string, number, keyword, name, sign or space."""
    found = ["space"] * len(text)
    known = lexical(Source("<text>", text))
    for comment in known.comments:
        found[comment.start : comment.end] = ["comment"] * (comment.end - comment.start)
    for token in known.tokens:
        kind = "keyword" if token.type in KEYWORDS else KINDS.get(token.type, "sign")
        start, end = start_of(token), end_of(token)
        found[start:end] = [kind] * (end - start)
    return found


def differences(text: str, other: list[str]) -> list[str]:
    """Where another account of the characters differs, space in comments and strings left out."""
    return [
        f"{number}: {text[number]!r} is {mine}, not {theirs}"
        for number, (mine, theirs) in enumerate(zip(kinds(text), other, strict=True))
        if mine != theirs and not text[number].isspace()
    ]
