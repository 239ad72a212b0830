"""Gadget: r = b - v modulo 2^w, limb by limb, with few neurons that change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind, Wires, concatenate, relu

_LIMB = 3
"""Bits of a limb: a value of 0 to 7, taken apart by 7 thresholds."""

_SPAN = 5
"""Limbs that one look-ahead spans: a comparison adds up to 2^5 - 1 from each side."""


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """The difference, as a sign s and what differs from the sign.

    Attributes:
        sign: s, the highest bit of r; shape ().
        magnitude: bit i of r exclusive-or s, below the highest; shape (w - 1,). Numbers near 0,
            negative ones too, have few ones here.
        limbs: the same by limbs, none negative, a layer earlier (that of `sign`); shape (limbs,).
    """

    sign: Wires
    magnitude: Wires
    limbs: Wires


@dataclass(frozen=True, slots=True, eq=False)
class Override:
    """Replaces the difference by another word while `active` is 1; v is 0 then.

    Attributes:
        active: 0 or 1, shape ().
        word: 0 unless `active`, shape (w,).
    """

    active: Wires
    word: Wires


def look_aheads(bits: int) -> int:
    """Returns how many look-aheads, one layer each, a word of w bits takes."""
    return -(-(bits - 1) // (_LIMB * _SPAN))


def subtract(difference: Wires, borrow: Wires | None, override: Override | None) -> Difference:
    """Returns r = b - v - borrow modulo 2^w.

    The bits below the highest are cut into limbs of 3. With D the difference of a limb's digits,
    -7 to 7: order = sign(D) + 1; the borrow out of limb j is [sum of 2^k sign(D_k), k <= j, is
    below 0]; E = D - borrow in, and R = E modulo 8. An override makes all D -7, by a penalty
    that no digit outweighs: then R is 1 in the first limb and 0 in all others, the sign is 0,
    and the other word is added.

    Args:
        difference: b_i - v_i of each bit, -1 to 1, shape (w,).
        borrow: 0 or 1, shape (), or None for 0.
        override: what may replace the result.
    """
    bits = difference.shape[0]
    sizes = np.array([min(_LIMB, bits - 1 - low) for low in range(0, bits - 1, _LIMB)])
    span = 1 << sizes  # values of a limb
    digits = _limbs(difference, sizes)
    penalty = override.active if override else 0
    low = relu(digits + 1 - 8 * penalty, "subtract.from_minus_1", ("limb",), early=True)
    high = relu(digits - 1 - 8 * penalty, "subtract.from_1", ("limb",), early=True)
    raw = digits + (span - 1) - (2 * span - 2) * penalty
    offset = relu(raw, "subtract.digit", ("limb",), early=True)
    top = relu(difference[bits - 1] + 1 - 2 * penalty, "subtract.top", early=True)
    order = relu(low - high, "subtract.order", ("limb",), kind=Kind.SUM)
    borrows = _borrows(order, borrow)

    rest = offset - (span - 1) - borrows[:-1]  # E, -span to span - 1
    shifted = relu(rest + span, "subtract.shifted", ("limb",), kind=Kind.SUM)
    from_minus_1 = relu(rest + 1, "subtract.rest_from_minus_1", ("limb",))
    from_0 = relu(rest, "subtract.rest_from_0", ("limb",))
    value = shifted - span * (from_minus_1 - from_0)
    parity = top - 1 - borrows[-1]  # -2 to 1; the sign is its lowest bit
    if override:
        first = (np.arange(len(sizes)) == 0).astype(np.int32)
        value = value + _limbs(override.word, sizes) - first * override.active
        parity = parity + override.word[bits - 1]
    odd = relu(parity, "subtract.parity_1")
    even = relu(-parity, "subtract.parity_minus_1")
    sign = odd + even - 2 * relu(-parity - 1, "subtract.parity_minus_2")

    # Reflect negative numbers, so that small ones of either sign have few ones.
    plus = relu(value - (span - 1) * sign, "subtract.positive", ("limb",))
    minus = relu((span - 1) * sign - value, "subtract.negative", ("limb",))
    limbs = plus + minus
    return Difference(
        relu(sign, "subtract.sign", kind=Kind.SUM), _bits(limbs, sizes, bits - 1), limbs
    )


def _limbs(word: Wires, sizes: np.ndarray) -> Wires:
    """Returns the bits below the highest as limbs, bit i counting 2^i; shape (limbs,)."""
    place = np.arange(_LIMB)
    index = np.minimum(_LIMB * np.arange(len(sizes))[:, None] + place, word.shape[0] - 1)
    weight = np.where(place < sizes[:, None], 1 << place, 0)
    return (word[index] * weight).sum(1)


def _borrows(order: Wires, borrow: Wires | None) -> Wires:
    """Returns the borrow into each limb and, last, into the highest bit; shape (limbs + 1,)."""
    count = order.shape[0]
    carried = borrow if borrow is not None else Wires(np.zeros((), dtype=np.int32), ())
    parts = [carried[None]]
    for number, start in enumerate(range(0, count, _SPAN), 1):
        size = min(_SPAN, count - start)
        weight = np.tril(1 << np.arange(size)[None, :] + np.zeros((size, 1), dtype=np.int32))
        compared = ((order[start : start + size] - 1)[None, :] * weight).sum(1) - parts[-1][-1]
        name = "subtract.borrow" if count <= _SPAN else f"subtract.borrow_{number}"
        below_0 = relu(-compared, f"{name}_from_minus_1", ("limb",))
        parts.append(below_0 - relu(-compared - 1, f"{name}_from_minus_2", ("limb",)))
    return concatenate(parts)


def _bits(limbs: Wires, sizes: np.ndarray, bits: int) -> Wires:
    """Returns the bits of limbs: bit r is the alternating sum of [limb >= m 2^r] over m > 0."""
    most = (1 << _LIMB) - 1
    above = relu(limbs[:, None] - np.arange(most), "subtract.above", ("limb", "value"))
    weight = np.zeros((_LIMB, most + 1), dtype=np.int32)
    for bit in range(_LIMB):
        for multiple in range(1, 1 + (most >> bit)):
            at = multiple << bit  # [limb >= at] = above[at - 1] - above[at]
            sign = 1 if multiple % 2 else -1
            weight[bit, at - 1] += sign
            weight[bit, at] -= sign
    limb, place = np.divmod(np.arange(bits), _LIMB)
    possible = np.arange(most) < (1 << sizes[limb][:, None]) - 1
    chosen = weight[place, :most] * possible
    return relu((above[limb] * chosen).sum(1), "subtract.bit", ("bit",), kind=Kind.SUM)
