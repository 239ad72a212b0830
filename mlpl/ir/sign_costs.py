"""What the signs of variables of loops cost, and the cheapest that a local search finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from mlpl.ir.graph import Graph
from mlpl.ir.liveness import liveness
from mlpl.ir.module import Block, Const, Edge, Instruction, Op, Operand, Trap, Value
from mlpl.ir.ways_out import WayOut
from mlpl.ir.webs import Web

_SIGN = 2
"""Steps by which the dearer of a sum and a difference, or of a value and its negative, is more."""


class SignCosts:
    """The steps that signs save and cost.

    Attributes:
        needed: the members of each web, by its number, that are needed on ways out of its loop.
    """

    def __init__(self, flow: Graph, candidates: Sequence[Web], often: Mapping[str, int]) -> None:
        """Weighs all that reads variables; `often` is how often each block runs."""
        self.needed: list[dict[WayOut, list[Value]]] = [{} for _ in candidates]
        self._flow = flow
        self._webs = candidates
        self._often = often
        self._web = {id_: n for n, web in enumerate(candidates) for id_ in web.members}
        self._loads = {
            i.result.id
            for block in flow.blocks.values()
            for i in block.instructions
            if i.op is Op.LOAD and i.result is not None
        }
        self._places = {
            i.result.id: block.name
            for block in flow.blocks.values()
            for i in block.instructions
            if i.result is not None
        }
        self._fixed: set[int] = set()
        self._alone: Counter[int] = Counter()
        self._apart: list[Counter[int]] = [Counter() for _ in candidates]
        for name in flow.order:
            block = flow.blocks[name]
            for i in block.instructions:
                self._instruction(i, name)
            for edge in block.edges:
                self._edge(edge, block)
        self._ways_out()

    def best(self) -> list[int]:
        """Returns the numbers of the webs whose negatives are kept.

        The sign that saves most is changed, the lowest number of several, until none saves any.
        """
        change = {
            web: self._alone[web] + sum(self._apart[web].values())
            for web in range(len(self._webs))
            if web not in self._fixed
        }
        waiting = [(cost, web) for web, cost in change.items()]
        heapify(waiting)
        flipped: set[int] = set()
        while waiting and waiting[0][0] < 0:
            cost, web = heappop(waiting)
            if cost != change[web]:
                continue  # a neighbour has changed since
            flipped ^= {web}
            change[web] = -cost
            for other, price in self._apart[web].items():
                if other in change:
                    apart = (web in flipped) != (other in flipped)
                    change[other] += -2 * price if apart else 2 * price
                    heappush(waiting, (change[other], other))
            heappush(waiting, (change[web], web))
        return sorted(flipped)

    # What reads variables ----------------------------------------------------------------------

    def _member(self, operand: Operand, name: str) -> int | None:
        """Returns the web of an operand, in whose loop the block is."""
        number = self._web.get(operand.id) if isinstance(operand, Value) else None
        if number is None or name not in self._webs[number].blocks:
            return None
        return number

    def _instruction(self, i: Instruction, name: str) -> None:
        members = [n for o in i.operands if (n := self._member(o, name)) is not None]
        own = self._web.get(i.result.id) if i.result is not None else None
        if own is not None and i.result is not None and i.result.id in self._webs[own].steps:
            self._step(own, i, self._webs[own].steps[i.result.id][1], name)
            return
        match i, members:
            case _, []:
                pass
            case Instruction(Op.ADD), [web]:
                pass
            case Instruction(Op.SUB, (_, y)), [web] if self._member(y, name) == web:
                self._alone[web] += _SIGN * self._often[name]
            case _:
                self._fixed.update(members)

    def _step(self, own: int, step: Instruction, other: Operand, name: str) -> None:
        """Weighs a sum or difference that a variable grows by."""
        cost = _SIGN * self._often[name] * (1 if step.op is Op.SUB else -1)
        web = self._member(other, name)
        if web is not None:
            if web != own:
                self._apart[own][web] += cost
                self._apart[web][own] += cost
        elif isinstance(other, Value) and self._places.get(other.id) in self._webs[own].blocks:
            # A load gives the negative for less.
            self._alone[own] += -cost if other.id in self._loads else cost

    def _edge(self, edge: Edge, source: Block) -> None:
        """Weighs what a block gives to another one."""
        parameters = self._flow.blocks[edge.block].parameters
        for parameter, operand in zip(parameters, edge.arguments, strict=True):
            goal = self._web.get(parameter.id)
            web = self._member(operand, source.name)
            if web is not None and edge.block in self._webs[web].blocks and goal != web:
                self._fixed.add(web)
            if goal is not None and web != goal and not isinstance(operand, Const):
                self._alone[goal] += _SIGN * self._often[source.name]

    def _ways_out(self) -> None:
        """Weighs what is needed behind loops."""
        live = liveness(self._flow).live_in
        for number, web in enumerate(self._webs):
            for way, edge in self._leaving(web):
                found = [
                    value
                    for value in web.members.values()
                    if value in edge.arguments or value.id in live[edge.block]
                ]
                if found:
                    self.needed[number][way] = found
                    self._alone[number] += _SIGN * len(found) * self._often[edge.block]
                    if isinstance(self._flow.blocks[edge.block].terminator, Trap):
                        self._fixed.add(number)  # to go to a trap takes no code

    def _leaving(self, web: Web) -> Iterator[tuple[WayOut, Edge]]:
        for name in web.loop.blocks:
            for number, edge in enumerate(self._flow.blocks[name].edges):
                if edge.block not in web.blocks:
                    yield (name, number), edge
