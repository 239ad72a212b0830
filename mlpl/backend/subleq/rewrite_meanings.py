"""What the letters of a rewrite stand for in a program, and the instructions that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlpl.backend.subleq.rewrite_table import Step, terms
from mlpl.backend.subleq.selected import ZERO, Expression, Operand, Pool, Sub
from mlpl.base.words import wrap


@dataclass(slots=True)
class Meanings:
    """What letters stand for.

    Attributes:
        cells: letters of cells.
        word_bits: w.
        constants: letters of constants.
        targets: letters of places.
    """

    cells: Mapping[str, Operand]
    word_bits: int
    constants: dict[str, Expression] = field(default_factory=dict)
    targets: dict[str, Expression] = field(default_factory=dict)

    def take(self, step: Step, item: Sub) -> bool:
        """Takes an instruction for a step; returns whether no letter stands for two things."""
        goal = item.target
        if goal is not None and self.targets.setdefault(step.target, goal) != goal:
            return False
        if not step.a.startswith("#"):
            return True
        assert isinstance(item.a, Pool), "only constants stand for constants"
        return self.constants.setdefault(step.a[1:], item.a.value) == item.a.value

    def can_make(self, step: Step) -> bool:
        """Whether the constant of a step can be made: at most one of its sum is an address."""
        if not step.a.startswith("#"):
            return True
        return sum(bool(self.constants[name].symbol) for name in terms(step.a)) <= 1

    def make(self, step: Step, like: Sub) -> Sub:
        """Returns the instruction of a step, with the location of `like` and what it keeps."""
        target = self.targets[step.target] if step.target else None
        keeps = like.keeps if target is not None else ()
        return Sub(self._operand(step.a), self._operand(step.b), target, "", like.location, keeps)

    def _operand(self, name: str) -> Operand:
        if name == "0":
            return ZERO
        if not name.startswith("#"):
            return self.cells[name]
        constant, symbol, sign = 0, "", 1
        for letter, factor in terms(name).items():
            value = self.constants[letter] if factor > 0 else self.constants[letter].negated()
            constant += value.constant
            if value.symbol:
                symbol, sign = value.symbol, value.sign
        constant = wrap(constant, self.word_bits) if not symbol else constant
        return Pool(Expression(constant, symbol, sign)) if constant or symbol else ZERO
