"""Costs in words, for hovers."""

from __future__ import annotations

from functools import lru_cache

from mlpl.base.source import Source
from mlpl.base.words import WIDEST
from mlpl.costs import Cost, function_cost, operator_cost, program_of
from mlpl.editor.analysis import Analysis
from mlpl.editor.texts import in_library
from mlpl.editor.workspace import Workspace
from mlpl.lang import typed
from mlpl.lang.check.symbols import FunctionSymbol
from mlpl.lang.modules import LIBRARY
from mlpl.options import NARROWEST_COMPILED, Options

LARGEST = 100_000
"""Characters of a source whose functions are compiled to be measured: a hover waits for it."""


class Meter:
    """Says what functions and operators cost, each measured once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._program = lru_cache(maxsize=8)(self._make_program)
        self._function = lru_cache(maxsize=256)(self._measure)

    @property
    def word_bits(self) -> int:
        """The width for which costs are told."""
        return self.workspace.options.word_bits

    def function(self, analysis: Analysis, function: FunctionSymbol) -> str:
        """Returns what a function costs, in words; "" where its file is wrong."""
        source = function.span.source
        if source.path.startswith(f"{LIBRARY}/") or in_library(source.path):
            name = source.path.rsplit("/", 1)[-1].removesuffix(".mlpl")
            source = Source("<text>", f"import {name};")
        if len(source.text) > LARGEST or not self._compiles:
            return ""
        cost = self._function(source, function.name, function.span.start, self.word_bits)
        return _function_words(cost) if cost is not None else ""

    def operator(self, sign: str, constant: int | None, *, unary: bool) -> str:
        """Returns what an operator costs, in words."""
        if not self._compiles:
            return ""
        cost = operator_cost(sign, constant, self.word_bits, unary=unary)
        if cost is None:
            return ""
        fewest, most = cost.steps[0], cost.steps[-1]
        if most == 0:
            return "cost: nothing where it joins an addition or a test"
        if fewest == most:
            return f"cost: {_steps(fewest)}, {cost.cells} cells"
        middle = cost.steps[len(cost.steps) // 2]
        how = "by a routine: about" if most > 40 else "about"
        return f"cost: {how} {middle} steps ({fewest} to {most} measured), {cost.cells} cells"

    @property
    def _compiles(self) -> bool:
        return NARROWEST_COMPILED <= self.word_bits <= WIDEST

    def _make_program(self, source: Source, word_bits: int) -> typed.Program | None:
        paths = tuple(self.workspace.options.paths)
        options = Options(word_bits=word_bits, paths=paths)
        return program_of(source, self.workspace.texts.read, options)

    def _measure(self, source: Source, name: str, start: int, word_bits: int) -> Cost | None:
        program = self._program(source, word_bits)
        if program is None:
            return None
        declared = [
            f.span
            for f in program.functions.values()
            if f.span.start == start
            and f.span.source.text[start : f.span.end] == name
            and (f.span.source == source or source.path == "<text>")
        ]
        if not declared:
            return None
        try:
            return function_cost(program, declared[0])
        except Exception:
            return None


def _steps(number: int) -> str:
    return "1 step" if number == 1 else f"{number:,} steps"


def _function_words(cost: Cost) -> str:
    cells = f"cost: {cost.cells:,} cells"
    if cost.linked:
        cells += f" and {cost.linked:,} of what it calls"
    if cost.fewest is None:
        return f"{cells}; never returns"
    if cost.fewest == cost.most:
        return f"{cells}; {_steps(cost.fewest)} a call"
    if cost.most is None:
        return f"{cells}; {_steps(cost.fewest)} a call or more"
    return f"{cells}; {cost.fewest:,} to {_steps(cost.most)} a call"
