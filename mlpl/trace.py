"""A line for each step of a run: where it is, what its operands are and what it does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping

from mlpl.backend.subleq.engine import Engine, Stop
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.state import ACCUMULATE, State
from mlpl.base.source import Location, Source
from mlpl.base.words import smallest, wrap
from mlpl.observed import Observed

HEADER = "   step     pc  operands a b c -> what the step does | source"

_MOST_NAMES = 3
"""Of a cell that several variables share, at different times."""


class Tracer(Observed):
    """Makes steps singly and describes each (an `Engine`)."""

    def __init__(
        self,
        engine: Engine,
        image: Image,
        sources: Mapping[str, Source],
        write: Callable[[str], object],
    ) -> None:
        super().__init__(engine)
        self._describe = _Describer(image, sources)
        self._write = write
        self._cells: list[int] = []

    def restore(self, state: State) -> None:
        """Makes `state` the current one."""
        super().restore(state)
        self._cells = state.memory.tolist()

    def run(self, limit: int) -> Stop:
        """Makes at most `limit` more steps, a line for each, and says why it stopped."""
        for _ in range(limit):
            steps, pc = self.engine.steps, self.engine.pc
            stop = self.engine.run(1)
            if self.engine.steps == steps:
                return stop
            self._tell(pc)
            if stop is not Stop.LIMIT:
                return stop
        return self.engine.run(0)

    def _tell(self, pc: int) -> None:
        """Writes the line of the step just made from `pc`, and follows its changes."""
        cells, after = self._cells, {}
        registers = {"pc": self.engine.pc}
        for change in self.engine.changes():
            if change.part == "memory":
                after[change.index] = change.after
            else:
                registers[change.part] = change.after
        self._write(f"{self.engine.steps:>7} " + self._describe(pc, cells, after, registers))
        for cell, word in after.items():
            cells[cell] = word


class _Describer:
    """Knows the names of cells and the lines of the source."""

    def __init__(self, image: Image, sources: Mapping[str, Source]) -> None:
        self.image = image
        self.sources = sources
        self.port = (1 << image.word_bits) - 1
        self.names: dict[int, list[str]] = {}
        for variable in image.facts.variables:
            for cell in range(variable.address, variable.address + variable.length):
                self.names.setdefault(cell, []).append(variable.label(cell))
        self._starts = sorted(image.facts.lines)

    def __call__(
        self, pc: int, cells: list[int], after: Mapping[int, int], registers: Mapping[str, int]
    ) -> str:
        """Returns what a step did, from the cells before it and what it altered."""
        operands = cells[pc : pc + 3]
        if len(operands) < 3:
            return f"{pc:>6}  fault: the instruction reaches beyond the memory"
        a, b, c = operands
        onward = self.signed(registers["pc"])
        target = "?" if c == pc + 3 else str(self.signed(c))
        text = f"{pc:>6}  {self.name(a)} {self.name(b)} {target}"
        what = self._effect(a, b, cells, after)
        if onward == smallest(self.image.word_bits):
            what = "fault"
        elif onward < 0:
            what += f", halt {onward}"
        elif onward != pc + 3:
            what += f", to {onward}"
        return f"{text} -> {what}{self._source(pc)}"

    def _effect(self, a: int, b: int, cells: list[int], after: Mapping[int, int]) -> str:
        if any(x >= len(cells) and x != self.port for x in (a, b)):
            return "fault"
        old = "input" if a == self.port else str(self.signed(cells[a]))
        if b == self.port:
            return f"output {old}"
        new = self.signed(after.get(b, cells[b]))
        if a == self.port and self.image.mode != ACCUMULATE:
            return f"{self.name(b)} = input {new}"
        sign = "+" if a == self.port else "-"
        return f"{self.name(b)} = {self.signed(cells[b])} {sign} {old} = {new}"

    def signed(self, word: int) -> int:
        return wrap(word, self.image.word_bits)

    def name(self, address: int) -> str:
        """Returns the names of a cell, or its address."""
        if address == self.port:
            return "PORT"
        names = self.names.get(address)
        if not names:
            return str(address)
        return "/".join(names[:_MOST_NAMES]) + ("/…" if len(names) > _MOST_NAMES else "")

    def _source(self, pc: int) -> str:
        location = self._location(pc)
        if location is None:
            return ""
        source = self.sources.get(location.path)
        text = source.line(location.line).strip() if source else ""
        return f" | {location.path}:{location.line}: {text}"

    def _location(self, pc: int) -> Location | None:
        """Returns the source of the instruction at `pc`, which follows that before it."""
        position = bisect_right(self._starts, pc) - 1
        return self.image.facts.lines[self._starts[position]] if position >= 0 else None
