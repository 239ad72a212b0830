"""Gadgets: addition and subtraction limb by limb: generate and propagate, carries, bits.

Every block is told the layer that it stands in. Limbs have 3 bits, so magnitudes stay small.
"""

from __future__ import annotations

import numpy as np

from mlpl.backend.mlp.algebra.wires import Kind, Wires, concatenate, relu

LIMB = 3
"""Bits of a limb: a value of 0 to 7, taken apart by 7 thresholds, with partial sums below 128."""


def subtract_limbs(difference: Wires, borrow: Wires | None, off: Wires | None, layer: int) -> Wires:
    """Returns the bits of r = b - v - borrow modulo 2^w, not yet neurons: affine in layer 6.

    The layers count from `layer`, which is the first:

    1. D, the difference of a limb's digits, -7 to 7, against -1, 0 and 1;
    2. generate: D < 0; propagate: D = 0;
    3. look-ahead: limb k generates, all limbs between k and l propagate;
    4. the borrow into limb l: one of those;
    5. E = D - borrow, -8 to 7, shifted; whether it is below 0;
    6. R = E modulo 8 against 1 to 7.

    Args:
        difference: b_i - v_i of each bit, -1 to 1, shape (w,).
        borrow: 0 or 1, shape (), or None for 0.
        off: 0 or 1, shape (): makes all bits 0; or None.
        layer: the first layer.
    """
    bits = difference.shape[0]
    sizes = _sizes(bits)
    span = 1 << sizes
    digits = _values(difference, sizes)
    sides = relu(
        digits[:, None] + np.array([1, 0, -1]), "subtract.side", ("limb", "side"), layer=layer
    )
    generate = relu(1 - sides[:, 0] + sides[:, 1], "subtract.generate", ("limb",), layer=layer + 1)
    propagate = relu(
        sides[:, 0] - 2 * sides[:, 1] + sides[:, 2],
        "subtract.propagate",
        ("limb",),
        layer=layer + 1,
    )
    borrows = _carries(generate, propagate, borrow, layer + 2)
    rest = digits - borrows
    shifted = relu(rest + span, "subtract.shifted", ("limb",), kind=Kind.SUM, layer=layer + 4)
    sign = relu(
        rest[:, None] + np.array([1, 0]), "subtract.rest_side", ("limb", "side"), layer=layer + 4
    )
    value = shifted - span * (sign[:, 0] - sign[:, 1])
    if off is not None:
        value = value - (1 << LIMB) * off
    return _bits(value, sizes, bits, "subtract.above", layer + 5)


def add_3(word: Wires, layer: int) -> Wires:
    """Returns the bits of a word + 3 modulo 2^w, not yet neurons: affine in layer 5.

    The layers count from `layer`, which is the first:

    1. the first limb generates if it is 5 or more; the others propagate if they are 7;
    2. look-ahead: the first generates, all limbs between it and l propagate;
    3. a limb's sum S, 0 to 10;
    4. whether S is 8 or more;
    5. S modulo 8 against 1 to 7.

    Args:
        word: bits, lowest first, shape (w,).
        layer: the first layer.
    """
    bits = word.shape[0]
    sizes = _sizes(bits)
    span = 1 << sizes
    digits = _values(word, sizes)
    from_5 = relu(digits[0] - span[0] + np.array([4, 3]), "next.generate", ("side",), layer=layer)
    full = relu(digits - span + 2, "next.propagate", ("limb",), layer=layer)
    carry = _ripple(from_5[0] - from_5[1], full, layer + 1)
    first = (np.arange(len(sizes)) == 0).astype(np.int32)
    total = relu(digits + carry + 3 * first, "next.sum", ("limb",), kind=Kind.SUM, layer=layer + 2)
    over = relu(
        total[:, None] - span[:, None] + np.array([1, 0]),
        "next.over",
        ("limb", "side"),
        layer=layer + 3,
    )
    value = total - span * (over[:, 0] - over[:, 1])
    return _bits(value, sizes, bits, "next.above", layer + 4)


def _sizes(bits: int) -> np.ndarray:
    """Returns the bits of each limb, the lowest first."""
    return np.array([min(LIMB, bits - low) for low in range(0, bits, LIMB)])


def _values(bits: Wires, sizes: np.ndarray) -> Wires:
    """Returns the limbs of a word, bit i counting 2^i; shape (limbs,)."""
    place = np.arange(LIMB)
    index = np.minimum(LIMB * np.arange(len(sizes))[:, None] + place, bits.shape[0] - 1)
    return (bits[index] * np.where(place < sizes[:, None], 1 << place, 0)).sum(1)


def _ripple(generate: Wires, propagate: Wires, layer: int) -> Wires:
    """Returns the carry into each limb, where only the first can generate one."""
    count = propagate.shape[0]
    none = Wires(np.zeros(1, dtype=np.int32), ())
    if count == 1:
        return none
    limb = np.arange(1, count)
    between = (limb < limb[:, None]).astype(np.int32)
    ahead = generate + (propagate[None, 1:] * between - between).sum(1)
    return concatenate([none, relu(ahead, "next.carry", ("limb",), layer=layer)])


def _carries(generate: Wires, propagate: Wires, borrow: Wires | None, layer: int) -> Wires:
    """Returns the borrow into each limb, in two layers.

    A borrow comes from the limb, or from before the first one, that generates it while all
    between propagate it. At most one does: what propagates does not generate.
    """
    count = generate.shape[0]
    sources = [generate[: count - 1]] if borrow is None else [borrow[None], generate[: count - 1]]
    entry = np.arange(borrow is None, count)  # the first limb that a source's borrow enters
    if len(entry) == 0:
        return Wires(np.zeros(count, dtype=np.int32), ())
    limb = np.arange(count)[:, None]
    between = (entry[None, :, None] <= limb.T) & (limb[:, :, None] > limb.T)
    passes = between.astype(np.int32)
    later = (limb < entry).astype(np.int32)  # a limb before the entry gets nothing
    ahead = concatenate(sources)[None] + (propagate[None, None] * passes - passes).sum(2) - later
    found = relu(ahead, "subtract.borrow_from", ("limb", "source"), layer=layer)
    return relu(found.sum(1), "subtract.borrow", ("limb",), kind=Kind.SUM, layer=layer + 1)


def _bits(limbs: Wires, sizes: np.ndarray, bits: int, name: str, layer: int) -> Wires:
    """Returns the bits of limbs: bit r is the alternating sum of [limb >= m 2^r] over m > 0."""
    most = (1 << LIMB) - 1
    above = relu(limbs[:, None] - np.arange(most), name, ("limb", "value"), layer=layer)
    weight = np.zeros((LIMB, most + 1), dtype=np.int32)
    for bit in range(LIMB):
        for multiple in range(1, 1 + (most >> bit)):
            at = multiple << bit  # [limb >= at] = above[at - 1] - above[at]
            sign = 1 if multiple % 2 else -1
            weight[bit, at - 1] += sign
            weight[bit, at] -= sign
    limb, place = np.divmod(np.arange(bits), LIMB)
    possible = np.arange(most) < (1 << sizes[limb][:, None]) - 1
    return (above[limb] * (weight[place, :most] * possible)).sum(1)
