"""What a run has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlpl.backend.subleq.state import State
from mlpl.base.traps import Trap
from mlpl.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a run has done.

    Attributes:
        value: the result of the entry, an int or a bool; None if it has none, or if the program
            ended by `halt()`, by a trap or not at all.
        output: the bytes that the program wrote; empty where they went to `output=`.
        steps: of the machine (M2.10); of the reference interpreter its own.
        passes: of the network; the same as `steps` where there is none.
        halt: the halt code, -1 at the normal end of a compiled program (M2.11); None if the run
            stopped before, or if the interpreter trapped, which has no codes.
        trap: by what the run ended, or None.
        finished: whether the run ended by itself, and not by `max_steps`.
        arrays: the array parameters of the entry afterwards, by name; lists of lists for arrays
            of arrays.
        state: the last state of the machine; None for the interpreter.
    """

    value: int | bool | None
    output: bytes
    steps: int
    passes: int
    halt: int | None
    trap: Trap | None
    finished: bool
    arrays: Mapping[str, list[Value]]
    state: State | None = field(default=None, repr=False)

    @property
    def memory(self) -> tuple[int, ...]:
        """The words of the memory at the end, unsigned; empty for the interpreter."""
        return () if self.state is None else tuple(self.state.memory.tolist())
