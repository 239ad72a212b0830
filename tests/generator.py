"""Random well-typed MLPL programs that end: `programs(...)` for hypothesis, `random_program(seed)`.

They have all features of L1 to L7, print much of what they compute and all their globals, compile
at every word from `word_bits` on, and end within about `work` operations. Most run to their end,
some trap.
"""

from __future__ import annotations

from tests.generation.choices import Choices, Seeded
from tests.generation.program import Generated, Program
from tests.generation.shapes import Limits

__all__ = ["Generated", "Limits", "random_program"]


def random_program(seed: int, limits: Limits | None = None) -> Generated:
    """Returns the program of a seed."""
    return Program(Choices(Seeded(seed)), limits or Limits()).make()
