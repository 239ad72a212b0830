"""Facts about an image that was made elsewhere, from its words alone.

A flow analysis over instructions: from pc = 0, each reached instruction writes the cell that its
B names and goes on where its C and the next address say, as long as no reached instruction writes
these operands themselves. The set of written cells only grows, and what it touches is looked at
again, until nothing changes (a worklist fixed point: Kildall 1973). Where an operand B or C is
itself written, its values may be known (`operand_values`): they are assumed to be the first word
alone, the flow is followed, what its instructions make of the operand is added, and so on until
nothing is. Where they are not known, the run may write or reach anything: then `written` is None,
and the code that is reported is what the words say before they are modified.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from mlpl.backend.subleq.image import Facts, Image
from mlpl.backend.subleq.modes import STANDARD
from mlpl.backend.subleq.operand_values import OperandValues


def with_facts(image: Image) -> Image:
    """Returns the image with the facts that `analyze` finds instead of its own."""
    return replace(image, facts=analyze(image))


def analyze(image: Image) -> Facts:
    """Returns code, leaders, written cells and patched operands of an image.

    Every cell that a run can write is in `written`, unless that is None.
    """
    flow = _Flow(image)
    flow.run()
    if flow.unknown:
        flow = _bounded(image) or flow
    code = tuple(sorted(flow.successors))
    written = None if flow.unknown else tuple(sorted(flow.written))
    operands = sorted({pc + i for pc in code for i in range(3)})
    patched = {
        cell: tuple(sorted(flow.values[cell])) if cell in flow.values else None
        for cell in operands
        if flow.unknown or cell in flow.written
    }
    return Facts(code=code, leaders=_leaders(flow, code), written=written, patched=patched)


def _bounded(image: Image) -> _Flow | None:
    """Returns the flow with all values of patched operands B and C, None if they are not known."""
    values: dict[int, frozenset[int]] = {}
    while True:
        flow = _Flow(image, values)
        flow.run()
        known = OperandValues(flow.successors, flow.writers, image.word, image.word_bits)
        patched = {pc + i for pc in flow.successors for i in (1, 2)} & flow.written
        found = {cell: known.of(cell) for cell in patched}
        more = {x: some | values.get(x, frozenset()) for x, some in found.items() if some}
        if len(more) < len(found):
            return None
        if more == flow.values:
            return flow
        values = more


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
        writers: for each cell that reached instructions write, these.
        values: of patched operands B and C, where they are known or assumed.
        unknown: whether an operand that decides on writes or on control is itself written.
    """

    def __init__(self, image: Image, values: Mapping[int, frozenset[int]] | None = None) -> None:
        self.bounded = values is not None
        self.values = dict(values or {})
        self.memory = image.memory
        self.words = image.words
        self.half = 1 << (image.word_bits - 1)
        self.port = (1 << image.word_bits) - 1
        self.replaces = image.mode == STANDARD
        self.successors: dict[int, set[int]] = {}
        self.writers: dict[int, set[int]] = {}
        self.unknown = False
        self.work = [0]

    @property
    def written(self) -> set[int]:
        """The cells that reached instructions write."""
        return set(self.writers)

    def run(self) -> None:
        """Visits instructions until nothing new is learnt."""
        while self.work:
            pc = self.work.pop()
            if pc < self.half and pc + 2 < self.memory:
                self._visit(pc)

    def _visit(self, pc: int) -> None:
        """Learns what the instruction at `pc` writes and where it leads."""
        if not self.bounded and (pc + 1 in self.writers or pc + 2 in self.writers):
            self.unknown = True
        for b in self._words(pc + 1):
            if b < self.memory and b != self.port:
                if b not in self.writers:
                    self.work += [x for x in (b, b - 1, b - 2) if x in self.successors]
                self.writers.setdefault(b, set()).add(pc)
        following: set[int] = set()
        for b, c in product(self._words(pc + 1), self._words(pc + 2)):
            following |= self._following(pc, b, c)
        new = following - self.successors.get(pc, set())
        if new or pc not in self.successors:
            self.successors.setdefault(pc, set()).update(new)
            self.work += [target for target in sorted(new) if target not in self.successors]

    def _following(self, pc: int, b: int, c: int) -> set[int]:
        """Returns the addresses that may come after `pc` with operands B and C."""
        a = self._word(pc)
        fixed = pc not in self.writers and (self.bounded or pc + 1 not in self.writers)
        if fixed and any(self.memory <= x != self.port for x in (a, b)):
            return set()
        if fixed and (b == self.port or (a == self.port and self.replaces)):
            return {pc + 3}
        return {c} if fixed and a == b else {c, pc + 3}

    def _words(self, operand: int) -> frozenset[int]:
        """Returns the words that B or C may be."""
        return self.values.get(operand, frozenset((self._word(operand),)))

    def _word(self, address: int) -> int:
        return self.words[address] if address < len(self.words) else 0
