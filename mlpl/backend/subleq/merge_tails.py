"""Tail merging: code that ends alike, and leads on to the same place, stands once.

Straight code is read backwards from each jump and from each label that control falls into. Where
two such tails end in equal instructions, one of them becomes a jump into the other. That saves
cells; it costs a step unless the tail that stays falls through, or all of the other goes: then the
branches to it lead into the tail that stays. (Also called cross-jumping: Muchnick, "Advanced
Compiler Design and Implementation", 1997, section 18.8.)

Instructions whose operands are patched are equal if the same is done to them, inside of what is
equal (`tails`). Instructions of different lines, or inlined by different calls, differ, so that
traces and profiles stay exact; so do calls, since each has a return address of its own, by which
backtraces tell them, and checks, since each has a halt address of its own.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from mlpl.backend.subleq.selected import ZERO, Expression, Label, Sub
from mlpl.backend.subleq.tails import Tail, Tails

Code = tuple[Sub | Label, ...]


def merge_tails(code: Code, held: Set[str], *, small: bool) -> Code:
    """Returns the code of one function with tails merged; itself if there is nothing to merge.

    Jumps to what is a jump now, and labels that nobody names, are left to `peephole`, and what is
    alike only then to another call.

    Args:
        code: allocated and tidy.
        held: labels that others than branches of the function name.
        small: whether a merge may cost a step.
    """
    tails = Tails(code, held)
    found = [_Merge.of(one, other, length, small) for one, other, length in tails.alike()]
    merges = sorted((m for m in found if m is not None), key=lambda m: (m.steps, -m.saved))
    merger = _Merger(code)
    for merge in merges:
        merger.apply(merge)
    return merger.result() if merger.taken else code


@dataclass(frozen=True, slots=True)
class _Merge:
    """What may be done.

    Attributes:
        stays: one of two tails.
        goes: the other.
        length: instructions in which they end alike.
        saved: instructions that this saves.
        steps: that it costs where `goes` was run.
    """

    stays: Tail
    goes: Tail
    length: int
    saved: int
    steps: int

    @property
    def whole(self) -> bool:
        """Whether all of the tail goes, and no jump has to stand for it."""
        return self.goes.whole and self.length == len(self.goes.items)

    @staticmethod
    def of(one: Tail, other: Tail, length: int, small: bool) -> _Merge | None:
        """Returns the better way to merge two tails; None if there is no good one."""
        ways = (_Merge._way(one, other, length), _Merge._way(other, one, length))
        good = [way for way in ways if way.saved > 0 and (small or not way.steps)]
        return min(good, key=lambda way: (way.steps, -way.saved), default=None)

    @staticmethod
    def _way(stays: Tail, goes: Tail, length: int) -> _Merge:
        if goes.whole and length == len(goes.items):
            return _Merge(stays, goes, length, length + goes.jump, 0)
        return _Merge(
            stays, goes, length, length - (not goes.jump), 1 - (goes.jump and stays.falls)
        )


class _Merger:
    """Applies merges that do not touch each other.

    Attributes:
        taken: the indices of items that a merge has removed, or is about to keep.
    """

    def __init__(self, code: Code) -> None:
        self.taken: set[int] = set()
        self._code = code
        self._names = {item.name for item in code if isinstance(item, Label)}
        self._before: dict[int, list[Label]] = {}
        self._instead: dict[int, tuple[Sub | Label, ...]] = {}

    def apply(self, merge: _Merge) -> None:
        """Removes the tail that goes, unless another merge has taken some of both."""
        stays = merge.stays.items[: merge.length]
        goes = merge.goes.items[: merge.length]
        removed = range(goes[-1], merge.goes.end)
        touched = {*range(stays[-1], merge.stays.end), *removed}
        if self.taken & touched:
            return
        self.taken |= touched
        self._instead |= dict.fromkeys(removed, ())
        for index in removed:
            item = self._code[index]
            if isinstance(item, Label):
                following = max(o for o, i in enumerate(goes) if i > index)
                self._before.setdefault(stays[following], []).append(item)
        if merge.whole:
            self._move_labels_above(goes[-1], stays[-1])
        else:
            goal = Expression(symbol=self._label(stays[-1]))
            location = self._sub(goes[-1]).location
            self._instead[goes[-1]] = (Sub(ZERO, ZERO, goal, location=location),)

    def _sub(self, index: int) -> Sub:
        item = self._code[index]
        assert isinstance(item, Sub), "tails are made of instructions"
        return item

    def _move_labels_above(self, gone: int, kept: int) -> None:
        """Gives the labels in front of an item that goes to one that stays."""
        index = gone - 1
        while index >= 0 and isinstance(label := self._code[index], Label):
            self.taken.add(index)
            self._instead[index] = ()
            self._before.setdefault(kept, []).append(label)
            index -= 1

    def _label(self, index: int) -> str:
        """Returns a label in front of an item, a new one if there is none."""
        above = self._code[index - 1] if index else None
        if isinstance(above, Label) and index - 1 not in self._instead:
            self.taken.add(index - 1)
            return above.name
        labels = self._before.setdefault(index, [])
        if not labels:
            first = self._code[0]
            assert isinstance(first, Label), "functions begin with a label"
            number = len(self._names)
            while (name := f"{first.name}/t{number}") in self._names:
                number += 1
            self._names.add(name)
            labels.append(Label(name))
        return labels[0].name

    def result(self) -> Code:
        """Returns the code."""
        made: list[Sub | Label] = []
        for index, item in enumerate(self._code):
            made += self._before.get(index, ())
            made += self._instead.get(index, (item,))
        return tuple(made)
