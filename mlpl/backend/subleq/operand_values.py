"""The words that patched operands may hold, where these are set in straight lines.

A cell that is only cleared, and then given constants before anything else happens,

    x x        x = 0
    k x        x = 0 - memory[k], where nothing writes k
    m x        x = 0 - memory[k] - memory[m]

holds its first word, 0, or what one of these instructions makes of it. So calls are known that put
their return address into a jump. A line counts only if each of its instructions is reached from
that before it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


class OperandValues:
    """Finds values from a finished flow.

    Args:
        successors: from each reached instruction to the pcs that may follow it.
        writers: for each written cell the reached instructions that may write it.
        word: the first word of a cell.
        word_bits: w.
    """

    def __init__(
        self,
        successors: Mapping[int, set[int]],
        writers: Mapping[int, set[int]],
        word: Callable[[int], int],
        word_bits: int,
    ) -> None:
        self._writers = writers
        self._word = word
        self._mask = (1 << word_bits) - 1
        self._before: dict[int, set[int]] = {0: {-1}}  # the run comes from outside
        for pc, following in successors.items():
            for target in following:
                self._before.setdefault(target, set()).add(pc)

    def of(self, cell: int) -> frozenset[int] | None:
        """Returns the words that a cell may hold at any time, None where they are not known."""
        found = {self._word(cell)}
        for pc in self._writers.get(cell, ()):
            value = self._made(pc, cell)
            if value is None:
                return None
            found.add(value)
        return frozenset(found)

    def _made(self, pc: int, cell: int) -> int | None:
        """Returns what the instruction at `pc` makes of a cell that it writes, if that is known."""
        amount = 0
        while True:
            if any(operand in self._writers for operand in (pc, pc + 1, pc + 2)):
                return None
            a, b = self._word(pc), self._word(pc + 1)
            if b != cell:
                return None
            if a == cell:
                return -amount & self._mask
            if a == self._mask or a in self._writers or self._before.get(pc) != {pc - 3}:
                return None
            amount += self._word(a)
            pc -= 3
