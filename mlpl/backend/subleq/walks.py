"""Which accesses in loops have operands that walk: pointers that live inside the code.

An operand that holds the address of `a[i]` takes one step to follow `i` by a constant; to add `i`
before the access and to subtract it after takes four. So the operands of an access whose index is
a variable of a loop plus a constant are set up where the loop is entered, and moved on once a
round. Where all that uses a variable is such accesses, there need not be the variable itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from mlpl.backend.subleq.changes import Change, Position
from mlpl.backend.subleq.emitter import Emitter
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.memory_access import shape_of_store
from mlpl.backend.subleq.selected import Slot
from mlpl.backend.subleq.spots import CHANGED, LOADED, Shape, labels, slots
from mlpl.ir.costs import REPEATS
from mlpl.ir.dominance import Dominance, dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.induction import invariant, places
from mlpl.ir.loops import Loop, loops
from mlpl.ir.module import Address, Const, Function, Instruction, Op, Operand, Value


@dataclass(frozen=True, slots=True)
class Access:
    """An access in a loop whose operands walk.

    Attributes:
        position: of the load or store.
        ref: the object.
        constant: the index is so much more than the variable.
        shape: of the access.
        often: how often it runs for one run of the loop.
    """

    position: Position
    ref: Operand
    constant: int
    shape: Shape
    often: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """A variable of a loop that accesses follow.

    Attributes:
        loop: the loop.
        start: what the variable is in the first round.
        step: by how much it grows: a constant, or an operand that is the same in all rounds.
        falls: whether it becomes less by `step`.
        walks: the accesses, with the operands that walk.
    """

    loop: Loop
    start: Operand
    step: Operand
    falls: bool
    walks: tuple[tuple[Access, tuple[Slot, ...]], ...]


@dataclass(frozen=True, slots=True)
class Walks:
    """The operands of a function that walk.

    Attributes:
        labels: of the instructions of each access, by its position.
        entering: the pointers of a loop, by its header.
        advancing: the pointers that move on right before an instruction.
        uses: how often each value is still used, by id.
    """

    uses: Counter[int]
    labels: dict[Position, tuple[str, ...]] = field(default_factory=dict)
    entering: dict[str, list[Pointer]] = field(default_factory=dict)
    advancing: dict[Position, list[Pointer]] = field(default_factory=dict)


def walks(
    function: Function,
    linkage: Linkage,
    out: Emitter,
    definitions: Mapping[int, Instruction],
    changes: Mapping[Position, Change],
    uses: Counter[int],
) -> Walks:
    """Returns the operands that walk, where that saves steps.

    Loops with several ways in, several latches, or calls that may run the function again have
    none: there is one copy of the code.

    Args:
        function: in its final form.
        linkage: of the program.
        out: hands out labels.
        definitions: of the function's values, by id.
        changes: the stores that are changes.
        uses: of the function's values, by id.
    """
    found = Walks(uses.copy())
    gains = cells_gained if linkage.small else steps_gained
    flow = graph(function)
    all_loops = loops(flow, dominance(flow))
    depths = {b: loop.depth for loop in all_loops.values() for b in loop.blocks}
    planning = _Planning(flow, depths, definitions, changes, found, gains)
    cycle = linkage.cycles[function.name]
    for loop in all_loops.values():
        inside = (i for name in loop.blocks for i in flow.blocks[name].instructions)
        if not any(i.op is Op.CALL and i.symbol in cycle for i in inside):
            planning.loop(loop, out)
    return found


def steps_gained(accesses: list[Access], start: Operand, alone: bool) -> int:
    """Returns the steps that accesses save in all rounds of their loop if they walk.

    Args:
        accesses: all of one variable.
        start: of the variable.
        alone: whether nothing else needs the variable.
    """
    total = REPEATS if alone else 0
    for access in accesses:
        size = len(access.shape)
        total += access.often * _patching(access) - REPEATS * size - 2 * size - 2
    return total


def cells_gained(accesses: list[Access], start: Operand, alone: bool) -> int:
    """Returns the same in cells; the addresses at the start are constants of their own."""
    total = 6 if alone else 0
    total -= 0 if isinstance(start, Const) else 6
    for access in accesses:
        total += 3 * (_patching(access) - 3 * len(access.shape) - 1)
    return total


def _patching(access: Access) -> int:
    """Returns the instructions around an access that does not walk."""
    return 2 * len(access.shape) + (2 if isinstance(access.ref, Address) else 3)


class _Planning:
    def __init__(
        self,
        flow: Graph,
        depths: Mapping[str, int],
        definitions: Mapping[int, Instruction],
        changes: Mapping[Position, Change],
        found: Walks,
        gains: Callable[[list[Access], Operand, bool], int],
    ) -> None:
        self._gains = gains
        self._flow = flow
        self._depths = depths
        self._dominators: Dominance = dominance(flow)
        self._definitions = definitions
        self._changes = changes
        self._found = found
        self._places = places(flow)

    def loop(self, loop: Loop, out: Emitter) -> None:
        """Finds the pointers of a loop."""
        edges = [
            [e for p in ways for e in self._flow.blocks[p].edges if e.block == loop.header]
            for ways in (loop.entries(self._flow), loop.latches)
        ]
        if list(map(len, edges)) != [1, 1] or self._depths[loop.latches[0]] != loop.depth:
            return
        (entry,), (back,) = edges
        header = self._flow.blocks[loop.header]
        accesses: dict[int, list[Access]] = {}
        for base, access in self._accesses(loop):
            accesses.setdefault(base, []).append(access)
        for variable, start, following in zip(
            header.parameters, entry.arguments, back.arguments, strict=True
        ):
            growth = self._growth(following, variable, loop)
            if growth is None or variable.id not in accesses:
                continue
            chosen = self._chosen(accesses[variable.id], start, variable, following)
            if chosen:
                self._take(loop, Pointer(loop, start, *growth, self._walks(chosen, out)))
                self._unused(chosen, variable, following)

    def _growth(
        self, following: Operand, variable: Value, loop: Loop
    ) -> tuple[Operand, bool] | None:
        """Returns the step by which a variable grows, and whether it falls by it instead."""
        base, constant = self._apart(following)
        if base == variable:
            return (Const(constant), False) if constant else None
        if not isinstance(following, Value):
            return None
        match self._definitions.get(following.id):
            case Instruction(Op.ADD, (x, y)) if variable in (x, y):
                step = y if x == variable else x
                falls = False
            case Instruction(Op.SUB, (x, step)) if x == variable:
                falls = True
            case _:
                return None
        steady = isinstance(step, Value) and invariant(step, self._places, loop)
        return (step, falls) if steady else None

    def _apart(self, index: Operand) -> tuple[Operand, int]:
        """Returns an index as a value and a constant beyond it."""
        constant = 0
        while isinstance(index, Value):
            match self._definitions.get(index.id):
                case Instruction(Op.ADD, (before, Const(more))):
                    index, constant = before, constant + more
                case _:
                    break
        return index, constant

    def _accesses(self, loop: Loop) -> Iterator[tuple[int, Access]]:
        """Yields the accesses of a loop that might walk, with the base of the index (an id)."""
        for name in loop.blocks:
            always = self._dominators.dominates(name, loop.latches[0])
            rounds = REPEATS ** (1 + self._depths[name] - loop.depth)
            for number, i in enumerate(self._flow.blocks[name].instructions):
                position = name, number
                shape = self._shape(position, i)
                if shape is None or not invariant(i.operands[0], self._places, loop):
                    continue
                base, constant = self._apart(i.operands[1])
                if not isinstance(base, Value) or position in self._found.labels:
                    continue
                often = rounds if always else rounds // 2
                yield base.id, Access(position, i.operands[0], constant, shape, often)

    def _shape(self, position: Position, i: Instruction) -> Shape | None:
        """Returns the shape of an access; None for what is none."""
        match i.op:
            case Op.LOAD if i.result is not None and self._found.uses[i.result.id]:
                return LOADED
            case Op.STORE:
                if position in self._changes:
                    return CHANGED
                value = i.operands[2]
                return shape_of_store(value.value if isinstance(value, Const) else value)
            case _:
                return None

    def _chosen(
        self, accesses: list[Access], start: Operand, variable: Value, following: Operand
    ) -> list[Access]:
        """Returns the accesses that are to walk: those that gain, or all if they gain more so.

        If all do and nothing else uses the variable, it need not be increased.
        """
        good = [access for access in accesses if self._gains([access], start, False) > 0]
        gain = self._gains(good, start, False)
        together = self._gains(accesses, start, True)
        if together > max(gain, 0) and self._serves(accesses, variable, following):
            return accesses
        return good if gain > 0 else []

    def _serves(self, accesses: list[Access], variable: Value, following: Operand) -> bool:
        """Whether a variable serves for nothing but accesses and its own growth."""
        dropped = self._dropped(accesses)
        return all(
            self._found.uses[value.id] - dropped[value.id] == 1
            for value in self._chain(variable, following)
        )

    def _dropped(self, accesses: list[Access]) -> Counter[int]:
        """Returns how many uses of each value there are for the indices of accesses alone."""
        dropped: Counter[int] = Counter()
        for access in accesses:
            block, number = access.position
            index = self._flow.blocks[block].instructions[number].operands[1]
            while isinstance(index, Value):
                dropped[index.id] += 1
                definition = self._definitions.get(index.id)
                if self._found.uses[index.id] > dropped[index.id]:
                    break
                if definition is None or definition.op is not Op.ADD:
                    break
                index = definition.operands[0]
        return dropped

    def _chain(self, variable: Value, following: Operand) -> Iterator[Value]:
        """Yields the values from the one that follows a variable down to the variable."""
        value = following
        while isinstance(value, Value):
            yield value
            if value == variable:
                return
            operands = self._definitions[value.id].operands
            value = next(o for o in operands if self._apart(o)[0] == variable)

    def _walks(
        self, chosen: list[Access], out: Emitter
    ) -> tuple[tuple[Access, tuple[Slot, ...]], ...]:
        result = []
        for access in chosen:
            names = labels(out, access.shape)
            self._found.labels[access.position] = names
            result.append((access, slots(names, access.shape)))
        return tuple(result)

    def _take(self, loop: Loop, pointer: Pointer) -> None:
        self._found.entering.setdefault(loop.header, []).append(pointer)
        latch = loop.latches[0]
        numbers = [a.position[1] + 1 for a, _ in pointer.walks if a.position[0] == latch]
        place = latch, max(numbers, default=0)
        self._found.advancing.setdefault(place, []).append(pointer)

    def _unused(self, chosen: list[Access], variable: Value, following: Operand) -> None:
        """Counts the uses that are left; none of the variable if it serves for nothing more."""
        dropped = self._dropped(chosen)
        if self._serves(chosen, variable, following):
            dropped.update(value.id for value in self._chain(variable, following))
        self._found.uses.subtract(dropped)
