"""The cost model: how large a network will be, before it is built; if it is baked, at most that.

What grows with the number of cells is counted block by block. The rest, registers that are carried
and the subtraction, is a few hundred neurons a bit of the word: a fit of what is built.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from mlpl.backend.mlp.constructions.decoding import digit_widths
from mlpl.backend.mlp.constructions.subtraction import look_aheads
from mlpl.backend.subleq.state import ACCUMULATE, STANDARD

_WORKING = 3
"""Building a network and its first executor takes this many times its own bytes."""

_INDEX_BYTES = 4
"""Of the column of a weight, and of where the row of a neuron begins."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The size of a network.

    Attributes:
        layers: exact.
        neurons: within 1 % for 256 cells or more.
        nonzeros: within 1 % for 256 cells or more.
        weight_bytes: of a weight, and of a bias; exact.
    """

    layers: int
    neurons: int
    nonzeros: int
    weight_bytes: int = 1

    @property
    def nbytes(self) -> int:
        """The bytes of the weights."""
        return (_INDEX_BYTES + self.weight_bytes) * (self.neurons + self.nonzeros)

    @property
    def working_bytes(self) -> int:
        """The bytes that are needed to build and run the network."""
        return _WORKING * self.nbytes


def estimate(
    word_bits: int,
    memory: int,
    construction: str = "lean",
    mode: str = STANDARD,
    clean: Collection[str] = (),
) -> Cost:
    """Returns the cost of the network of a machine with n cells of w bits.

    `clean` are the places that have restoring layers.

    Raises:
        ValueError: there is no such construction.
    """
    models = {"lean": _lean, "paper": _paper, "shallow": _shallow}
    if construction not in models:
        names = ", ".join(models)
        raise ValueError(f"the construction is one of {names}, not {construction}")
    cost = models[construction](memory, word_bits, mode == ACCUMULATE)
    return _with_restoring(cost, _restored(memory, word_bits, construction, clean), len(clean))


def _restored(n: int, w: int, construction: str, clean: Collection[str]) -> int:
    """Returns how many bits are restored: those of the memory, and what stands beside them."""
    starts, operands = min(n - 2, 1 << w - 1), min(n, (1 << w) - 1)
    beside = {
        "lean": {
            "fetch": starts + 4 * w,
            "read": 2 * operands * w + starts + operands + 3 * w,
            "result": starts + operands + 6 * w,
            "state": 3 * w,
        },
        "paper": {
            "fetch": 5 * w,
            "read": operands + 5 * w,
            "result": operands + 5 * w,
            "next": 6 * w,
            "state": 3 * w,
        },
        "shallow": {
            "fetch": starts * w + 6 * w,
            "state": 3 * w,
        },
    }[construction]
    return sum(n * w + beside[place] for place in clean)


def _with_restoring(cost: Cost, bits: int, places: int) -> Cost:
    """Returns the cost with two neurons for each bit, their difference, and their weights."""
    return replace(
        cost,
        layers=cost.layers + 2 * places,
        neurons=cost.neurons + 3 * bits,
        nonzeros=cost.nonzeros + 4 * bits,
    )


def _lean(n: int, w: int, _accumulate: bool) -> Cost:
    starts, operands = min(n - 2, 1 << w - 1), min(n, (1 << w) - 1)
    fetch, read = digit_widths(starts), digit_widths(operands)
    lines = len(fetch) + 2 + len(read)  # the layer of the operands' lines
    depth = lines + 8 + look_aheads(w) + len(read)

    tree = _decoder(starts, fetch) + 2 * _decoder(operands, read)
    routed = sum(_prefixes(operands, digit_widths(operands, wide_first=True))[:-1]) * (w + 4)
    fetch_line = starts * (depth - 2 - len(fetch))
    read_line = operands * (depth - 1 - lines)
    neurons = n * w * depth + starts * 3 * w + operands * (4 * w + 1)
    nonzeros = n * w * depth + starts * 9 * w + operands * (19 * w + len(read))
    lane = fetch_line + read_line + tree + routed
    registers = w * depth * 9 // 2
    return Cost(
        depth,
        neurons + lane + registers,
        nonzeros + lane + tree + routed + _ones(starts) + registers + 60 * w,
    )


def _paper(n: int, w: int, accumulate: bool) -> Cost:
    starts, operands = min(n - 2, 1 << w - 1), min(n, (1 << w) - 1)
    neurons = 23 * n * w + starts * (3 * w + 1) + operands * (3 * w + 10)
    fetch = starts * (3 * w * (w + 1) + 4 * w + 1)
    read = operands * (2 * w * (w + 2) + 4 * (w + 1) + 9)
    write = operands * 3 * w
    nonzeros = 24 * n * w + fetch + read + write + 187 * w + w * w
    if accumulate:  # what is subtracted is a sum of its own
        nonzeros += operands * w
    return Cost(23, neurons + 127 * w, nonzeros)


def _shallow(n: int, w: int, accumulate: bool) -> Cost:
    starts, operands = min(n - 2, 1 << w - 1), min(n, (1 << w) - 1)
    low = w // 2
    high = w - low
    neurons = 6 * n * w + starts * (3 * w + 1) + operands * (2 * w + 2 + low + 2 * high)
    fetch = starts * (2 * w * (w + 1) + 6 * w) + _ones(starts)
    read = operands * (2 * w * (w + 1) + 2 * w + 7)
    subtract = operands * (6 * low * (low + 1) + 2 * low + 9 * high * (high + 1))
    write = operands * (9 * low + 23 * high)
    # The borrow at a port takes thresholds of its own; input does not come through the gates.
    write += operands * (4 * low + 11 * high if accumulate else w)
    nonzeros = 7 * n * w + fetch + read + subtract + write + (220 if accumulate else 140) * w
    return Cost(6, neurons + 39 * w, nonzeros, _shallow_weight_bytes(starts, operands, w))


def _shallow_weight_bytes(starts: int, operands: int, w: int) -> int:
    """Returns 1 where 8 bits hold the penalty of an idle subtraction and of unequal halves."""
    half = w // 2
    largest = 1 << w - half + 2
    for bound in (starts, operands):
        high, low = divmod(bound, 1 << half)
        largest = max(largest, low + (high.bit_count() << half))
    return 1 if largest <= 1 << 7 else 4


def _ones(starts: int) -> int:
    """Returns the ones in pc + 3, over all pc."""
    total, end = -2, starts + 3  # less those of 0, 1 and 2
    for bit in range(end.bit_length()):
        rounds, rest = divmod(end, 2 << bit)
        total += (rounds << bit) + max(0, rest - (1 << bit))
    return total


def available_bytes() -> int | None:
    """Returns the memory that this computer has left, or None where it does not say (not Linux)."""
    limits = []
    system, group = Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")
    if system.is_file():
        fields = dict(line.split(":", 1) for line in system.read_text().splitlines())
        limits.append(int(fields["MemAvailable"].split()[0]) << 10)
    if group.is_file() and (limit := group.read_text().strip()).isdigit():
        limits.append(int(limit))
    return min(limits, default=None)


def _prefixes(count: int, widths: tuple[int, ...]) -> list[int]:
    """Returns how many prefixes of one digit, of two, and so on the addresses have."""
    bits = sum(widths)
    return [-(-count >> bits - taken) for taken in accumulate(widths)]


def _decoder(count: int, widths: tuple[int, ...]) -> int:
    """Returns the neurons that decode an address, but for the lines themselves."""
    prefixes = _prefixes(count, widths)
    neurons = sum(1 << width for width in widths)
    for level, prefix in enumerate(prefixes[:-1]):
        neurons += prefix * (1 + sum(1 << width for width in widths[level + 2 :]))
    return neurons
