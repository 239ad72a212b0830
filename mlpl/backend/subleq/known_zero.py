"""Which cells are known to hold 0 before each instruction of a function."""

from __future__ import annotations

from collections.abc import Set

from mlpl.backend.subleq.routines.builder import KEPT
from mlpl.backend.subleq.selected import PORT, ZERO, At, Label, Operand, Pool, Sub

Code = tuple[Sub | Label, ...]
Zeros = frozenset[Operand]

CONVENTION: Zeros = frozenset((ZERO, *KEPT))
"""What holds 0 wherever control comes in from another function."""


def known_zero(code: Code, entries: Set[str], private: str) -> list[Zeros | None]:
    """Returns for each item the cells that hold 0 before it; None for code that nothing reaches.

    Forward dataflow to the greatest fixed point (Aho, Lam, Sethi, Ullman, section 9.3).

    Args:
        code: allocated code of one function.
        entries: labels where control comes in from other functions.
        private: the object whose cells no pointer ever reaches.
    """
    known: dict[str, Zeros] = dict.fromkeys(_patched_goals(code), frozenset((ZERO,)))
    known |= dict.fromkeys(entries, CONVENTION)
    found: list[Zeros | None] = [None] * len(code)
    changed = True
    while changed:
        changed = False
        now: Zeros | None = CONVENTION
        for index, item in enumerate(code):
            name = item.name if isinstance(item, Label) else item.label
            if name:
                changed |= _join(known, name, now)
                now = known.get(name)
            found[index] = now
            if now is None or isinstance(item, Label):
                continue
            now = after(item, now, private)
            if item.target is not None and item.target.symbol:
                changed |= _join(known, item.target.symbol, now)
            if item.target is not None and item.a == item.b and not item.label:
                now = None
    return found


def _patched_goals(code: Code) -> set[str]:
    """Returns the labels that targets may be patched with."""
    return {i.a.value.symbol for i in code if isinstance(i, Sub) and isinstance(i.a, Pool)} - {""}


def _join(known: dict[str, Zeros], name: str, coming: Zeros | None) -> bool:
    """Adds a way to a label; returns whether less is known there now."""
    before = known.get(name)
    if coming is None or (before is not None and before <= coming):
        return False
    known[name] = coming if before is None else before & coming
    return True


def after(item: Sub, zeros: Zeros, private: str) -> Zeros:
    """Returns the cells that hold 0 after an instruction; patched operands may be any object's."""
    if item.label:
        zeros = frozenset(z for z in zeros if z in CONVENTION or is_private(z, private))
        return zeros if item.a == item.b == ZERO else zeros - {item.b}
    if item.b is PORT or item.b == ZERO:
        return zeros
    if item.a == item.b:
        return zeros | {item.b}
    return zeros if item.a in zeros else zeros - {item.b}


def is_private(operand: Operand, private: str) -> bool:
    """Whether an operand is a cell of the object that no pointer reaches."""
    return isinstance(operand, At) and operand.object == private
