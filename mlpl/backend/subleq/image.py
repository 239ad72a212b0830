"""Images: the words of a program in memory, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlpl.backend.subleq.call_sites import CallSite
from mlpl.backend.subleq.modes import STANDARD
from mlpl.base.source import Location
from mlpl.base.traps import Held, TrapSite

if TYPE_CHECKING:
    from mlpl.backend.subleq.state import State

_SCALARS = ("int", "bool", "ref", "code")


@dataclass(frozen=True, slots=True)
class Variable:
    """A named region of memory: a source variable, an entry argument or a routine's cell.

    Attributes:
        name: qualified by function, as in `main.i`, or the bare name of a global; `-main.i` holds
            the negative of a variable, which took fewer steps.
        address: its first cell.
        length: how many cells.
        type: the source type, as text (`int`, `bool`, `int[8]`).
    """

    name: str
    address: int
    length: int
    type: str

    @property
    def is_scalar(self) -> bool:
        """Whether it is one word, and no array or struct, which references can lead into."""
        return self.type in _SCALARS

    def label(self, cell: int) -> str:
        """Returns the name of one of its cells, as in `main.xs[2]`."""
        return self.name if self.is_scalar else f"{self.name}[{cell - self.address}]"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about an image without running it.

    Attributes:
        code: the address of every instruction, ascending.
        leaders: those of them where a straight-line block begins.
        written: every cell that a run may write, ascending; None if unknown.
        patched: for each cell that is an operand and is also written, the values it may hold,
            or None where they are not known.
        variables: named regions of memory.
        arguments: the entry's parameters, in order.
        result: where the entry's result stands after a run, or None.
        returned: a cell that is not 0 after the entry returned, where the program can also
            end by `halt()`; None where every normal end is a return.
        traps: from unsigned halt address (2^w - 2 and below) to the trap it stands for.
        lines: from the address of an instruction to the source it came from.
        stack: first cell and number of cells of the stack, or None.
        room: the cell that holds one more than the number of free words of the stack, or None.
        start: the function that the program begins in, which is not of the source.
        returns: for every other function its return address, or the cell that holds it while
            the function is active.
        depths: for functions with a single recursive call the cell that holds one more than the
            number of activations by it, and the return address of all of them; `returns` is
            about a call from outside.
        calls: each call by its return address.
    """

    code: tuple[int, ...] = ()
    leaders: tuple[int, ...] = ()
    written: tuple[int, ...] | None = None
    patched: Mapping[int, tuple[int, ...] | None] = field(default_factory=dict)
    variables: tuple[Variable, ...] = ()
    arguments: tuple[Variable, ...] = ()
    result: Variable | None = None
    returned: int | None = None
    traps: Mapping[int, TrapSite] = field(default_factory=dict)
    lines: Mapping[int, Location] = field(default_factory=dict)
    stack: tuple[int, int] | None = None
    room: int | None = None
    start: str = ""
    returns: Mapping[str, int | Held] = field(default_factory=dict)
    depths: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    calls: Mapping[int, CallSite] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Image:
    """A program as words, from address 0, for a machine of stated size.

    Attributes:
        words: unsigned words, each in 0 to 2^w - 1; their number is at most `memory`.
        word_bits: w, 4 to 32.
        memory: n, the number of cells, 4 to 2^w; cells beyond `words` are 0.
        mode: "standard" or "accumulate" (M2.8).
        facts: what is known about the words.
        fixed: cells that the machine does not let be written, ascending: to write one is a fault
            (M2.7). A network has them in its weights; see `baking`.
    """

    words: tuple[int, ...]
    word_bits: int
    memory: int
    mode: str = STANDARD
    facts: Facts = field(default_factory=Facts)
    fixed: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.words)

    def word(self, cell: int) -> int:
        """Returns what a cell holds when a run begins."""
        return self.words[cell] if cell < len(self.words) else 0

    def start(self) -> State:
        """Returns the state in which a run begins: the words, zeros after them, pc = 0."""
        import numpy as np

        from mlpl.backend.subleq.state import State

        cells = np.zeros(self.memory, dtype=np.int64)
        cells[: len(self.words)] = self.words
        return State(cells)
