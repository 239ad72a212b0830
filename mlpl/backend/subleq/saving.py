"""What survives a recursive call: the cells that are live across it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from mlpl.backend.subleq.live import defined, live_out, mask, members
from mlpl.backend.subleq.selected import (
    ZERO,
    Call,
    Item,
    Restore,
    Save,
    SelectedFunction,
    Sub,
)
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
    items: list[Item] = list(function.items)
    spans = _spans(items)
    live = live_out(function, numbers, spans)
    for begin, end in spans.items():
        save, call, restore = items[begin], items[end - 1], items[end]
        assert isinstance(save, Save)
        assert isinstance(call, Call)
        assert isinstance(restore, Restore)
        kept = live[end] & ~mask(defined(call), numbers)
        saved = tuple(cells[n] for n in members(kept))
        made = {c for i in items[begin + 1 : end - 1] if not _tests(i) for c in defined(i)}
        assert not made & set(saved) - set(call.arguments), "saved before it is computed"
        items[begin] = replace(save, cells=saved)
        items[end] = replace(restore, cells=saved)
    return replace(function, items=tuple(items))


def _tests(item: Item) -> bool:
    """Returns whether an item leaves its target as it is, and only branches."""
    return isinstance(item, Sub) and item.a == ZERO


def _spans(items: Sequence[Item]) -> dict[int, int]:
    """Returns the index of each `Save` with that of its `Restore`, right behind the call."""
    spans = {}
    begun: int | None = None
    for index, item in enumerate(items):
        if isinstance(item, Save):
            begun = index
        elif isinstance(item, Restore) and begun is not None:
            spans[begun] = index
    return spans
