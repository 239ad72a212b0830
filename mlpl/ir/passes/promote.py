"""Promotion of local variables from memory to values (mem2reg)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlpl.ir.dominance import Dominance, dominance, frontiers
from mlpl.ir.graph import Graph, graph
from mlpl.ir.module import (
    Address,
    Block,
    Const,
    Edge,
    Function,
    Instruction,
    Kind,
    Module,
    Op,
    Operand,
    Value,
)
from mlpl.ir.rewrite import Substitution, map_edges, map_instruction, map_terminator
from mlpl.ir.signatures import zero
from mlpl.ir.uses import fresh_id, terminator_operands


def promote(function: Function, module: Module) -> Function:
    """Returns the function with its scalar objects replaced by values and block parameters.

    Before::

        object $i[1]: int
        entry:
          store $i, 0, 5
          jump loop
        loop:
          %1 = load $i, 0
          %2 = add %1, 1
          store $i, 0, %2
          jump loop

    After::

        entry:
          jump loop(5)
        loop(%i.3: int):
          %i.2 = add %i.3, 1
          jump loop(%i.2)

    An object is promoted if all that happens to it are loads and stores of its only cell, of one
    kind. Objects that are passed on, copied, zeroed or indexed stay. What is read before it is
    written is 0. Blocks that cannot be reached are dropped.

    Source: Cytron et al., "Efficiently Computing Static Single Assignment Form and the Control
    Dependence Graph" (1991), with block parameters placed at the iterated dominance frontiers
    of the stores where the variable is live (pruned form).
    """
    kinds = _promotable(function)
    if not kinds:
        return function
    flow = graph(function)
    dominators = dominance(flow)
    placed = _place(flow, dominators, kinds)
    blocks = _Renaming(function, flow, kinds, placed).run(dominators)
    objects = tuple(o for o in function.objects if o.name not in kinds)
    return replace(function, objects=objects, blocks=blocks)


def _promotable(function: Function) -> dict[str, Kind]:
    """Returns the objects that can become values, with the kind of what they hold."""
    kinds: dict[str, Kind | None] = {o.name: None for o in function.objects if o.size == 1}
    spoiled: set[str] = set()
    for block in function.blocks:
        for instruction in block.instructions:
            access = _access(instruction)
            others = instruction.operands if access is None else instruction.operands[2:]
            spoiled |= {o.object for o in others if isinstance(o, Address)}
            if access is not None:
                name, kind = access
                if kinds.get(name) not in (None, kind):
                    spoiled.add(name)
                kinds[name] = kind
        operands = terminator_operands(block.terminator)
        spoiled |= {o.object for o in operands if isinstance(o, Address)}
    local = {o.name for o in function.objects if o.size == 1} - spoiled
    return {name: kind or Kind.INT for name, kind in kinds.items() if name in local}


def _access(instruction: Instruction) -> tuple[str, Kind] | None:
    """Returns object and kind of a load or store of an object's first cell."""
    match instruction:
        case Instruction(Op.LOAD, (Address(name), Const(0)), Value(_, kind)):
            return name, kind
        case Instruction(Op.STORE, (Address(name), Const(0), value)):
            return name, value.kind
        case _:
            return None


def _place(
    flow: Graph, dominators: Dominance, kinds: Mapping[str, Kind]
) -> dict[str, tuple[str, ...]]:
    """Returns for each block the objects that get a parameter there."""
    beyond = frontiers(flow, dominators)
    stores, exposed = _accesses(flow, kinds)
    placed: dict[str, list[str]] = {name: [] for name in flow.order}
    for object_ in kinds:
        live = _live(flow, exposed[object_], stores[object_])
        done: set[str] = set()
        waiting = list(stores[object_])
        while waiting:
            for join in beyond[waiting.pop()]:
                if join not in done and join in live:
                    done.add(join)
                    placed[join].append(object_)
                    waiting.append(join)
    return {name: tuple(objects) for name, objects in placed.items()}


Sites = dict[str, dict[str, None]]
"""For each object the blocks where something happens to it."""


def _accesses(flow: Graph, kinds: Mapping[str, Kind]) -> tuple[Sites, Sites]:
    """Returns where each object is stored to, and where it is loaded before any store."""
    stores: Sites = {name: {} for name in kinds}
    exposed: Sites = {name: {} for name in kinds}
    for block in flow.order:
        for instruction in flow.blocks[block].instructions:
            access = _access(instruction)
            if access is None or access[0] not in kinds:
                continue
            if instruction.op is Op.STORE:
                stores[access[0]][block] = None
            elif block not in stores[access[0]]:
                exposed[access[0]][block] = None
    return stores, exposed


def _live(flow: Graph, exposed: Mapping[str, None], stores: Mapping[str, None]) -> set[str]:
    """Returns the blocks at whose beginning an object's content is still needed."""
    live = set(exposed)
    waiting = list(exposed)
    while waiting:
        for predecessor in flow.predecessors[waiting.pop()]:
            if predecessor not in live and predecessor not in stores:
                live.add(predecessor)
                waiting.append(predecessor)
    return live


class _Renaming:
    """Walks the dominator tree and replaces each load by the content that reaches it.

    Attributes:
        _contents: what each object holds at the current point of the walk.
        _undo: the contents to go back to when the walk leaves a subtree.
    """

    def __init__(
        self,
        function: Function,
        flow: Graph,
        kinds: Mapping[str, Kind],
        placed: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._function = function
        self._flow = flow
        self._kinds = kinds
        self._placed = placed
        self._next = fresh_id(function)
        self._variables = {o.name: (source_name(o.name), o.scope) for o in function.objects}
        self._names = _names(function, kinds)
        self._loaded = Substitution()
        self._contents: dict[str, Operand] = {name: zero(kind) for name, kind in kinds.items()}
        self._undo: list[tuple[str, Operand]] = []
        self._blocks: dict[str, Block] = {}

    def run(self, dominators: Dominance) -> tuple[Block, ...]:
        """Returns the new blocks, in the function's order."""
        stack: list[str | int] = [self._flow.order[0]]
        while stack:
            item = stack.pop()
            if isinstance(item, int):
                while len(self._undo) > item:
                    name, content = self._undo.pop()
                    self._contents[name] = content
                continue
            stack.append(len(self._undo))
            self._blocks[item] = self._block(self._flow.blocks[item])
            stack += reversed(dominators.children[item])
        return tuple(self._blocks[b.name] for b in self._function.blocks if b.name in self._blocks)

    def _block(self, block: Block) -> Block:
        parameters = [self._named(parameter) for parameter in block.parameters]
        for object_ in self._placed[block.name]:
            parameter = Value(self._next, self._kinds[object_], *self._variables[object_])
            self._next += 1
            self._set(object_, parameter)
            parameters.append(parameter)
        instructions = [i for i in map(self._instruction, block.instructions) if i is not None]
        terminator = map_terminator(block.terminator, self._operand)
        terminator = map_edges(terminator, self._edge)
        return Block(block.name, tuple(parameters), tuple(instructions), terminator)

    def _instruction(self, instruction: Instruction) -> Instruction | None:
        """Returns the instruction with its operands replaced; None for promoted accesses."""
        access = _access(instruction)
        if access is None or access[0] not in self._kinds:
            changed = map_instruction(instruction, self._operand)
            if changed.result is not None and changed.result.id in self._names:
                return replace(changed, result=self._named(changed.result))
            return changed
        if instruction.op is Op.STORE:
            self._set(access[0], self._operand(instruction.operands[2]))
        elif instruction.result is not None:
            self._loaded.add(instruction.result, self._contents[access[0]])
        return None

    def _set(self, object_: str, content: Operand) -> None:
        self._undo.append((object_, self._contents[object_]))
        self._contents[object_] = content

    def _edge(self, edge: Edge) -> Edge:
        more = (self._contents[object_] for object_ in self._placed[edge.block])
        return Edge(edge.block, (*edge.arguments, *more))

    def _operand(self, operand: Operand) -> Operand:
        operand = self._loaded(operand)
        return self._named(operand) if isinstance(operand, Value) else operand

    def _named(self, value: Value) -> Value:
        object_ = self._names.get(value.id)
        if object_ is None:
            return value
        return Value(value.id, value.kind, *self._variables[object_])


def _names(function: Function, kinds: Mapping[str, Kind]) -> dict[int, str]:
    """Returns the object whose name values without one get: the first that they are stored to."""
    names: dict[int, str] = {}
    for instruction in function.instructions():
        access = _access(instruction)
        if instruction.op is Op.STORE and access is not None and access[0] in kinds:
            value = instruction.operands[2]
            if isinstance(value, Value) and not value.name:
                names.setdefault(value.id, access[0])
    return names


def source_name(object_: str) -> str:
    """Returns the name of the source variable that `$name` or `$name.1` stands for."""
    return object_[1:].partition(".")[0]
