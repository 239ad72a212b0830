"""Variables of loops that hand their values on: chains and cycles of block parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlpl.ir.graph import Graph
from mlpl.ir.induction import distance
from mlpl.ir.liveness import Liveness
from mlpl.ir.loops import Loop
from mlpl.ir.module import Block, Instruction, Operand, Value
from mlpl.ir.uses import block_operands


@dataclass(frozen=True, slots=True)
class Turns:
    """Variables of a loop that get each other's values.

    Attributes:
        places: that take turns, round by round, if no value moves.
        moves: that a round needs if all rounds are the same code.
    """

    places: int
    moves: int


def turns(
    flow: Graph, loop: Loop, live: Liveness, definitions: Mapping[int, Instruction]
) -> list[Turns]:
    """Returns the chains and cycles of a loop's variables; none if several ways lead back.

    In `do(a, b, c, d, e)` that goes on as `do(b, new, d, c, e + 1)`, the variables a and b are a
    chain, c and d a cycle. What only counts, as e does, moves nothing.
    """
    back = loop.back(flow)
    if len(back) != 1:
        return []
    return _Search(flow, loop, live, definitions, back[0].arguments).run()


class _Search:
    """Follows values from variable to variable.

    Attributes:
        _given: what each variable gets for the next round, by id.
        _takers: the variables that get the value of another one, by its id.
        _inside: the block and instruction that defines each value of the loop.
    """

    def __init__(
        self,
        flow: Graph,
        loop: Loop,
        live: Liveness,
        definitions: Mapping[int, Instruction],
        arguments: tuple[Operand, ...],
    ) -> None:
        self._flow = flow
        self._live = live
        self._definitions = definitions
        self._variables = {p.id: p for p in flow.blocks[loop.header].parameters}
        self._given = dict(zip(self._variables, arguments, strict=True))
        self._takers: dict[int, list[int]] = {}
        for taker, operand in self._given.items():
            if isinstance(operand, Value) and operand.id in self._variables:
                self._takers.setdefault(operand.id, []).append(taker)
        self._inside = {
            id_: (name, step)
            for name in loop.blocks
            for id_, step in _definitions(flow.blocks[name])
        }

    def run(self) -> list[Turns]:
        """Returns the chains, then the cycles."""
        found: list[Turns] = []
        seen: set[int] = set()
        for first in self._variables:
            if first not in self._takers:
                chain = self._chain(first)
                seen.update(chain)
                found += self._open(chain)
        for first in self._variables:
            if first not in seen:
                chain = self._chain(first)
                seen.update(chain)
                if len(chain) > 1 and self._given[chain[-1]] == self._variables[first]:
                    found.append(Turns(len(chain), len(chain) + 1))
        return found

    def _chain(self, first: int) -> list[int]:
        """Returns the variables that get each other's values, and no others get, from one on."""
        chain = [first]
        while True:
            operand = self._given[chain[-1]]
            if not isinstance(operand, Value) or len(self._takers.get(operand.id, ())) != 1:
                return chain
            if operand.id in chain:
                return chain
            chain.append(operand.id)

    def _open(self, chain: list[int]) -> Iterator[Turns]:
        """Yields the turns of a chain whose first value is dropped, if it has more than one place.

        A new value needs a place of its own where the dropped one is still there.
        """
        new = self._given[chain[-1]]
        if not isinstance(new, Value) or new.id not in self._inside:
            return
        if new.id in self._variables or distance(
            new, self._variables[chain[-1]], self._definitions
        ):
            return
        places = len(chain) + self._needed_behind(chain[0], *self._inside[new.id])
        if places > 1:
            yield Turns(places, len(chain))

    def _needed_behind(self, value: int, name: str, step: int) -> bool:
        """Whether a value is needed behind an instruction of a block."""
        block = self._flow.blocks[name]
        later = replace(block, instructions=block.instructions[step + 1 :])
        used = (o.id for o in block_operands(later) if isinstance(o, Value))
        return value in self._live.live_out[name] or value in used


def _definitions(block: Block) -> Iterator[tuple[int, int]]:
    """Yields the id of what a block defines and the number of the instruction; parameters: -1."""
    for parameter in block.parameters:
        yield parameter.id, -1
    for step, instruction in enumerate(block.instructions):
        if instruction.result is not None:
            yield instruction.result.id, step
