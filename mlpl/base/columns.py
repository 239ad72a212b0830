"""How many columns of a terminal a text takes."""

from __future__ import annotations

from unicodedata import category, east_asian_width

_WIDE = frozenset("WF")
_NO_WIDTH = frozenset(["Mn", "Me", "Cf"])
"""Marks that stand over the character before them, and characters without a shape."""


def columns(text: str) -> int:
    """Returns the columns that a text without control characters takes.

    Characters of East Asian scripts and emoji take two (Unicode Standard Annex #11), combining
    marks none.
    """
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if category(character) in _NO_WIDTH:
        return 0
    return 2 if east_asian_width(character) in _WIDE else 1


def has_shape(character: str) -> bool:
    """Whether a character can be shown by itself."""
    return character.isprintable() and category(character) not in _NO_WIDTH
