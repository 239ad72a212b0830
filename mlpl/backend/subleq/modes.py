"""What sizes and modes a machine may have; free of NumPy, so that a compiler need not load it."""

from __future__ import annotations

from mlpl.base.words import NARROWEST, WIDEST

STANDARD = "standard"
ACCUMULATE = "accumulate"
MODES = (STANDARD, ACCUMULATE)
"""What reading the port into a cell does: replace the cell (M2.5), or add and branch (M2.8)."""


def check_machine(word_bits: int, memory: int, mode: str = STANDARD) -> None:
    """Raises ValueError where no machine has this size or mode (M1.1)."""
    if not NARROWEST <= word_bits <= WIDEST:
        raise ValueError(f"words have {NARROWEST} to {WIDEST} bits, not {word_bits}")
    if not 4 <= memory <= 1 << word_bits:
        most = 1 << word_bits
        raise ValueError(f"{word_bits}-bit words address 4 to {most:,} cells, not {memory:,}")
    if mode not in MODES:
        raise ValueError(f"the mode is one of {', '.join(MODES)}, not {mode}")
