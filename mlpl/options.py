"""How a program is to be compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpl.base.words import NARROWEST, WIDEST
from mlpl.errors import UsageError, unknown

LEVELS = ("O0", "O1", "O2", "Os")
DEFAULT_LEVEL = "O2"
STAGES = (
    "syntax",
    "typed",
    "ir",
    "optimized",
    "selected",
    "allocation",
    "assembly",
    "image",
    "network",
)
"""From the text to the network, in order; each is an attribute of `Compilation`."""
DEFAULT_WORD_BITS = 16
NARROWEST_COMPILED = 12
"""Bits of a word at least, for compiled programs (L2.1)."""
SMALLEST_MEMORY = 4
CONSTRUCTIONS = ("lean", "paper", "shallow")
"""How the network is built (N1.4); the first is the default."""
PLACES: Mapping[str, tuple[str, ...]] = {
    "lean": ("fetch", "read", "result", "state"),
    "paper": ("fetch", "read", "result", "next", "state"),
    "shallow": ("fetch", "state"),
}
"""Where a network can have restoring layers, by construction, in the order of a pass."""
ONNX_FORMS = ("loop", "step")
"""Of ONNX models: the whole program, or one pass; the first is the default."""
LARGEST_IMAGE = 1 << 28
"""Bytes of an image file."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a program is to be compiled.

    Attributes:
        word_bits: w: 12 to 32; from 4 for the interpreter and the stages up to `optimized`.
        level: of optimisation: O0, O1, O2 for few steps, Os for few cells.
        checked: whether indices and shifts are checked (L7.3).
        entry: the function in which the program starts.
        memory: n, cells of the machine; None for what the program needs (M3.4).
        paths: folders in which modules are looked for, after that of the importing file.
        construction: of the network.
        clean: the places of the network that have restoring layers.
        bake: whether cells that no run writes are folded into the network's weights.
        written: groups of cells that a run may write, for `bake`; None for what is known.
    """

    word_bits: int = DEFAULT_WORD_BITS
    level: str = DEFAULT_LEVEL
    checked: bool = True
    entry: str = "main"
    memory: int | None = None
    paths: tuple[str | Path, ...] = ()
    construction: str = CONSTRUCTIONS[0]
    clean: tuple[str, ...] = ()
    bake: bool = False
    written: tuple[Sequence[int], ...] | None = None

    def __post_init__(self) -> None:
        """Checks the values.

        Raises:
            UsageError: there is no such machine, level or construction.
        """
        check_machine_size(self.word_bits, self.memory)
        if self.level not in LEVELS:
            raise unknown("level", self.level, LEVELS)
        check_construction(self.construction, self.clean)

    def check_compiled(self) -> None:
        """Raises UsageError where words are too narrow for compiled programs."""
        if self.word_bits < NARROWEST_COMPILED:
            raise UsageError(
                f"compiled programs have words of {NARROWEST_COMPILED} to {WIDEST} bits, "
                f"not {self.word_bits}",
                "the engine `interpreter` also runs narrower ones",
            )


def check_machine_size(word_bits: int, memory: int | None) -> None:
    """Raises UsageError where no machine has words of so many bits, or so many cells (M1.1)."""
    if not NARROWEST <= word_bits <= WIDEST:
        raise UsageError(f"words have {NARROWEST} to {WIDEST} bits, not {word_bits}")
    most = 1 << word_bits
    if memory is not None and not SMALLEST_MEMORY <= memory <= most:
        raise UsageError(
            f"words of {word_bits} bits address {SMALLEST_MEMORY} to {most:,} cells, not {memory:,}"
        )


def check_construction(name: str, clean: Iterable[str] = ()) -> None:
    """Raises UsageError where there is no such construction, or no such place in it."""
    if name not in CONSTRUCTIONS:
        raise unknown("construction", name, CONSTRUCTIONS)
    for place in clean:
        if place not in PLACES[name]:
            raise unknown("place to clean", place, PLACES[name])
