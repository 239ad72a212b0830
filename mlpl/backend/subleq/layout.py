"""Where everything goes: code first, then constants, objects, variables, arrays, and the stack.

The arrays of a function begin where those of its callers end, so functions that cannot be active
together share memory; the functions of a cycle stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mlpl.backend.subleq.assembly import Assembly, Data, Line
from mlpl.backend.subleq.calls import CALLER, DEPTH
from mlpl.backend.subleq.color import Coloring
from mlpl.backend.subleq.expand import CELLS
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.routines.builder import KEPT
from mlpl.backend.subleq.selected import (
    PORT,
    ROOM,
    ROOM_NEGATED,
    STACK_END,
    ZERO,
    At,
    Cell,
    Expression,
    Label,
    Operand,
    Pool,
    SelectedFunction,
    Slot,
    Sub,
)
from mlpl.ir.callgraph import components

FRAMES = "frames#"
"""The label of the area where the arrays of functions lie."""
DEFAULT_STACK = 256
"""Words of stack where nobody says otherwise (M3.4)."""
GRAIN = 64
"""The default memory is a multiple of so many cells (M3.4)."""


class TooLargeError(Exception):
    """The program does not fit.

    Attributes:
        needed: cells that it takes; None where more cells would not help.
        limit: cells that there are.
    """

    def __init__(self, needed: int, limit: int, what: str) -> None:
        self.needed = needed
        self.limit = limit
        super().__init__(f"{what} {needed} cells, and there are {limit}")


@dataclass(frozen=True, slots=True)
class Layout:
    """A program with every place decided.

    Attributes:
        assembly: instructions and data.
        memory: n, cells of the machine.
        stack: first cell and number of cells, or None without recursion.
        places: for each object, the symbol and offset that it lies at.
        sizes: cells of each object.
    """

    assembly: Assembly
    memory: int
    stack: tuple[int, int] | None
    places: Mapping[str, Expression]
    sizes: Mapping[str, int]


def lay_out(
    linkage: Linkage,
    selected: Mapping[str, SelectedFunction],
    coloring: Coloring,
    codes: Mapping[str, tuple[Sub | Label, ...]],
    memory: int | None,
) -> Layout:
    """Returns the program as an assembly for a machine of `memory` cells (None: what it needs).

    Raises:
        TooLargeError: it does not fit the memory, or the words cannot address it.
    """
    module = linkage.module
    w = module.word_bits
    places, sizes, shared = _frames(selected)
    for obj in module.objects:
        places[obj.name], sizes[obj.name] = Expression(symbol=obj.name), obj.size
    recursive = any(
        linkage.cycles[f.name] and any(i.symbol in linkage.cycles[f.name] for i in f.instructions())
        for f in module.functions.values()
    )
    data = _data(linkage, codes, (coloring.size, shared), recursive)
    code = len(_lines(codes, _Resolver(places, 0)))
    used = 3 * code + sum(len(d.words) for d in data)
    if 3 * code > 1 << (w - 1):
        raise TooLargeError(3 * code, 1 << (w - 1), f"the code for words of {w} bits takes")
    total = _memory(used, recursive, memory, w)
    stack = None
    if recursive:
        end = min(total, (1 << w) - 1, used + (1 << (w - 1)) - 2)
        stack = (used, end - used)
        data = [_with_stack(d, end - used + 1) for d in data]
    resolve = _Resolver(places, sum(stack) if stack else 0)
    data = [
        replace(d, words=tuple(map(resolve, d.words))) if d.label.startswith("#") else d
        for d in data
    ]
    return Layout(Assembly(_lines(codes, resolve), tuple(data), w), total, stack, places, sizes)


def _memory(used: int, recursive: bool, memory: int | None, w: int) -> int:
    """Returns n; leaves the last cell of the largest memory alone, which is the port."""
    limit = (1 << w) - 1
    if used > limit:
        raise TooLargeError(used, limit, f"with words of {w} bits the program takes")
    if memory is None:
        wanted = used + (DEFAULT_STACK if recursive else 0)
        return min(-(-wanted // GRAIN) * GRAIN, 1 << w)
    if used > memory:
        raise TooLargeError(used, memory, "the program takes")
    return memory


def _with_stack(data: Data, room: int) -> Data:
    if data.label == ROOM.object:
        return Data(data.label, (Expression(room),), data.note)
    if data.label == ROOM_NEGATED.object:
        return Data(data.label, (Expression(-room),), data.note)
    return data


def _frames(
    selected: Mapping[str, SelectedFunction],
) -> tuple[dict[str, Expression], dict[str, int], int]:
    """Returns places and sizes of the functions' arrays, and the area's size."""
    callees = {name: function.callees for name, function in selected.items()}
    begins = dict.fromkeys(selected, 0)
    places: dict[str, Expression] = {}
    sizes: dict[str, int] = {}
    end = 0
    for component in reversed(components(callees)):  # callers first
        offset = max(begins[name] for name in component)
        for name in sorted(component):
            for array in selected[name].arrays:
                places[array.name], sizes[array.name] = Expression(offset, FRAMES), array.size
                offset += array.size
        end = max(end, offset)
        for callee in {callee for name in component for callee in callees[name]}:
            begins[callee] = max(begins[callee], offset)
    return places, sizes, end


def _data(
    linkage: Linkage,
    codes: Mapping[str, tuple[Sub | Label, ...]],
    areas: tuple[int, int],
    recursive: bool,
) -> list[Data]:
    operands = {
        o for code in codes.values() for i in code if isinstance(i, Sub) for o in (i.a, i.b)
    }
    data = [Data(ZERO.object, (Expression(),), "always 0")]
    for cell in KEPT:
        if cell in operands:
            data.append(Data(cell.object, (Expression(),), "0 between idioms"))
    noted = {o.object for o in operands if isinstance(o, At) and o.object.endswith(CALLER)}
    data += [Data(name, (Expression(),), "the last caller") for name in sorted(noted)]
    counted = {o.object for o in operands if isinstance(o, At) and o.object.endswith(DEPTH)}
    data += [Data(name, (Expression(1),), "activations, plus 1") for name in sorted(counted)]
    if recursive:
        data.append(Data(ROOM.object, (Expression(),), "free words of the stack, plus 1"))
        data.append(Data(ROOM_NEGATED.object, (Expression(),), "its negative"))
    pool = sorted(
        {o.value for o in operands if isinstance(o, Pool)},
        key=lambda e: (e.symbol, e.sign, e.constant),
    )
    data += [Data(f"#{value}", (value,)) for value in pool]
    for obj in linkage.module.objects:
        words = (*obj.initial, *[0] * (obj.size - len(obj.initial)))
        data.append(Data(obj.name, tuple(map(Expression, words)), obj.type))
    for label, size, note in (
        (CELLS, areas[0], "variables of all functions"),
        (FRAMES, areas[1], "arrays of all functions"),
    ):
        if size:
            data.append(Data(label, (Expression(),) * size, note))
    return data


class _Resolver:
    """Puts addresses of arrays and of the stack's end into expressions."""

    def __init__(self, places: Mapping[str, Expression], stack_end: int) -> None:
        self.places = {**places, STACK_END: Expression(stack_end)}

    def __call__(self, expression: Expression) -> Expression:
        base = self.places.get(expression.symbol)
        if base is None:
            return expression
        constant = expression.constant + expression.sign * base.constant
        return Expression(constant, base.symbol, expression.sign if base.symbol else 1)


def _lines(codes: Mapping[str, tuple[Sub | Label, ...]], resolve: _Resolver) -> tuple[Line, ...]:
    lines: list[Line] = []
    labels: list[str] = []
    for code in codes.values():
        for item in code:
            if isinstance(item, Label):
                labels.append(item.name)
                continue
            if item.label:
                labels.append(item.label)
            a, b = (resolve(_address(o)) for o in (item.a, item.b))
            lines.append(Line(tuple(labels), a, b, item.target, item.location))
            labels = []
    if labels:  # behind code that does not come back
        zero = Expression(symbol=ZERO.object)
        lines.append(Line(tuple(labels), zero, zero, Expression(-1), None))
    return tuple(lines)


def _address(operand: Operand) -> Expression:
    """Returns the address of a cell, which is what stands in the instruction."""
    match operand:
        case At(object, offset):
            return Expression(offset, object)
        case Slot(label, field):
            return Expression(field, label)
        case Pool(value):
            return Expression(symbol=f"#{value}")
        case Cell():
            raise AssertionError(f"{operand} has no address yet")
        case _:
            assert operand is PORT
            return Expression(-1)
