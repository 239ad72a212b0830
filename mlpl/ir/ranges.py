"""Value ranges: for every value an interval that holds it, sharper where conditions say so.

Parameters of functions hold what the calls of the program give, results of calls what the callee
returns, and loads what is stored anywhere into an object: `mlpl.ir.range_equations` says so of all
functions together, `mlpl.ir.range_system` finds the intervals, and here they are asked for.
Relations between two unknown values are for `mlpl.ir.differences`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlpl.ir.facts import OPPOSITE
from mlpl.ir.guards import Guards, Knowledge
from mlpl.ir.interval import Interval
from mlpl.ir.module import Function, Kind, Module, Op, Operand, Value
from mlpl.ir.range_equations import RangeEquations
from mlpl.ir.range_system import RangeSystem
from mlpl.ir.remembered import remembered


class Ranges:
    """The ranges of one function's values.

    Attributes:
        word_bits: w.
        guards: what is known in the function's blocks.
    """

    def __init__(self, system: RangeSystem, guards: Guards, offset: int) -> None:
        self.word_bits = system.word_bits
        self.guards = guards
        self._system = system
        self._offset = offset

    def at(self, operand: Operand, block: str) -> Interval:
        """Returns an interval of words that holds the operand's value in `block`."""
        return self.where(operand, self.guards.known(block)) or self._system.widest(operand.kind)

    def where(self, operand: Operand, known: Knowledge) -> Interval | None:
        """Returns the same where so much is known; None if no word is left for the operand."""
        return self._system.narrowed(operand, known, self._offset)

    @property
    def widest(self) -> Interval:
        """All words."""
        return self._system.widest(Kind.INT)

    def everywhere(self, value: Value) -> Interval:
        """Returns an interval that holds the value wherever it is defined."""
        found = self._system.found.get(self._offset + value.id)
        return found or self._system.widest(value.kind)

    def less(self, x: Operand, y: Operand, block: str) -> bool:
        """Whether it is known that x < y in `block`, by their ranges or by a condition."""
        if self.at(x, block).high < self.at(y, block).low:
            return True
        for fact in self.guards.facts(block):
            definition = fact.comparison
            if definition is None or definition.op not in OPPOSITE:
                continue
            op = definition.op if fact.outcome else OPPOSITE[definition.op]
            if op is Op.LT and definition.operands == (x, y):
                return True
            if op is Op.GT and definition.operands == (y, x):
                return True
        return False


def function_ranges(function: Function, word_bits: int) -> Ranges:
    """Returns the ranges of a function of which nothing is known outside of it."""
    module = Module({function.name: function}, (), function.name, word_bits)
    return program_ranges(module)[function.name]


@remembered
def program_ranges(module: Module) -> Mapping[str, Ranges]:
    """Returns the ranges of every function's values, by the function's name.

    Functions that the target calls by itself may be given anything.
    """
    equations = RangeEquations(module)
    system = equations.system
    system.solve()
    return {
        name: Ranges(system, guards, equations.offsets[name])
        for name, guards in equations.guards.items()
    }
