"""Allocated idioms to plain SUBLEQ: the shortest form for the cells that were chosen."""

from __future__ import annotations

from collections.abc import Mapping

from mlpl.backend.subleq.calls import Calls, Way
from mlpl.backend.subleq.color import Coloring
from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.selected import (
    ZERO,
    Add,
    At,
    Call,
    Cell,
    Expression,
    Label,
    Leave,
    Move,
    Operand,
    Pool,
    Restore,
    Save,
    SelectedFunction,
    Sub,
    Subtract,
    T,
    U,
)

CELLS = "cells#"
"""The label of the area where virtual cells have their places."""

Code = tuple[Sub | Label, ...]


def place_of(cell: Cell, coloring: Coloring) -> At:
    """Returns the memory cell of a virtual cell."""
    return At(CELLS, coloring.colors[cell])


def expand(
    name: str,
    functions: Mapping[str, SelectedFunction],
    coloring: Coloring,
    linkage: Linkage,
    ways: Mapping[str, Way],
) -> Code:
    """Returns a function's code with addresses of cells in place of virtual cells.

    Args:
        name: of the function.
        functions: selected code of the program.
        coloring: of the program.
        linkage: of the program.
        ways: how each function returns.
    """
    return _Expansion(functions[name], functions, coloring, linkage, ways).run()


class _Expansion:
    def __init__(
        self,
        function: SelectedFunction,
        functions: Mapping[str, SelectedFunction],
        coloring: Coloring,
        linkage: Linkage,
        ways: Mapping[str, Way],
    ) -> None:
        self.function = function
        self.coloring = coloring
        self.out = Emitter(f"{function.name}#x", linkage.module.word_bits, linkage.exits)
        self.calls = Calls(function.name, self.out, linkage, ways, functions)

    def run(self) -> Code:
        pushed = 0
        for item in self.function.items:
            self.out.location = getattr(item, "location", None)
            match item:
                case Label():
                    self.out.emit(item)
                case Sub(a, b, target, label):
                    self.out.sub(self.at(a), self.at(b), target, label=label)
                case Move(target, source, negated=negated):
                    move = self.negate if negated else self.move
                    move(self.at(target), self.at(source))
                case Add(target, x, y):
                    self.add(self.at(target), self.at(x), self.at(y))
                case Subtract(target, x, y):
                    self.subtract(self.at(target), self.at(x), self.at(y))
                case Call():
                    self.calls.call(item, pushed if item.recursive else 0)
                case Save(callee, cells, overflow):
                    pushed = self.calls.save(callee, self.places(cells), overflow)
                case Restore(callee, cells):
                    self.calls.restore(callee, self.places(cells))
                case Leave(name, _, cleared):
                    self.calls.leave(name, self.at(cleared))
        return tuple(i for i in self.out.items if isinstance(i, Sub | Label))

    def places(self, cells: tuple[Cell, ...]) -> list[At]:
        """Returns the places of cells, each once, in order of address."""
        colors = sorted({self.coloring.colors[c] for c in cells})
        return [At(CELLS, color) for color in colors]

    def at(self, operand: Operand) -> Operand:
        """Returns the operand with its address."""
        return place_of(operand, self.coloring) if isinstance(operand, Cell) else operand

    def negate(self, target: Operand, source: Operand) -> None:
        """2 steps; target and source are not one cell."""
        self.out.clear(target)
        self.out.sub(source, target)

    def move(self, target: Operand, source: Operand) -> None:
        """4 steps; 2 for constants; none if both are one cell."""
        out = self.out
        if target == source:
            return
        if isinstance(source, Pool) or source == ZERO:
            out.load(target, source.value if isinstance(source, Pool) else Expression())
            return
        out.clear(target)
        out.sub(source, T)
        out.sub(T, target)
        out.clear(T)

    def add(self, target: Operand, x: Operand, y: Operand) -> None:
        """3 steps if the target shares a cell with x or y, else 5."""
        out = self.out
        if isinstance(x, Pool) or target == y:
            x, y = y, x
        if isinstance(y, Pool):
            self.move(target, x)
            out.sub(Pool(y.value.negated()), target)
            return
        if target != x:
            out.sub(x, T)
            out.sub(y, T)
            out.clear(target)
        else:
            out.sub(y, T)
        out.sub(T, target)
        out.clear(T)

    def subtract(self, target: Operand, x: Operand, y: Operand) -> None:
        """1 step if the target shares the cell of x, else 5; 6 if it shares that of y."""
        out = self.out
        if target == y != x:
            out.sub(x, U)
            out.sub(y, T)
            out.sub(T, U)
            out.clear(target)
            out.sub(U, target)
            out.clear(T)
            out.clear(U)
            return
        self.move(target, x)
        out.sub(y, target)
