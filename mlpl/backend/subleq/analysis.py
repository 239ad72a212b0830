"""Facts about an image that was made elsewhere, from its words alone.

A flow analysis over instructions: from pc = 0, each reached instruction writes the cell that its
B names and goes on where its C and the next address say, as long as no reached instruction writes
these operands themselves. The set of written cells only grows, and what it touches is looked at
again, until nothing changes (a worklist fixed point: Kildall 1973). Where an operand B or C is
itself written, the run may write or reach anything: then `written` is None, and the code that is
reported is what the words say before they are modified.
"""

from __future__ import annotations

from dataclasses import replace

from mlpl.backend.subleq.image import Facts, Image
from mlpl.backend.subleq.state import STANDARD


def with_facts(image: Image) -> Image:
    """Returns the image with the facts that `analyze` finds instead of its own."""
    return replace(image, facts=analyze(image))


def analyze(image: Image) -> Facts:
    """Returns code, leaders, written cells and patched operands of an image.

    Every cell that a run can write is in `written`, unless that is None.
    """
    flow = _Flow(image)
    flow.run()
    code = tuple(sorted(flow.successors))
    written = None if flow.unknown else tuple(sorted(flow.written))
    operands = sorted({pc + i for pc in code for i in range(3)})
    patched = {cell: None for cell in operands if flow.unknown or cell in flow.written}
    return Facts(code=code, leaders=_leaders(flow, code), written=written, patched=patched)


def _leaders(flow: _Flow, code: tuple[int, ...]) -> tuple[int, ...]:
    """Returns where straight-line blocks begin: branch targets, and what follows a branch."""
    leaders = {0}
    for pc in code:
        if flow.successors[pc] != {pc + 3}:
            leaders |= flow.successors[pc] | {pc + 3}
    return tuple(pc for pc in code if pc in leaders)


class _Flow:
    """The state of the analysis.

    Attributes:
        successors: from each reached instruction to the pcs that may follow it, halts among
            them; an instruction that faults has none.
        written: the cells that reached instructions write.
        unknown: whether an operand that decides on writes or on control is itself written.
    """

    def __init__(self, image: Image) -> None:
        self.memory = image.memory
        self.words = image.words
        self.half = 1 << (image.word_bits - 1)
        self.port = (1 << image.word_bits) - 1
        self.replaces = image.mode == STANDARD
        self.successors: dict[int, set[int]] = {}
        self.written: set[int] = set()
        self.unknown = False
        self.work = [0]

    def run(self) -> None:
        """Visits instructions until nothing new is learnt."""
        while self.work:
            pc = self.work.pop()
            if pc < self.half and pc + 2 < self.memory:
                self._visit(pc)

    def _visit(self, pc: int) -> None:
        """Learns what the instruction at `pc` writes and where it leads."""
        b = self._word(pc + 1)
        if pc + 1 in self.written or pc + 2 in self.written:
            self.unknown = True
        if b < self.memory and b != self.port and b not in self.written:
            self.written.add(b)
            self.work += [reader for reader in (b, b - 1, b - 2) if reader in self.successors]
        following = self._following(pc, b)
        new = following - self.successors.get(pc, set())
        if new or pc not in self.successors:
            self.successors.setdefault(pc, set()).update(new)
            self.work += [target for target in sorted(new) if target not in self.successors]

    def _following(self, pc: int, b: int) -> set[int]:
        """Returns the addresses that may come after `pc`."""
        a, c = self._word(pc), self._word(pc + 2)
        fixed = pc not in self.written and pc + 1 not in self.written
        if fixed and any(self.memory <= x != self.port for x in (a, b)):
            return set()
        if fixed and (b == self.port or (a == self.port and self.replaces)):
            return {pc + 3}
        return {c} if fixed and a == b else {c, pc + 3}

    def _word(self, address: int) -> int:
        return self.words[address] if address < len(self.words) else 0
