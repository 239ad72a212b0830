"""Words of memory as the values of source types."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlpl.base.words import wrap

_EXTENT = re.compile(r"\[([0-9]+)\]")

Value = int | bool | list["Value"]
"""What a scalar or an array is for Python."""


def read_value(words: Sequence[int], type_: str, word_bits: int) -> Value:
    """Returns what `words` are as a value of a type that is written as in a source.

    `int[3][4]` has three rows of four elements.
    """
    base, *_ = type_.split("[", 1)
    extents = [int(x) for x in _EXTENT.findall(type_)]
    scalars = [_scalar(word, base, word_bits) for word in words]
    return _nested(scalars, extents)


def _scalar(word: int, base: str, word_bits: int) -> Value:
    return bool(word) if base == "bool" else wrap(int(word), word_bits)


def _nested(scalars: list[Value], extents: list[int]) -> Value:
    if not extents:
        return scalars[0]
    for extent in reversed(extents[1:]):
        scalars = [scalars[i : i + extent] for i in range(0, len(scalars), extent)]
    return scalars


def spell(value: Value) -> str:
    """Returns a value as the command line prints it: `42`, `true`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
