"""Local clean-up of allocated code: jumps that are not needed.

Until nothing changes: straight-line code is replaced by the table of proved rewrites; a branch to
the next instruction loses its target, and goes if nothing else is left of it; branches to jumps go
where those go; code that nothing reaches is dropped; labels that nothing names are dropped. All but
the first change no instruction that writes anything. Instructions with a label of their own are
operands of others and are left alone.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from itertools import islice

from mlpl.backend.subleq.selected import ZERO, Expression, Label, Pool, Slot, Sub
from mlpl.backend.subleq.superoptimize import superoptimize

Code = tuple[Sub | Label, ...]


def tidy(code: Code, outside: Set[str], entries: Set[str], private: str, word_bits: int) -> Code:
    """Returns the code of one function, equal in effect and no longer.

    Args:
        code: allocated code.
        outside: labels that other functions name; the first of `code` is one.
        entries: labels where control comes in from other functions.
        private: the object whose cells no pointer ever reaches.
        word_bits: w.
    """
    while True:
        code = _settled(code, outside)
        proved = superoptimize(code, entries, private, word_bits)
        if proved is code:
            return code
        code = proved


def _settled(code: Code, outside: Set[str]) -> Code:
    """Returns the code without jumps, instructions and labels that are not needed."""
    while (shorter := _unreached(_folded(_threaded(code)), outside)) != code:
        code = shorter
    return code


def _is_jump(item: Sub | Label) -> bool:
    return isinstance(item, Sub) and item.a == item.b == ZERO and not item.label


def _threaded(code: Code) -> Code:
    """Branches to a jump go where the jump goes."""
    goals: dict[str, Expression] = {}
    pending: list[str] = []
    for item in code:
        if isinstance(item, Label):
            pending.append(item.name)
            continue
        if _is_jump(item) and item.target is not None:
            goals |= dict.fromkeys(pending, item.target)
        pending = []
    if not goals:
        return code
    return tuple(
        replace(item, target=_goal(item.target, goals))
        if isinstance(item, Sub) and item.target is not None and item.target.symbol in goals
        else item
        for item in code
    )


def _goal(target: Expression, goals: dict[str, Expression]) -> Expression:
    seen = set()
    while target.symbol in goals and not target.constant and target.symbol not in seen:
        seen.add(target.symbol)
        target = goals[target.symbol]
    return target


def _folded(code: Code) -> Code:
    """Branches to what comes next lose their target."""
    result: list[Sub | Label] = []
    for index, item in enumerate(code):
        if isinstance(item, Sub) and item.target and _names_next(code, index, item.target):
            if _is_jump(item):
                continue
            item = replace(item, target=None)
        result.append(item)
    return tuple(result)


def _names_next(code: Code, index: int, target: Expression) -> bool:
    if not target.symbol or target.constant:
        return False
    for item in islice(code, index + 1, None):
        if isinstance(item, Sub):
            return item.label == target.symbol
        if item.name == target.symbol:
            return True
    return False


def _unreached(code: Code, outside: Set[str]) -> Code:
    """Drops labels that nothing names, and code behind a jump that nothing names."""
    named = set(outside)
    for item in code:
        if isinstance(item, Sub):
            named |= _symbols(item)
    result: list[Sub | Label] = []
    reached = True
    for item in code:
        if isinstance(item, Label):
            if item.name not in named:
                continue
            reached = True
        elif item.label in named and item.label:
            reached = True
        if reached:
            result.append(item)
        if isinstance(item, Sub) and item.a == item.b and item.target is not None:
            reached = False
    return tuple(result)


def _symbols(item: Sub) -> set[str]:
    names = {item.target.symbol} if item.target is not None else set()
    for operand in (item.a, item.b):
        match operand:
            case Pool(Expression(symbol=symbol)):
                names.add(symbol)
            case Slot(label):
                names.add(label)
            case _:
                pass
    return names
