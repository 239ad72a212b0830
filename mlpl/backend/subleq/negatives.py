"""The sign of values as part of the choice: negatives kept beside values, or in their place.

To subtract takes one step and to add three, for what is added first passes negated through a
scratch cell. Where the negative of a value is at hand, an addition of the value is a
subtraction, and a copy of it takes two steps for four. A value that a load or a copy makes passes
negated through a scratch cell too: made through a cell of its own, the negative stays at hand for
no more steps, and if nothing but its negative is used, the value itself is not made. Any other
value is negated in two steps, which pay where its uses are in a loop that it is not in.

That is exact in words that wrap, where the smallest is its own negative: sums and differences are
the same, and what compares by sign reads the values themselves. A value that is not made has no
cell, and so no variable in the facts; nothing else shows that there are negatives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from mlpl.backend.subleq.code_view import CodeView
from mlpl.backend.subleq.color import DEEPEST
from mlpl.backend.subleq.live import defined, live_after, mask, members, used
from mlpl.backend.subleq.negative_makings import MADE, Making, making, negated
from mlpl.backend.subleq.negative_uses import SAVED, Use, uses_at
from mlpl.backend.subleq.scratch import SCRATCH, without_needless_clears
from mlpl.backend.subleq.selected import (
    ZERO,
    Call,
    Cell,
    Item,
    SelectedFunction,
    Sub,
)


def with_negatives(
    function: SelectedFunction, blocks: frozenset[str], *, small: bool
) -> SelectedFunction:
    """Returns the function with the negatives of values where that saves steps.

    Args:
        function: selected, with no cells yet at its `Save`s.
        blocks: labels where scratch cells hold 0.
        small: whether cells count, not steps: then loops do not matter.
    """
    return _Negatives(function, blocks, small).run()


@dataclass(slots=True)
class _Candidate:
    """A value whose negative may be made.

    Attributes:
        value: its cell.
        uses: with the negative.
        makings: of the negative.
        enters: whether it is also made where the function is entered.
        possible: whether it can be made wherever it is needed.
    """

    value: Cell
    uses: list[Use]
    makings: list[Making]
    enters: bool = False
    possible: bool = True

    def spans(self) -> Iterator[range]:
        """The indices of the items that change."""
        parts: list[Use | Making] = [*self.uses, *self.makings]
        for part in parts:
            yield range(part.start, part.end)


class _Negatives:
    def __init__(self, function: SelectedFunction, blocks: frozenset[str], small: bool) -> None:
        self.function = function
        self.items = function.items
        self.blocks = blocks
        self.small = small
        self.code = CodeView(function, blocks)
        self.weights = [1 if small else 10 ** min(d, DEEPEST) for d in function.depth]
        own = [cell for cell in function.cells() if cell.function == function.name]
        top = max((cell.id for cell in own), default=0)
        self.negative = {
            cell: Cell(top + number, function=function.name) for number, cell in enumerate(own, 1)
        }
        self.touching: dict[Cell, list[int]] = {cell: [] for cell in own}
        for index, item in enumerate(self.items):
            for cell in {*used(item), *defined(item)} & self.negative.keys():
                self.touching[cell].append(index)
        self.plan: dict[int, tuple[Item, ...]] = {}

    def run(self) -> SelectedFunction:
        uses: dict[Cell, list[Use]] = {}
        for index in range(len(self.items)):
            for use in uses_at(self.code, index, self.negative):
                uses.setdefault(use.value, []).append(use)
        if not uses:
            return self.function
        for candidate in self._candidates(uses):
            taken = any(i in self.plan for span in candidate.spans() for i in span)
            if candidate.possible and not taken:
                self._consider(candidate)
        if not self.plan:
            return self.function
        return without_needless_clears(self._changed(), self.blocks)

    # Where negatives are needed ---------------------------------------------------------------

    def _candidates(self, uses: dict[Cell, list[Use]]) -> list[_Candidate]:
        """Returns the values with uses, and where their negatives must be made for these.

        A negative is made wherever its value is written and the negative is used before the
        next time. It cannot be where the writing branches, and does not survive recursion.
        """
        numbers = {cell: number for number, cell in enumerate(uses)}
        found = [_Candidate(cell, sites, []) for cell, sites in uses.items()]
        reads = [0] * len(self.items)
        for cell, sites in uses.items():
            for use in sites:
                reads[use.end - 1] |= 1 << numbers[cell]
        writes = [mask(uses.keys() & _written(item), numbers) for item in self.items]
        live = live_after(self.items, list(zip(reads, writes, strict=True)))
        for index, item in enumerate(self.items):
            made = live[index] & writes[index]
            for number in members(made):
                value = found[number].value
                how = making(self.code, index, value, self.negative[value])
                found[number].makings.append(how)
            broken = made if _leaves(item) else 0
            if isinstance(item, Call) and item.recursive:
                broken |= live[index] & ~writes[index]
            for number in members(broken):
                found[number].possible = False
        for number in members(live[0] & ~writes[0] | reads[0]):
            found[number].enters = True
            found[number].possible &= found[number].value in self.function.parameters
        return found

    # What they save ---------------------------------------------------------------------------

    def _consider(self, candidate: _Candidate) -> None:
        """Plans the changes for a value if they save more than they cost."""
        alone = self._alone(candidate)
        saved = self._saved(candidate)
        cost = sum(m.cost * self.weights[m.start] for m in candidate.makings)
        cost += MADE * candidate.enters * self.weights[0] + self._spoiled(candidate)
        if alone:
            saved += sum(MADE * self.weights[m.start] for m in candidate.makings)
        if saved <= cost or (self.small and cost and saved <= cost + MADE):
            return
        for use in candidate.uses:
            self._put(use, use.items)
        for how in candidate.makings:
            self._put(how, how.alone if alone and how.alone is not None else how.both)
        if candidate.enters:
            value = candidate.value
            entry = self.plan.get(0, self.items[:1])
            self.plan[0] = (*entry, negated(value, self.negative[value], self.items[0]))

    def _alone(self, candidate: _Candidate) -> bool:
        """Returns whether the value need not be made: nothing else reads it."""
        value = candidate.value
        if candidate.enters or value.name or value in self.function.parameters:
            return False
        if any(how.alone is None for how in candidate.makings):
            return False
        changed = {i for span in candidate.spans() for i in span}
        for index in self.touching[value]:
            item = self.items[index]
            if index not in changed or (isinstance(item, Sub) and value in item.keeps):
                return False
        return True

    def _saved(self, candidate: _Candidate) -> int:
        """Returns the steps that uses save, times ten for each loop around.

        Of uses in one loop those in the best stretch count: others may be on ways not taken. Where
        the negative takes steps to make, those as deep in loops only count right behind that.
        """
        costly = [how.start for how in candidate.makings if how.cost]
        costly += [0] if candidate.enters else []
        near = {self.code.stretch[index] for index in costly}
        deepest = max((self.weights[index] for index in costly), default=0)
        counts: Counter[tuple[int, int]] = Counter()
        for use in candidate.uses:
            weight, stretch = self.weights[use.start], self.code.stretch[use.start]
            if self.code.at_hand(use.start, use.value):
                continue
            if self.small:
                counts[weight, 0] += SAVED + use.branches
            elif weight > deepest or stretch in near:
                counts[weight, stretch] += SAVED
        best: dict[int, int] = {}
        for (weight, _), saved in counts.items():
            best[weight] = max(best.get(weight, 0), saved)
        return sum(weight * saved for weight, saved in best.items())

    def _spoiled(self, candidate: _Candidate) -> int:
        """Returns the steps lost where a scratch cell would have had the negative at hand."""
        changed = {use.start for use in candidate.uses}
        return sum(
            SAVED * self.weights[index]
            for index in self.touching[candidate.value]
            if index not in changed
            and isinstance(item := self.items[index], Sub)
            and item.a == candidate.value
            and item.b in SCRATCH
            and self.code.at_hand(index, candidate.value)
        )

    # The changes ------------------------------------------------------------------------------

    def _put(self, part: Use | Making, items: tuple[Item, ...]) -> None:
        self.plan |= dict.fromkeys(range(part.start, part.end), ())
        self.plan[part.start] = items

    def _changed(self) -> SelectedFunction:
        items: list[Item] = []
        depths: list[int] = []
        for index, item in enumerate(self.items):
            new = self.plan.get(index, (item,))
            items += new
            depths += [self.function.depth[index]] * len(new)
        return replace(self.function, items=tuple(items), depth=tuple(depths))


def _written(item: Item) -> Set[Cell]:
    """Returns the cells that an item changes; a test leaves its cell as it is."""
    return frozenset() if isinstance(item, Sub) and item.a == ZERO else frozenset(defined(item))


def _leaves(item: Item) -> bool:
    """Returns whether control may not come to what stands right behind an item."""
    return isinstance(item, Call) or (isinstance(item, Sub) and item.target is not None)
