"""From the neurons of a program to its instructions, lines and variables, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlpl.backend.mlp.network import Network
from mlpl.backend.mlp.provenance.explain import Neuron, explain
from mlpl.backend.mlp.provenance.naming import NeuronId
from mlpl.backend.mlp.provenance.ties import Tie, ties
from mlpl.backend.mlp.provenance.uses import Use, Uses
from mlpl.backend.subleq.image import Image, Variable
from mlpl.base.source import Location
from mlpl.errors import UsageError
from mlpl.source_lines import instructions_of
from mlpl.variables import variables_named

_HOLDING = (Tie.READ_A, Tie.READ_B, Tie.WRITE, Tie.MEMORY)
"""The ties by which a neuron belongs to a variable that lies in its cell."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a neuron of a program's network is there for.

    Attributes:
        neuron: what it is in any network.
        tie: how it belongs to a cell; `Tie.SHARED` where it works for many.
        cell: the cell, or None.
        instructions: the addresses of the instructions that use it for themselves; empty where
            it is shared, since all use it then.
        lines: the places in the source that those came from, in the order of the text.
        variables: those that lie in the cell.
    """

    neuron: Neuron
    tie: Tie
    cell: int | None
    instructions: tuple[int, ...]
    lines: tuple[Location, ...]
    variables: tuple[Variable, ...]

    def __str__(self) -> str:
        """Returns a few lines for people."""
        text = [str(self.neuron)]
        if self.tie is Tie.SHARED:
            text.append("  used by every instruction")
            return "\n".join(text)
        text.append(f"  used by instructions at {_listed(self.instructions)}")
        if self.lines:
            places = dict.fromkeys(f"{at.path}:{at.line}" for at in self.lines)
            text.append(f"  of lines {_listed(places)}")
        if self.variables:
            text.append(f"  variables {_listed(v.name for v in self.variables)}")
        return "\n".join(text)


class Provenance:
    """The neurons of a program's network and what of the program they stand for.

    Neurons that belong to a cell are those of instructions and variables; what decodes, subtracts
    and decides is shared by all.
    """

    def __init__(self, image: Image, network: Network, main: str) -> None:
        """Takes an image, the network of its machine, and the path of its main source."""
        self._image = image
        self._network = network
        self._main = main
        self._uses = Uses(image)

    def explain(self, layer: int, index: int) -> Origin:
        """Returns what a neuron of layer 1 to L is for, or an entry of the state for layer 0.

        Raises:
            IndexError: there is no such neuron.
        """
        neuron = explain(self._network, layer, index)
        kinds, cells = self._ties[layer]
        tie, cell = Tie(int(kinds[index])), int(cells[index])
        instructions = self._uses.by_use.get((tie, cell), ())
        lines = self._image.facts.lines
        found = dict.fromkeys(lines[a] for a in instructions if a in lines)
        return Origin(
            neuron,
            tie,
            cell if tie else None,
            instructions,
            tuple(sorted(found, key=lambda at: (at.path, at.line, at.column))),
            tuple(self._variables_in(cell)) if tie in _HOLDING else (),
        )

    def neurons_of(
        self,
        *,
        line: int | None = None,
        variable: str | None = None,
        cell: int | None = None,
        instruction: int | None = None,
        file: str | None = None,
    ) -> list[NeuronId]:
        """Returns the neurons that belong to something of the program; see `Program.neurons_of`."""
        given = [x for x in (line, variable, cell, instruction) if x is not None]
        if len(given) != 1:
            raise UsageError("neurons are those of a line, a variable, a cell or an instruction")
        if file is not None and line is None:
            raise UsageError("`file` says which file a line is of", "give a `line`")
        if line is not None:
            path = self._main if file is None else file
            return self._using(instructions_of(self._image.facts.lines, path, line))
        if variable is not None:
            found = variables_named(self._image, variable)
            return self._holding({c for v in found for c in range(v.address, v.address + v.length)})
        if cell is not None:
            if not 0 <= cell < self._image.memory:
                raise UsageError(f"no cell {cell} in a memory of {self._image.memory:,}")
            return self._holding({cell})
        assert instruction is not None
        if instruction not in self._uses.by_instruction:
            raise UsageError(f"no instruction begins at {instruction}", self._instruction_help())
        return self._using([instruction])

    def _instruction_help(self) -> str:
        code = self._image.facts.code
        return f"there are {len(code):,}, from {code[0]} to {code[-1]}" if code else ""

    def _variables_in(self, cell: int) -> Iterable[Variable]:
        for variable in self._image.facts.variables:
            if variable.address <= cell < variable.address + variable.length:
                yield variable

    def _using(self, instructions: Iterable[int]) -> list[NeuronId]:
        uses: set[Use] = set()
        for address in instructions:
            uses |= self._uses.by_instruction[address]
        return self._tied(uses)

    def _holding(self, cells: set[int]) -> list[NeuronId]:
        return self._tied({(tie, cell) for tie in _HOLDING for cell in cells})

    def _tied(self, uses: set[Use]) -> list[NeuronId]:
        """Returns the neurons with one of some ties, by layer and index."""
        wanted = np.zeros((len(Tie), self._image.memory), dtype=bool)
        for tie, cell in uses:
            wanted[tie, cell] = True
        found = []
        for layer, (kinds, cells) in enumerate(self._ties):
            hits = np.flatnonzero((kinds != Tie.SHARED) & wanted[kinds, cells])
            found += [NeuronId(layer, index) for index in hits.tolist()]
        return found

    @cached_property
    def _ties(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return [ties(self._network, layer) for layer in range(self._network.depth + 1)]


def _listed(items: Iterable[object], most: int = 12) -> str:
    texts = [str(item) for item in items]
    more = len(texts) - most
    shown = ", ".join(texts[:most])
    return (f"{shown} and {more:,} more" if more > 0 else shown) or "none"
