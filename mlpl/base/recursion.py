"""Room for functions that recurse on trees.

Trees of the language are at most some hundred levels high (the parser refuses others), which is
a few thousand frames: more than Python's usual limit, and no burden, since calls of Python
functions by Python functions take no C stack.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

FRAMES = 20_000
"""Enough for the highest tree at ten frames a level."""


@contextmanager
def deep_recursion(frames: int = FRAMES) -> Iterator[None]:
    """Allows so many frames inside the `with`, unless more are allowed already."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, frames))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
