"""What survives a recursive call: the cells that are live across it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import replace

from mlpl.backend.subleq.live import defined, live_out, mask, members
from mlpl.backend.subleq.selected import Call, Item, Restore, Save, SelectedFunction
from mlpl.ir.module import Block, Instruction, Op, Value
from mlpl.ir.signatures import ROUTINE_OPS


def beginnings(
    block: Block, cycle: Set[str], uses: Mapping[int, int]
) -> dict[int, list[Instruction]]:
    """Returns before which instructions of a block recursive calls begin.

    A call begins where the computation of its arguments does, as far as it stands right
    before the call and serves nothing else: what must survive is saved before it, and the
    arguments may take its place.
    """
    begins: dict[int, list[Instruction]] = {}
    instructions = block.instructions
    for number, i in enumerate(instructions):
        if i.op is Op.CALL and i.symbol in cycle:
            wanted = Counter(o.id for o in i.operands if isinstance(o, Value))
            first = number
            while first:
                before = instructions[first - 1]
                result = before.result
                if not before.op.pure or before.op in ROUTINE_OPS or result is None:
                    break  # a division may define its other result too, for later
                if wanted[result.id] != uses[result.id]:
                    break
                wanted.update(o.id for o in before.operands if isinstance(o, Value))
                first -= 1
            begins.setdefault(first, []).append(i)
    return begins


def save_live(function: SelectedFunction) -> SelectedFunction:
    """Returns the function with the cells filled in that each `Save` and `Restore` is for.

    Before, they have none. A `Save` stands before the computation of the call's arguments and
    its `Restore` behind the call, so that arguments may be computed in place.
    """
    if not any(isinstance(i, Save) for i in function.items):
        return function
    cells = function.cells()
    numbers = {cell: number for number, cell in enumerate(cells)}
    live = live_out(function, numbers)
    items: list[Item] = list(function.items)
    begun: int | None = None
    for index, item in enumerate(function.items):
        match item:
            case Save():
                begun = index
            case Call(recursive=True) if begun is not None:
                kept = live[index] & ~mask(defined(item), numbers)
                saved = tuple(cells[n] for n in members(kept))
                made = {c for i in function.items[begun:index] for c in defined(i)}
                parameters = set(item.arguments)
                assert not made & set(saved) - parameters, "saved before it is computed"
                save, restore = items[begun], items[index + 1]
                assert isinstance(save, Save)
                assert isinstance(restore, Restore)
                items[begun] = replace(save, cells=saved)
                items[index + 1] = replace(restore, cells=saved)
            case _:
                pass
    return replace(function, items=tuple(items))
