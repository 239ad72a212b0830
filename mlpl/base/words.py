"""Arithmetic of words: w bits, two's complement, wrapping (L2.1, L5.3, L5.4)."""

from __future__ import annotations

NARROWEST, WIDEST = 4, 32
"""Bits of a word, for images and for the interpreter."""


def wrap(x: int, w: int) -> int:
    """Returns the signed word of w bits congruent to `x`: in -2^(w-1) to 2^(w-1) - 1."""
    half = 1 << (w - 1)
    return ((x + half) & ((1 << w) - 1)) - half


def unsigned(x: int, w: int) -> int:
    """Returns the unsigned word of w bits congruent to `x`: in 0 to 2^w - 1."""
    return x & ((1 << w) - 1)


def smallest(w: int) -> int:
    """The smallest signed word, -2^(w-1)."""
    return -(1 << (w - 1))


def largest(w: int) -> int:
    """The largest signed word, 2^(w-1) - 1."""
    return (1 << (w - 1)) - 1


def divide(x: int, y: int, w: int) -> int:
    """Returns x / y truncated toward zero; the smallest word over -1 is itself.

    Raises:
        ZeroDivisionError: y is 0.
    """
    q = abs(x) // abs(y)
    return wrap(-q if (x < 0) != (y < 0) else q, w)


def remainder(x: int, y: int, w: int) -> int:
    """Returns x - y * (x / y): the sign of x.

    Raises:
        ZeroDivisionError: y is 0.
    """
    r = abs(x) % abs(y)
    return wrap(-r if x < 0 else r, w)


def shift_left(x: int, s: int, w: int) -> int:
    """Returns x << s for s >= 0; 0 where s >= w."""
    return 0 if s >= w else wrap(x << s, w)


def shift_right(x: int, s: int, w: int) -> int:
    """Returns x >> s, arithmetic, for s >= 0; 0 or -1 where s >= w."""
    return x >> min(s, w)
