"""Gadget: binary addresses to one-hot lines, digit by digit."""

from __future__ import annotations

import numpy as np

from mlpl.backend.mlp.algebra.wires import Wires, relu

_WIDEST = 4
"""Bits of a digit: all lines of a digit change their pre-activation with each of its bits."""


def digit_widths(count: int, *, wide_first: bool = False) -> tuple[int, ...]:
    """Returns how the bits of an address below `count` are cut into digits, the highest first.

    Digits have at most 4 bits and differ by at most one, the wider ones last or first.
    """
    bits = max(1, (count - 1).bit_length())
    digits = -(-bits // _WIDEST)
    narrow, wider = divmod(bits, digits)
    widths = [narrow] * (digits - wider) + [narrow + 1] * wider
    return tuple(reversed(widths)) if wide_first else tuple(widths)


def decode(
    bits: Wires, count: int, enable: Wires | int, widths: tuple[int, ...], words: tuple[str, ...]
) -> Wires:
    """Returns for each of m addresses the one-hot lines of the cells 0 to `count` - 1.

    A line is 1 where the address is that cell's and `enable` is 1. An address of `count` or
    above, in any of its w bits, gives no line.

    Each digit becomes one-hot lines. The lines of the first digit then route the others: a digit
    is 0 everywhere but behind the line of the digits before it, so that what changes with an
    address reaches a few dozen neurons instead of all. With one more digit it takes one more
    layer.

    Args:
        bits: the addresses, lowest bit first, shape (m, w).
        count: how many cells.
        enable: shape (m,), or 1.
        widths: bits of each digit, the highest first, from `digit_widths(count)`.
        words: the name of each address.
    """
    digits = _digits(bits, count, enable, widths, words)
    lines, level = digits[0], 1
    routed = [digit[:, None, :] for digit in digits[1:]]
    while routed:
        shift = sum(widths[level + 1 :])
        cells = np.arange(-(-count >> shift))
        prefix, value = cells >> widths[level], cells & (1 << widths[level]) - 1
        digit = routed[0][:, prefix >> widths[level - 1], value]
        prefixes = np.arange(lines.shape[1])
        routed = [
            relu(
                lines[:, :, None] + rest[:, prefixes >> widths[level - 1]] - 1,
                f"{{}}.routed_{level}_{later}",
                (words, "prefix", "value"),
            )
            for later, rest in enumerate(routed[1:], level + 2)
        ]
        role, axis = ("line", "cell") if shift == 0 else (f"prefix_{level + 1}", "prefix")
        lines = relu(lines[:, prefix] + digit - 1, f"{{}}.{role}", (words, axis))
        level += 1
    return lines


def _digits(
    bits: Wires, count: int, enable: Wires | int, widths: tuple[int, ...], words: tuple[str, ...]
) -> list[Wires]:
    """Returns the one-hot lines of each digit; those of the first are 0 for too high addresses."""
    found = []
    low = sum(widths)
    for number, width in enumerate(widths, 1):
        low -= width
        values = np.arange(min(1 << width, -(-count >> low)))
        pattern = values[:, None] >> np.arange(width) & 1
        matches = (bits[:, None, low : low + width] * (2 * pattern - 1)).sum(2)
        matches = matches - pattern.sum(1)
        if number == 1:
            given = enable[:, None] if isinstance(enable, Wires) else enable
            above = bits[:, sum(widths) :].sum(1)
            matches = matches + given - above[:, None]
        else:
            matches = matches + 1
        role, axis = ("line", "cell") if len(widths) == 1 else (f"digit_{number}", "value")
        found.append(relu(matches, f"{{}}.{role}", (words, axis)))
    return found
