"""Which cells an instruction of an image uses, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from mlpl.backend.mlp.provenance.ties import Tie
from mlpl.backend.subleq.image import Image

Use = tuple[Tie, int]
"""A cell, and what an instruction does with it; the counterpart of the ties of neurons."""


class Uses:
    """The cells that the instructions of an image use.

    Where an operand is patched while the program runs, every cell counts that it may then name:
    the values that the image's facts know, or all arrays, structs and the stack; of images made
    elsewhere any cell. Where it is not even known what such an image writes, operands count as
    they stand in it.
    """

    def __init__(self, image: Image) -> None:
        self._image = image
        self._port = (1 << image.word_bits) - 1

    @cached_property
    def by_instruction(self) -> Mapping[int, frozenset[Use]]:
        """What each instruction uses, by its address."""
        return {address: frozenset(self._of(address)) for address in self._image.facts.code}

    @cached_property
    def by_use(self) -> Mapping[Use, tuple[int, ...]]:
        """The addresses of the instructions that use a cell in a way, ascending."""
        found: dict[Use, list[int]] = {}
        for address, uses in self.by_instruction.items():
            for use in uses:
                found.setdefault(use, []).append(address)
        return {use: tuple(sorted(addresses)) for use, addresses in found.items()}

    def _of(self, address: int) -> Iterable[Use]:
        yield Tie.FETCH, address
        for cell in range(address, min(address + 3, self._image.memory)):
            yield Tie.MEMORY, cell
        for cell in self._named(address):
            yield from ((Tie.READ_A, cell), (Tie.MEMORY, cell))
        for cell in self._named(address + 1):
            yield from ((Tie.READ_B, cell), (Tie.WRITE, cell), (Tie.MEMORY, cell))

    def _named(self, operand: int) -> Iterable[int]:
        """Returns the cells that the operand in a cell may name."""
        image = self._image
        words: Iterable[int] | None = (image.word(operand),) if operand < image.memory else ()
        known = image.facts.start or image.facts.written is not None
        if operand in image.facts.patched and known:
            words = image.facts.patched[operand]
        if words is None:
            return self._pointed
        return [w for w in words if w < image.memory and w != self._port]

    @cached_property
    def _pointed(self) -> tuple[int, ...]:
        """The cells that computed addresses may name: any, in images made elsewhere."""
        facts = self._image.facts
        if not facts.start:
            return tuple(range(self._image.memory))
        cells: set[int] = set()
        for variable in facts.variables:
            if not variable.is_scalar:
                cells.update(range(variable.address, variable.address + variable.length))
        if facts.stack is not None:
            cells.update(range(facts.stack[0], sum(facts.stack)))
        return tuple(sorted(cells))
