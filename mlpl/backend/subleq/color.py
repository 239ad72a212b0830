"""Register allocation by graph colouring: the virtual cells of a whole program to memory cells.

Two cells interfere if one is written while the other is live; what is live across a call
interferes with every cell of the functions that may run inside. Copies and two-address operations
ask that their cells be one (affinities): arguments are so computed straight into the callee's
parameters. An affinity is granted, heaviest first, wherever the cells do not interfere. There is
no limit on colours, so nothing is ever spilled and coalescing can be aggressive. Functions that
cannot be active together share cells without further ado. (Chaitin, "Register allocation and
spilling via graph coloring", 1982; sets are bit masks.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlpl.backend.subleq.live import defined, live_out, mask, members, used
from mlpl.backend.subleq.selected import (
    Add,
    Call,
    Cell,
    Item,
    Move,
    SelectedFunction,
    Subtract,
)
from mlpl.ir.callgraph import components

DEEPEST = 8
"""Loops inside one another that still add to the weight of an affinity."""


@dataclass(frozen=True, slots=True)
class Coloring:
    """Where the virtual cells of a program are.

    Attributes:
        colors: for each cell the number of its place, from 0.
        size: how many places there are.
    """

    colors: Mapping[Cell, int]
    size: int

    def own(self, function: str) -> int:
        """Returns how many places the cells of a function have."""
        return len({place for cell, place in self.colors.items() if cell.function == function})


def color(functions: Mapping[str, SelectedFunction]) -> Coloring:
    """Returns places for all virtual cells of the program."""
    cells = tuple(dict.fromkeys(c for f in functions.values() for c in f.cells()))
    numbers = {cell: number for number, cell in enumerate(cells)}
    graph = _Interference(functions, numbers)
    classes = _Classes(graph.neighbours)
    for x, y in affinities(functions, numbers):
        classes.merge(x, y)
    places = classes.colors()
    return Coloring(
        {cell: places[number] for cell, number in numbers.items()}, max(places, default=-1) + 1
    )


class _Interference:
    """Which cells cannot share a place: `neighbours[number]` is a set of numbers."""

    def __init__(
        self, functions: Mapping[str, SelectedFunction], numbers: Mapping[Cell, int]
    ) -> None:
        self.numbers = numbers
        self.neighbours = [0] * len(numbers)
        self.across = dict.fromkeys(functions, 0)
        for function in functions.values():
            self._function(function)
        own: dict[str, int] = dict.fromkeys(functions, 0)
        for cell, number in numbers.items():
            own[cell.function] = own.get(cell.function, 0) | 1 << number
        self._calls(functions, own)

    def _function(self, function: SelectedFunction) -> None:
        live = live_out(function, self.numbers)
        for item, after in zip(function.items, live, strict=True):
            written = mask(defined(item), self.numbers)
            if isinstance(item, Call):
                self.across[item.callee] |= after & ~written
            others = after | written | _also(item, self.numbers)
            if isinstance(item, Move) and not item.negated and isinstance(item.source, Cell):
                others &= ~(1 << self.numbers[item.source])
            for target in members(written):
                self._connect(target, others)
        first = function.items[0]
        entering = mask(function.parameters, self.numbers)
        entering &= live[0] | mask(used(first), self.numbers)
        for parameter in members(entering):
            self._connect(parameter, entering)

    def _connect(self, number: int, others: int) -> None:
        bit = 1 << number
        others &= ~bit
        new = others & ~self.neighbours[number]
        self.neighbours[number] |= others
        for other in members(new):
            self.neighbours[other] |= bit

    def _calls(self, functions: Mapping[str, SelectedFunction], own: Mapping[str, int]) -> None:
        """What is live across a call interferes with all cells of what runs inside.

        Functions of one cycle of calls run inside each other, so they are taken together: from
        callees to callers for what runs inside, and back for what is live around.
        """
        callees = {name: function.callees for name, function in functions.items()}
        groups = components(callees)
        inside: dict[str, int] = {}
        for group in groups:
            cells = 0
            for name in group:
                cells |= own[name]
                for callee in callees[name]:
                    cells |= inside.get(callee, 0)
            inside |= dict.fromkeys(group, cells)
        around = dict.fromkeys(functions, 0)
        for group in reversed(groups):
            live = 0
            for name in group:
                live |= around[name] | self.across[name]
            for name in group:
                around[name] = live
                for callee in callees[name]:
                    around[callee] |= live
                for number in members(self.across[name]):
                    self.neighbours[number] |= inside[name] & ~(1 << number)
                for number in members(own[name]):
                    self.neighbours[number] |= live & ~(1 << number)


def _also(item: Item, numbers: Mapping[Cell, int]) -> int:
    """Returns cells that the target of an item cannot be, though they are not live after it."""
    match item:
        case Subtract(_, x, Cell() as y) if y != x:
            return 1 << numbers[y]
        case Move(_, Cell() as source, negated=True):
            return 1 << numbers[source]
        case _:
            return 0


def affinities(
    functions: Mapping[str, SelectedFunction], numbers: Mapping[Cell, int]
) -> list[tuple[int, int]]:
    """Returns pairs of numbers that would like to share a place, the most valuable first.

    The value is the number of steps saved, times ten for each loop around.
    """
    weights: dict[tuple[int, int], int] = {}
    for function in functions.values():
        for item, depth in zip(function.items, function.depth, strict=True):
            for one, other, steps in _wishes(item):
                x, y = numbers[one], numbers[other]
                if x != y:
                    pair = (min(x, y), max(x, y))
                    weights[pair] = weights.get(pair, 0) + steps * 10 ** min(depth, DEEPEST)
    return sorted(weights, key=lambda pair: (-weights[pair], pair))


def _wishes(item: Item) -> Iterable[tuple[Cell, Cell, int]]:
    match item:
        case Move(Cell() as target, Cell() as source, negated=False):
            yield target, source, 4
        case Subtract(Cell() as target, Cell() as x):
            yield target, x, 4
        case Add(Cell() as target, x, y):
            for operand in (x, y):
                if isinstance(operand, Cell):
                    yield target, operand, 2
        case _:
            pass


class _Classes:
    """Cells that share a place, as union-find over numbers with sets of members."""

    def __init__(self, neighbours: list[int]) -> None:
        self._links = list(range(len(neighbours)))
        self._neighbours = list(neighbours)
        self._members = [1 << number for number in self._links]

    def _find(self, number: int) -> int:
        while self._links[number] != number:
            self._links[number] = self._links[self._links[number]]
            number = self._links[number]
        return number

    def merge(self, x: int, y: int) -> None:
        """Makes two cells share a place, unless they interfere."""
        keep, drop = self._find(x), self._find(y)
        if keep == drop or self._neighbours[keep] & self._members[drop]:
            return
        self._links[drop] = keep
        self._neighbours[keep] |= self._neighbours[drop]
        self._members[keep] |= self._members[drop]

    def colors(self) -> list[int]:
        """Returns a place for each number: first fit, those with most neighbours first."""
        roots = [n for n in range(len(self._links)) if self._links[n] == n]
        roots.sort(key=lambda n: (-self._neighbours[n].bit_count(), n))
        taken: list[int] = []
        place = {}
        for root in roots:
            number = 0
            while number < len(taken) and taken[number] & self._neighbours[root]:
                number += 1
            if number == len(taken):
                taken.append(0)
            taken[number] |= self._members[root]
            place[root] = number
        return [place[self._find(n)] for n in range(len(self._links))]
