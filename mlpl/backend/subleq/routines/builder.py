"""Builds a routine: SUBLEQ over virtual cells, with a calling convention of its own.

A routine reads its operands from parameter cells, some of which hold the *negative* of the
operand, because a negated copy takes two steps and a copy four. Scratch cells that it calls `kept`
are 0 when it begins and 0 again when it ends, so nobody has to clear them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.backend.subleq.selected import (
    PORT,
    ZERO,
    At,
    Cell,
    Expression,
    Item,
    Label,
    Leave,
    Operand,
    SelectedFunction,
    Slot,
    Sub,
    T,
    U,
)
from mlpl.base.words import wrap

KEPT = (T, U, At("v#"))
"""Scratch cells that are 0 between idioms, and so between calls."""


class Builder:
    """Writes the code of one routine; labels are local names.

    Attributes:
        name: of the routine.
        word_bits: w.
        out: what has been written.
    """

    def __init__(self, name: str, word_bits: int) -> None:
        self.name = name
        self.word_bits = word_bits
        self.out = Emitter(name, word_bits)
        self.label("entry")
        self._kept = 0

    def cell(self, name: str) -> Cell:
        """Returns a new cell."""
        return self.out.cell(name)

    def kept(self) -> At:
        """Returns a cell that holds 0 and must hold 0 in the end; all code shares these."""
        self._kept += 1
        return KEPT[self._kept - 1]

    def label(self, name: str) -> None:
        """Names the next instruction."""
        self.out.label(f"{self.name}/{name}")

    def sub(self, a: Operand, b: Operand, target: str = "") -> None:
        """Writes `b -= a`, and to `target` if b <= 0."""
        self.out.sub(a, b, self._goal(target))

    def add(self, value: int, b: Operand, target: str = "") -> None:
        """Writes `b += value` for a constant, and to `target` if b <= 0; nothing for 0 alone."""
        if wrap(value, self.word_bits) or target:
            self.out.sub(self.out.pool(-value), b, self._goal(target))

    def clear(self, b: Operand, target: str = "") -> None:
        """Writes `b := 0`, and always to `target` if there is one."""
        self.sub(b, b, target)

    def test(self, b: Operand, target: str) -> None:
        """Writes the way to `target` if b <= 0."""
        self.sub(ZERO, b, target)

    def double(self, b: Operand, scratch: Operand) -> None:
        """Writes `b := 2 b` in three steps; `scratch` is 0 before and after."""
        self.sub(b, scratch)
        self.sub(scratch, b)
        self.clear(scratch)

    def jump(self, target: str) -> None:
        """Writes a jump."""
        self.sub(ZERO, ZERO, target)

    def output(self, word: int) -> None:
        """Writes the output of a constant."""
        self.out.sub(self.out.pool(word), PORT)

    def negate(self, b: Operand, by: Operand, scratch: Operand) -> None:
        """Writes `b := -b` in six steps; `by` and `scratch` are 0 before and after."""
        self.sub(b, by)
        self.sub(by, scratch)
        self.clear(b)
        self.sub(scratch, b)
        self.clear(by)
        self.clear(scratch)

    def patch(self, label: str, target: str) -> None:
        """Writes that the instruction at `label` goes to `target` from now on."""
        self.out.load(Slot(f"{self.name}/{label}", 2), to(f"{self.name}/{target}"))

    def switch(self, label: str, cell: Operand, target: str) -> None:
        """Writes a clear of `cell` that goes to `target`, unless `patch` says otherwise."""
        self.out.sub(cell, cell, self._goal(target), label=f"{self.name}/{label}")

    def leave(self, cell: Operand) -> None:
        """Writes the one way out: it clears `cell` and goes where the caller wants."""
        self.out.emit(Leave(self.name, (), cell))

    def routine(
        self,
        parameters: tuple[Cell, ...],
        signs: tuple[int, ...],
        results: tuple[Cell, ...],
        takes: tuple[int, ...] = (),
    ) -> Routine:
        """Returns what was written; the arguments are as in `Routine`."""
        items = tuple(
            replace(i, results=results) if isinstance(i, Leave) else i
            for i in _straightened(self.out.items)
        )
        function = SelectedFunction(self.name, items, parameters, (), (0,) * len(items))
        return Routine(function, signs, results, takes)

    def _goal(self, target: str) -> Expression | None:
        return to(f"{self.name}/{target}") if target else None


def _straightened(items: Sequence[Item]) -> list[Item]:
    """Returns code without jumps to the next instruction."""
    kept: list[Item] = []
    following: set[str] = set()  # the labels of the next instruction
    for item in reversed(items):
        if isinstance(item, Label):
            following.add(item.name)
        elif isinstance(item, Sub):
            goal = item.target.symbol if item.target is not None else ""
            if goal in following and not item.label:
                if item.a == item.b == ZERO:
                    continue
                item = replace(item, target=None)
            following = set()
        else:
            following = set()
        kept.append(item)
    return kept[::-1]
