"""Which routine does each operator of a program, and whether its code stands there or is shared.

Operands that are constants, or within known ranges, have routines of their own. Such a routine, and
a copy of it at a place, are worth the steps that they save if these are many for the cells that it
takes; a loop multiplies them. A routine with a single place always stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlpl.backend.subleq.operator_sites import Site, sites
from mlpl.backend.subleq.routines.catalog import Form, by_constant, general, stand_in
from mlpl.backend.subleq.routines.need import Need
from mlpl.backend.subleq.routines.routine import Routine
from mlpl.ir.module import Function, Instruction, Module, Op, Operand
from mlpl.ir.ranges import Ranges

_CALL = 15
"""Cells of a call of a shared routine."""
_CALL_STEPS = 4
"""Steps of a call of a shared routine, apart from what it does."""
_SAVED = 20
"""Steps that a constant operand saves, about."""
_WORTH = 12
"""Cells that one step less is worth."""
_REPEATS = 4
"""How often a loop is taken to run, here."""
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """How an operator is done at a place.

    Attributes:
        form: of the routine.
        operands: in its order.
        in_place: whether its code stands there.
        partner: the other division that comes with it, or None.
    """

    form: Form
    operands: tuple[Operand, ...]
    in_place: bool
    partner: Instruction | None


class Plan:
    """The choices for one program.

    Attributes:
        shared: routines that are called, by name; each is made when it is first asked for.
    """

    def __init__(
        self, module: Module, ranges: Callable[[Function], Ranges], *, small: bool = False
    ) -> None:
        """Makes all choices; `small`: cells before steps."""
        self._word_bits = module.word_bits
        self._small = small
        self._choices: dict[int, Choice] = {}
        self.shared: dict[str, Routine] = {}
        families: dict[str, list[Site]] = {}
        for site in sites(module, ranges, self._stands_in):
            families.setdefault(site.family, []).append(site)
        for family in families.values():
            self._family(family)

    def choice(self, instruction: Instruction) -> Choice | None:
        """Returns how an operator is done, or a call that a routine stands for; None for others."""
        return self._choices.get(id(instruction))

    def routine(self, form: Form) -> Routine:
        """Returns the shared routine of a form."""
        if form.name not in self.shared:
            self.shared[form.name] = form.make(form.name)
        return self.shared[form.name]

    def _stands_in(self, i: Instruction) -> bool:
        if i.op is not Op.CALL or len(i.operands) != 1:
            return False
        return stand_in(i.symbol, self._word_bits, small=self._small) is not None

    # Choosing ------------------------------------------------------------------------------

    def _family(self, family: Sequence[Site]) -> None:
        """Chooses for sites that one routine could serve."""
        if family[0].instruction.op is Op.CALL:
            symbol = family[0].instruction.symbol
            form = stand_in(symbol, self._word_bits, small=self._small)
            assert form is not None, "the caller has looked"
            self._share(family, lambda need: form)
            return
        groups: dict[int, list[Site]] = {}
        others: list[Site] = []
        for site in family:
            constant = site.need.constant
            if constant is None or self._by_constant(site.need) is None:
                others.append(site)
            else:
                groups.setdefault(constant, []).append(site)
        for group in self._worthwhile(groups, others):
            self._share(group, self._known_by_constant)
        chosen = self._choices.keys()
        self._share([s for s in family if id(s.instruction) not in chosen], self._general)

    def _worthwhile(
        self, groups: Mapping[int, Sequence[Site]], others: Sequence[Site]
    ) -> Iterable[Sequence[Site]]:
        """Returns the groups of sites whose constant gets a routine of its own."""
        cells = {c: self._group_cells(group) for c, group in groups.items()}
        every = [site for group in groups.values() for site in group]
        if every and not others:
            shared = size(self._general(joined(every)))
            if sum(cells.values()) <= shared + sum(map(self._allowance, every)):
                return list(groups.values())
        return [
            group for c, group in groups.items() if cells[c] <= sum(map(self._allowance, group))
        ]

    def _group_cells(self, group: Sequence[Site]) -> int:
        cells = size(self._known_by_constant(joined(group)))
        return cells if len(group) == 1 else cells + _CALL * len(group)

    def _allowance(self, site: Site) -> int:
        """Returns how many cells a routine for its constant may take at a site."""
        return _CALL if self._small else _CALL + _WORTH * _SAVED * _times(site)

    def _share(self, group: Sequence[Site], make: Callable[[Need], Form]) -> None:
        """Chooses between copies and one routine for all sites of a group."""
        rest = [site for site in group if not self._copied(site, make(site.need))]
        if len(rest) > 1:
            form = make(joined(rest))
            for site in rest:
                self._choose(site, form, in_place=False)
        for site in group:
            if len(rest) <= 1 or site not in rest:
                self._choose(site, make(site.need), in_place=True)

    def _copied(self, site: Site, form: Form) -> bool:
        """Whether a site has a copy though others need the routine too."""
        if self._small:
            return size(form) <= _CALL
        return size(form) <= _CALL + _WORTH * _CALL_STEPS * min(_times(site), _REPEATS)

    def _choose(self, site: Site, form: Form, *, in_place: bool) -> None:
        choice = Choice(form, site.operands, in_place, site.partner)
        self._choices[id(site.instruction)] = choice

    def _by_constant(self, need: Need) -> Form | None:
        return by_constant(need, self._word_bits)

    def _known_by_constant(self, need: Need) -> Form:
        form = by_constant(need, self._word_bits)
        assert form is not None, "the caller has looked"
        return form

    def _general(self, need: Need) -> Form:
        return general(need, self._word_bits, small=self._small)


def joined(group: Sequence[Site]) -> Need:
    """Returns what serves all sites."""
    need = group[0].need
    for site in group[1:]:
        need = need.join(site.need)
    return need


def size(form: Form) -> int:
    """Returns the cells of a form's code."""
    return form.make(form.name).cells


def _times(site: Site) -> int:
    return int(_REPEATS ** min(site.depth, _DEEPEST))
