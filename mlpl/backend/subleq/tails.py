"""Where straight code ends, and in how many instructions two such ends are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import pairwise

from mlpl.backend.subleq.selected import ZERO, Expression, Label, Operand, Pool, Slot, Sub

Code = tuple[Sub | Label, ...]

LONGEST = 64
"""Instructions of a tail that are looked at."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of some straight code.

    Attributes:
        items: the indices of its instructions, the last one first; a jump that does nothing else
            is none of them.
        end: the index behind it, and behind its jump.
        jump: whether it ends with a jump that does nothing else.
        falls: whether it ends without a jump.
        whole: whether control enters `items` at labels only.
        spelling: numbers for where it leads and for what its items do, in their order.
    """

    items: tuple[int, ...]
    end: int
    jump: bool
    falls: bool
    whole: bool
    spelling: tuple[int, ...]


class Tails:
    """The tails of the code of one function.

    What is above a label of `held`, which others than branches of the function name, is in no
    tail with what is below.
    """

    def __init__(self, code: Code, held: Set[str]) -> None:
        self._code = code
        self._held = held
        self._numbers: dict[object, int] = {}
        self._words: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._mentions = Counter(label for item in code for label in _named(item))
        self._same = _same_places(code)
        goals = (i.target for i in code if isinstance(i, Sub) and i.target is not None)
        self._goals = {self._goal(goal) for goal in goals}

    def alike(self) -> Iterator[tuple[Tail, Tail, int]]:
        """Yields pairs of tails with the number of instructions, from the end, that are alike.

        In the order of their spellings neighbours have most in common.
        """
        tails = sorted(self._tails(), key=lambda tail: tail.spelling)
        for one, other in pairwise(tails):
            length = -1
            for mine, its in zip(one.spelling, other.spelling, strict=False):
                if mine != its:
                    break
                length += 1
            length = self._closed(one, other, max(0, min(length, _apart(one, other))))
            if length > 0:
                yield one, other, length

    def _tails(self) -> Iterator[Tail]:
        run: list[int] = []
        whole = False
        for index, item in enumerate(self._code):
            if isinstance(item, Label):
                goal = self._goal(Expression(symbol=item.name))
                if run and run[-1] == index - 1 and goal in self._goals:
                    yield self._tail(run, index, goal, whole=whole, falls=True)
                if item.name in self._held:
                    run, whole = [], False
                continue
            if item.label and item.label in self._held:
                run, whole = [], is_jump(item)
                continue
            run.append(index)
            if is_jump(item) and not item.label:
                assert item.target is not None, "it is a jump"
                tail = self._tail(run, index + 1, self._goal(item.target), whole=whole)
                if tail.items and tail.items[0] == index - tail.jump:
                    yield tail
                run, whole = [], True

    def _tail(
        self, run: list[int], end: int, goal: str, *, whole: bool, falls: bool = False
    ) -> Tail:
        """Returns the tail of a run of instructions, the last of them a jump unless it `falls`."""
        jump = not falls and self._sub(run[-1]).a == ZERO
        items = tuple(reversed(run[: len(run) - jump]))[:LONGEST]
        whole = whole and len(items) == len(run) - jump
        spelled = [self._word(index, ends=index == end - 1) for index in items]
        return Tail(items, end, jump, falls, whole, (self._number(goal), *spelled))

    def _word(self, index: int, *, ends: bool) -> int:
        """Returns the number for what an instruction does; see `_spelled`."""
        known = self._words[ends]
        if index not in known:
            known[index] = self._number(self._spelled(self._sub(index), ends=ends))
        return known[index]

    def _number(self, spelled: object) -> int:
        return self._numbers.setdefault(spelled, len(self._numbers))

    def _sub(self, index: int) -> Sub:
        item = self._code[index]
        assert isinstance(item, Sub), "tails are made of instructions"
        return item

    def _spelled(self, item: Sub, *, ends: bool) -> object:
        """Returns what an instruction does for which line, without names of its own labels.

        One that ends a tail may also be the jump; where that leads, the tail says.
        """
        target = None if ends or item.target is None else self._goal(item.target)
        at = item.location
        line = (at.path, at.line, at.inlined) if at is not None else None
        return self._operand(item.a), self._operand(item.b), target, bool(item.label), line

    def _operand(self, operand: Operand) -> object:
        match operand:
            case Slot(label, field) if label not in self._held:
                return field
            case _:
                return operand

    def _goal(self, target: Expression) -> str:
        """Returns a name for a target, the same for labels of one place."""
        return str(target) if target.constant else self._same.get(target.symbol, str(target))

    def _closed(self, one: Tail, other: Tail, length: int) -> int:
        """Returns the most instructions, up to `length`, that name their own labels alike.

        Nobody else names these labels.
        """
        names: dict[str, str] = {}
        mentions = [Counter[str](), Counter[str]()]
        closed = 0
        for count, pair in enumerate(zip(one.items[:length], other.items, strict=False), 1):
            mine, its = (list(_labels(self._sub(index))) for index in pair)
            for name, same in zip(mine, its, strict=True):
                if name in self._held and name != same:
                    return closed
                if names.setdefault(name, same) != same:
                    return closed
            mentions[0].update(mine)
            mentions[1].update(its)
            if all(self._mentions[name] == n for found in mentions for name, n in found.items()):
                closed = count
        return closed


def is_jump(item: Sub) -> bool:
    """Whether control never goes on behind an instruction."""
    return item.a == item.b and item.target is not None


def _apart(one: Tail, other: Tail) -> int:
    """Returns in how many instructions two tails do not overlap."""
    first, last = sorted((one, other), key=lambda tail: tail.end)
    return sum(index >= first.end for index in last.items)


def _labels(item: Sub | Label) -> Iterator[str]:
    """Yields the labels of instructions that an item names: its own, and those of operands."""
    if isinstance(item, Sub):
        if item.label:
            yield item.label
        for operand in (item.a, item.b):
            if isinstance(operand, Slot):
                yield operand.label


def _named(item: Sub | Label) -> Iterator[str]:
    """Yields the labels that an item names at all."""
    yield from _labels(item)
    if isinstance(item, Sub):
        words = [o.value for o in (item.a, item.b) if isinstance(o, Pool)]
        yield from (word.symbol for word in (*words, item.target) if word is not None)


def _same_places(code: Code) -> dict[str, str]:
    """Returns the first of the labels that stand in one place, for each of them."""
    same: dict[str, str] = {}
    first = ""
    for item in code:
        if isinstance(item, Label):
            first = first or item.name
            same[item.name] = first
        else:
            first = ""
    return same
