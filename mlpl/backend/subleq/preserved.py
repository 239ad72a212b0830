"""Parameters that recursive calls change by constants: changed back behind the call, not saved.

Where a function calls itself with `k + 1` for its parameter `k`, 1 is added to the cell of `k`
before the call and subtracted behind it: the activation inside leaves its parameter as it was.
That takes two steps where a push and a pop take twelve, and none at all for what is handed on
unchanged.

A parameter is preserved if every recursive call changes it by a constant. Its cell is then live
all through the function, so that nothing else is put there. Functions that call themselves by way
of others keep to the stack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from mlpl.ir.graph import graph
from mlpl.ir.liveness import liveness
from mlpl.ir.module import Const, Function, Instruction, Op, Operand, Value
from mlpl.ir.uses import terminator_operands


@dataclass(frozen=True, slots=True)
class Preserved:
    """What a function's recursive calls need not save.

    Attributes:
        changes: by the position of each preserved parameter what each recursive call adds to it,
            by the id of the value that is handed over.
        displaced: ids of values that are nothing but arguments for these parameters.
    """

    changes: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    displaced: frozenset[int] = frozenset()

    def at(self, call: Instruction) -> dict[int, int]:
        """Returns what a recursive call adds to each preserved parameter, by position."""
        arguments = {p: call.operands[p] for p in self.changes}
        return {p: self.changes[p][o.id] for p, o in arguments.items() if isinstance(o, Value)}


def preserved(
    function: Function,
    cycle: Set[str],
    definitions: Mapping[int, Instruction],
    uses: Mapping[int, int],
) -> Preserved:
    """Returns the preserved parameters of a function, of those that are needed behind such calls.

    They are used there themselves, or sums that are only handed over.

    Args:
        function: with unique ids of values.
        cycle: the functions of its cycle in the call graph.
        definitions: what defines each value, by id.
        uses: how often each value is used, by id.
    """
    if cycle != {function.name}:
        return Preserved()
    calls = [i for i in function.instructions() if i.op is Op.CALL and i.symbol == function.name]
    live = _live_over(function)
    changes: dict[int, Mapping[int, int]] = {}
    for position, parameter in enumerate(function.parameters):
        handed = [_change(call.operands[position], parameter, definitions) for call in calls]
        if None not in handed:
            changes[position] = dict(each for each in handed if each is not None)
    spared = live & _displaced(calls, changes, uses)
    chosen = {
        position: made
        for position, made in changes.items()
        if function.parameters[position].id in live or spared & made.keys()
    }
    kept = frozenset(parameter.id for parameter in function.parameters)
    return Preserved(chosen, _displaced(calls, chosen, uses) - kept)


def _displaced(
    calls: Sequence[Instruction], positions: Iterable[int], uses: Mapping[int, int]
) -> frozenset[int]:
    """Returns the ids of values that are nothing but arguments in some positions of calls."""
    handed = [call.operands[position] for call in calls for position in positions]
    arguments = Counter(operand.id for operand in handed if isinstance(operand, Value))
    return frozenset(id_ for id_, times in arguments.items() if times == uses[id_])


def _change(
    argument: Operand, parameter: Value, definitions: Mapping[int, Instruction]
) -> tuple[int, int] | None:
    """Returns an argument's id and what it is more than a parameter, if that is a constant."""
    if not isinstance(argument, Value):
        return None
    if argument == parameter:
        return argument.id, 0
    match definitions.get(argument.id):
        case Instruction(op=Op.ADD, operands=(x, Const(c)) | (Const(c), x)) if x == parameter:
            return argument.id, c
        case Instruction(op=Op.SUB, operands=(x, Const(c))) if x == parameter:
            return argument.id, -c
        case _:
            return None


def _live_over(function: Function) -> frozenset[int]:
    """Returns the ids of the values that are used behind a recursive call."""
    found: set[int] = set()
    flow = graph(function)
    live_out = liveness(flow).live_out
    for name in flow.order:
        block = flow.blocks[name]
        live = {*live_out[name], *_ids(terminator_operands(block.terminator))}
        for instruction in reversed(block.instructions):
            if instruction.result is not None:
                live.discard(instruction.result.id)
            if instruction.op is Op.CALL and instruction.symbol == function.name:
                found |= live
            live.update(_ids(instruction.operands))
    return frozenset(found)


def _ids(operands: tuple[Operand, ...]) -> Iterator[int]:
    return (operand.id for operand in operands if isinstance(operand, Value))
