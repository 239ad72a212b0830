"""What survives a recursive call: the cells that are live across it."""

from __future__ import annotations

from dataclasses import replace

from mlpl.backend.subleq.live import defined, live_out, mask, members
from mlpl.backend.subleq.selected import Call, Item, Restore, Save, SelectedFunction


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
                save, restore = items[begun], items[index + 1]
                assert isinstance(save, Save)
                assert isinstance(restore, Restore)
                items[begun] = replace(save, cells=saved)
                items[index + 1] = replace(restore, cells=saved)
            case _:
                pass
    return replace(function, items=tuple(items))
