"""Which cells are known to hold 0 before each instruction of a function."""

from __future__ import annotations

from collections.abc import Set

from mlpl.backend.subleq.numbering import ZERO_NUMBER, Numbering
from mlpl.backend.subleq.routines.builder import KEPT
from mlpl.backend.subleq.selected import PORT, ZERO, Label, Pool, Sub

Code = tuple[Sub | Label, ...]

CONVENTION = frozenset((ZERO, *KEPT))
"""What holds 0 wherever control comes in from another function."""


def known_zero(code: Code, numbering: Numbering, entries: Set[str], private: str) -> list[int]:
    """Returns for each item the set of cells that hold 0 before it, as a mask of their numbers.

    It is empty for code that nothing reaches; elsewhere it has at least the cell that is always 0.
    Forward dataflow to the greatest fixed point (Aho, Lam, Sethi, Ullman, section 9.3).

    Args:
        code: allocated code of one function.
        numbering: of its operands.
        entries: labels where control comes in from other functions.
        private: the object whose cells no pointer ever reaches.
    """
    convention = numbering.mask(CONVENTION)
    flow = _Flow(numbering, convention | numbering.mask_of(private))
    known = dict.fromkeys(_patched_goals(code), 1 << ZERO_NUMBER)
    known |= dict.fromkeys(entries, convention)
    found = [0] * len(code)
    changed = True
    while changed:
        changed = False
        now = convention
        for index, item in enumerate(code):
            name = item.name if isinstance(item, Label) else item.label
            if name:
                changed |= _join(known, name, now)
                now = known.get(name, 0)
            found[index] = now
            if not now or isinstance(item, Label):
                continue
            now = flow.after(index, item, now)
            if item.target is not None and item.target.symbol:
                changed |= _join(known, item.target.symbol, now)
            if item.target is not None and item.a == item.b and not item.label:
                now = 0
    return found


class _Flow:
    """What instructions do to the set of cells that hold 0.

    `safe` are the cells that no instruction with patched operands writes.
    """

    def __init__(self, numbering: Numbering, safe: int) -> None:
        self._a, self._b = numbering.a, numbering.b
        self._safe = safe
        self._port = numbering.mask((PORT,))

    def after(self, index: int, item: Sub, zeros: int) -> int:
        """Returns the cells that hold 0 after an item; patched operands may be any object's."""
        a, b = self._a[index], self._b[index]
        bit = 1 << b
        if item.label:
            zeros &= self._safe
            return zeros if b == ZERO_NUMBER else zeros & ~bit
        if b == ZERO_NUMBER or bit & self._port:
            return zeros
        if a == b:
            return zeros | bit
        return zeros if zeros >> a & 1 else zeros & ~bit


def _patched_goals(code: Code) -> set[str]:
    """Returns the labels that targets may be patched with."""
    return {i.a.value.symbol for i in code if isinstance(i, Sub) and isinstance(i.a, Pool)} - {""}


def _join(known: dict[str, int], name: str, coming: int) -> bool:
    """Adds a way to a label; returns whether less is known there now."""
    before = known.get(name)
    if not coming or (before is not None and not before & ~coming):
        return False
    known[name] = coming if before is None else before & coming
    return True
