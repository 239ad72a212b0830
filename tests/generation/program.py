"""Random programs: a main file, modules beside it, arguments and input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.generation.choices import Choices
from tests.generation.library import ROUTINES
from tests.generation.shapes import Function, Limits, Variable
from tests.generation.unit import Unit

_FILES = ("first", "second", "math", "sort")
"""Names of modules; the last two hide those of the library."""
_RISKY = ("stack", "queue", "heap", "matrix")
"""Modules whose contracts random arrays mostly break."""
_ODD = ("x", "-", "+", "1a", "99999999999", "--1", "-0", "+7", "0x1", "\v", "007")


@dataclass(frozen=True)
class Generated:
    """A program and what it is run with.

    Attributes:
        source: the text of its main file.
        arguments: of `main`, as on the command line.
        input: what it reads.
        word_bits: the narrowest word at which it compiles.
        modules: the texts of the files beside it, by name.
    """

    source: str
    arguments: tuple[str, ...]
    input: bytes
    word_bits: int
    modules: Mapping[str, str]


class Program:
    """Makes one program."""

    def __init__(self, choices: Choices, limits: Limits) -> None:
        self.choices = choices
        self.limits = limits

    def make(self) -> Generated:
        """Returns the program."""
        units = self._modules()
        main = Unit(self.choices, self.limits)
        shown = self._import(main, units)
        if self.limits.imports:
            self._import_library(main, {name for name, _ in units})
        main.declare(self.choices.between(0, 4))
        arguments = main.main([*shown, *main.globals])
        modules = {name: unit.text() for name, unit in units}
        return Generated(main.text(), arguments, self._input(), self.limits.word_bits, modules)

    def _modules(self) -> list[tuple[str, Unit]]:
        """Makes up to two files; the second may import the first."""
        units: list[tuple[str, Unit]] = []
        if not self.limits.files or not self.choices.chance(30):
            return units
        for name in self.choices.shuffled(_FILES)[: self.choices.between(1, 2)]:
            unit = Unit(self.choices, self.limits)
            if self.choices.chance(50):
                self._import(unit, units)
            unit.declare(self.choices.between(1, 3))
            units.append((name, unit))
        return units

    def _import(self, unit: Unit, others: list[tuple[str, Unit]]) -> list[Variable]:
        """Imports files; returns their variables as the importing file names them."""
        variables = []
        for name, other in others:
            alias = self.choices.one((name, f"{name}_module"))
            unit.items.append([_import_line(name, alias)])
            variables += unit.bring_in(other.exports(alias))
        return variables

    def _import_library(self, unit: Unit, taken: set[str]) -> None:
        for module, routines in ROUTINES.items():
            if module in taken or (module in _RISKY and self.limits.risk < 2):
                continue
            if not self.choices.chance(12):
                continue
            alias = self.choices.weighted(((3, module), (1, f"{module}_library")))
            unit.items.append([_import_line(module, alias)])
            for routine in routines:
                name = f"{alias}.{routine.name}"
                made = Function(name, routine.parameters, routine.result, routine.cost)
                unit.scopes.declare(name, made)

    def _input(self) -> bytes:
        """Returns ints with white space between, now and then something else or nothing."""
        if not self.limits.inputs or self.choices.chance(5):
            return b""
        largest = min(self.limits.largest, 99)
        pieces = []
        for _ in range(self.choices.between(1, 12)):
            number = str(self.choices.between(-largest, largest))
            if self.choices.chance(2 * self.limits.risk):
                number = self.choices.one(_ODD)
            pieces.append(number + self.choices.one((" ", "\n", "\t", "\r\n", "  ")))
        text = "".join(pieces)
        return text.rstrip().encode() if self.choices.chance(30) else text.encode()


def _import_line(module: str, alias: str) -> str:
    return f"import {module};" if alias == module else f"import {module} as {alias};"
