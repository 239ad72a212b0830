"""First contents of the entry's objects that stand in the initial memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlpl.ir.callgraph import call_graph
from mlpl.ir.dominance import dominance
from mlpl.ir.graph import Graph, graph
from mlpl.ir.loops import loops
from mlpl.ir.module import Address, Const, Function, Instruction, Module, Object, Op, Operand
from mlpl.ir.names import Names
from mlpl.ir.rewrite import map_function, with_contents
from mlpl.ir.settings import DEFAULT, Settings
from mlpl.ir.uses import block_operands, terminator_operands


def preset(module: Module, settings: Settings = DEFAULT) -> Module:
    """Returns the module with objects of the entry that begin as they are first filled.

    Before::

        fn @.start() {
          object $a[100]: int[100]
        entry:
          zero $a, 100
          store $a, 2, 7
          ...

    After::

        object @.start.a[100] = 0 0 7: int[100]

        fn @.start() {
        entry:
          ...

    The entry runs once. What it writes to an object before anything else is done with it, outside
    of loops, by constants, is there at the beginning if the object is one of the module. One that
    is not written any more is constant.
    """
    function = module.functions[module.entry]
    if not function.objects or module.entry in call_graph(module).recursive:
        return module
    found = [*_presets(function, graph(function))]
    if not found:
        return module
    names = Names(o.name for o in module.objects)
    moved: dict[str, Object] = {}
    for each in found:
        own = each.object
        name = names.fresh(f"@{own.scope or function.name}.{own.name[1:]}")
        initial = tuple(each.words)
        moved[own.name] = replace(own, name=name, initial=initial, constant=each.constant)
        settings.did(function.name, f"`{own.name[1:]}` is filled before the program begins")
    dropped = {(each.block, number) for each in found for number in each.writes}

    def stands(operand: Operand) -> Operand:
        if isinstance(operand, Address) and operand.object in moved:
            return Address(moved[operand.object].name)
        return operand

    blocks = tuple(
        with_contents(
            b,
            (i for n, i in enumerate(b.instructions) if (b.name, n) not in dropped),
            b.terminator,
        )
        for b in function.blocks
    )
    objects = tuple(o for o in function.objects if o.name not in moved)
    changed = map_function(replace(function, objects=objects, blocks=blocks), stands)
    return replace(
        module,
        objects=(*module.objects, *moved.values()),
        functions={**module.functions, function.name: changed},
    )


@dataclass(frozen=True, slots=True)
class _Preset:
    """An object with known first contents.

    Attributes:
        object: of the function.
        words: what it holds then, up to the last that is not 0.
        block: where it is filled.
        writes: the numbers of the instructions that do it.
        constant: whether nothing else may write it.
    """

    object: Object
    words: list[int]
    block: str
    writes: list[int]
    constant: bool


def _presets(function: Function, flow: Graph) -> Iterator[_Preset]:
    """Yields the objects that one block, which runs once, fills before all else."""
    inside = {name for loop in loops(flow, dominance(flow)).values() for name in loop.blocks}
    mentions: dict[str, list[str]] = {}
    for name in flow.order:
        for operand in block_operands(flow.blocks[name]):
            if isinstance(operand, Address) and name not in mentions.setdefault(operand.object, []):
                mentions[operand.object].append(name)
    for object_ in function.objects:
        where = mentions.get(object_.name, [])
        if where and where[0] not in inside and not _reached(flow, where[1:], where[0]):
            words, writes = _filled(object_, flow.blocks[where[0]].instructions)
            if writes:
                constant = _only_read(function, object_, where[0], writes)
                yield _Preset(object_, words, where[0], writes, constant)


def _reached(flow: Graph, starts: list[str], goal: str) -> bool:
    """Whether some way leads from one of the blocks to the goal."""
    seen, waiting = set(starts), [*starts]
    while waiting:
        for successor in flow.successors[waiting.pop()]:
            if successor not in seen:
                seen.add(successor)
                waiting.append(successor)
    return goal in seen


def _filled(object_: Object, instructions: tuple[Instruction, ...]) -> tuple[list[int], list[int]]:
    """Returns what writes by constants make of an object, up to the first other mention of it.

    The numbers of these instructions come second.
    """
    place = Address(object_.name)
    words = [0] * object_.size
    writes = []
    for number, i in enumerate(instructions):
        if place not in i.operands:
            continue
        match i:
            case Instruction(op=Op.ZERO, operands=(_, Const(count))):
                words[:count] = [0] * count
            case Instruction(op=Op.STORE, operands=(_, Const(index), Const(word))) if (
                0 <= index < object_.size
            ):
                words[index] = word
            case _:
                break
        writes.append(number)
    while words and not words[-1]:
        words.pop()
    return words, writes


def _only_read(function: Function, object_: Object, home: str, writes: list[int]) -> bool:
    """Whether nothing but the writes, in their block, does more than load from an object."""
    place = Address(object_.name)
    return not any(
        place in terminator_operands(block.terminator)
        or any(
            place in i.operands
            and i.op is not Op.LOAD
            and not (block.name == home and number in writes)
            for number, i in enumerate(block.instructions)
        )
        for block in function.blocks
    )
