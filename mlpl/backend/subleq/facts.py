"""What the compiler knows about the words it has made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlpl.backend.subleq.calls import Way, back_of, depth_of, return_address
from mlpl.backend.subleq.color import Coloring
from mlpl.backend.subleq.expand import CELLS, place_of
from mlpl.backend.subleq.image import Facts, Variable
from mlpl.backend.subleq.layout import FRAMES, Layout
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.selected import (
    PORT,
    ROOM,
    STACK_END,
    At,
    Cell,
    Exit,
    Expression,
    Label,
    Operand,
    Pool,
    SelectedFunction,
    Slot,
    Sub,
)
from mlpl.base.negated import qualified_name
from mlpl.base.traps import Held, TrapSite


class _Where:
    """Addresses of everything in a layout."""

    def __init__(self, layout: Layout) -> None:
        self.labels = layout.assembly.addresses()
        self.layout = layout

    def has(self, name: str) -> bool:
        """Whether some code or data names an object."""
        return name in self.layout.places or name in self.labels

    def object(self, name: str) -> int:
        place = self.layout.places.get(name, Expression(symbol=name))
        return self.labels[place.symbol] + place.constant

    def cell(self, operand: Operand) -> int:
        match operand:
            case At(name, offset):
                return self.object(name) + offset
            case Slot(label, field):
                return self.labels[label] + field
            case Pool(value):
                return self.labels[f"#{value}"]
            case _:
                raise AssertionError(f"{operand} has no address")


def collect(
    linkage: Linkage,
    selected: Mapping[str, SelectedFunction],
    coloring: Coloring,
    ways: Mapping[str, Way],
    codes: Mapping[str, tuple[Sub | Label, ...]],
    layout: Layout,
) -> Facts:
    """Returns the facts of a laid-out program; see `Facts`."""
    where = _Where(layout)
    lines = layout.assembly.code
    module = linkage.module
    variables = tuple(_variables(linkage, selected, coloring, where))
    arguments = tuple(
        Variable(a.name, where.object(a.object), module.object(a.object).size, a.type)
        for a in module.arguments
    )
    result = None
    if module.result is not None:
        result = Variable("result", where.object(module.result[0]), 1, module.result[1])
    return Facts(
        code=tuple(range(0, 3 * len(lines), 3)),
        leaders=tuple(3 * i for i, line in enumerate(lines) if line.labels or not i),
        written=_written(linkage, codes, layout, where),
        patched=_patched(codes, where),
        variables=variables,
        arguments=arguments,
        result=result,
        returned=None if module.returned is None else where.object(module.returned),
        traps=_traps(linkage, coloring, module.word_bits, where),
        lines={3 * i: line.location for i, line in enumerate(lines) if line.location},
        stack=layout.stack,
        room=where.labels.get(ROOM.object),
        start=module.entry,
        returns=dict(_returns(ways, where)),
        depths={
            name: (where.cell(depth_of(name)), where.labels[back_of(name)])
            for name, way in ways.items()
            if way is Way.COUNTED and back_of(name) in where.labels
        },
        calls={
            where.labels[label]: site
            for label, site in linkage.sites.by_label.items()
            if label in where.labels
        },
    )


def _variables(
    linkage: Linkage,
    selected: Mapping[str, SelectedFunction],
    coloring: Coloring,
    where: _Where,
) -> Iterator[Variable]:
    for obj in linkage.module.objects:
        yield Variable(obj.name.lstrip("@"), where.object(obj.name), obj.size, obj.type)
    seen = set()
    for name, function in selected.items():
        for cell in function.cells():
            if cell.function != name:
                continue
            address = where.cell(place_of(cell, coloring))
            text = qualified_name(cell.scope or name, cell.name)
            if cell.name and (text, address) not in seen:
                seen.add((text, address))
                yield Variable(text, address, 1, cell.type)
        for array in function.arrays:
            yield Variable(array.source, where.object(array.name), array.size, array.type)


def _traps(
    linkage: Linkage, coloring: Coloring, word_bits: int, where: _Where
) -> dict[int, TrapSite]:
    def value(exit_: Exit, operand: Operand | int) -> int | Held:
        match operand:
            case int():
                return operand
            case Cell():
                return Held(where.cell(place_of(operand, coloring)))
            case Pool(Expression(constant, "")):
                return constant
            case _:
                return Held(where.cell(operand))

    return {
        exit_.code % (1 << word_bits): TrapSite(
            exit_.kind,
            exit_.location,
            exit_.message,
            tuple(value(exit_, v) for v in exit_.values),
            exit_.function,
        )
        for exit_ in linkage.exits.all
    }


def _returns(ways: Mapping[str, Way], where: _Where) -> Iterator[tuple[str, int | Held]]:
    for name, way in ways.items():
        place = return_address(name, way)
        if isinstance(place, At) and not where.has(place.object):
            continue  # nothing calls it any more: all calls were behind a trap
        if place is not None:
            yield name, Held(where.cell(place))
        elif back_of(name) in where.labels:
            yield name, where.labels[back_of(name)]


def _written(
    linkage: Linkage,
    codes: Mapping[str, tuple[Sub | Label, ...]],
    layout: Layout,
    where: _Where,
) -> tuple[int, ...]:
    """Cells that a run may write.

    Those are the targets of instructions as they stand, and where operands are patched, every
    object that is not constant, every frame, and the stack.
    """
    cells: set[int] = set()
    for code in codes.values():
        for item in code:
            if isinstance(item, Sub) and item.b not in (PORT, At("")) and not _in_stack(item.b):
                cells.add(where.cell(item.b))
    for obj in linkage.module.objects:
        if not obj.constant:
            address = where.object(obj.name)
            cells.update(range(address, address + obj.size))
    for data in layout.assembly.data:
        if data.label in (CELLS, FRAMES):
            begin = where.labels[data.label]
            cells.update(range(begin, begin + len(data.words)))
    if layout.stack is not None:
        cells.update(range(layout.stack[0], sum(layout.stack)))
    return tuple(sorted(cells))


def _in_stack(operand: Operand) -> bool:
    return isinstance(operand, At) and operand.object == STACK_END


def _patched(
    codes: Mapping[str, tuple[Sub | Label, ...]], where: _Where
) -> dict[int, tuple[int, ...] | None]:
    """Operand cells that instructions write.

    An operand that is only cleared and given addresses of labels, as a function's way out, holds
    one of these, 0 or what it held at first; others are computed from indices and references.
    """
    values: dict[Slot, set[int] | None] = {}
    for code in codes.values():
        for item in code:
            match item:
                case Sub(a, Slot() as slot) if a == slot:
                    values.setdefault(slot, set())
                case Sub(Pool(Expression(0, symbol, -1)), Slot() as slot) if symbol in where.labels:
                    known = values.setdefault(slot, set())
                    if known is not None:
                        known.add(where.labels[symbol])
                case Sub(_, Slot() as slot):
                    values[slot] = None
                case _:
                    pass
    firsts = {
        Slot(item.label, 2): item.target
        for code in codes.values()
        for item in code
        if isinstance(item, Sub) and item.label and item.target is not None
    }
    found: dict[int, tuple[int, ...] | None] = {}
    for slot, known in values.items():
        if known is not None and slot in firsts:
            first = firsts[slot]
            known |= {0, where.labels[first.symbol] if first.symbol else 0}
            found[where.cell(slot)] = tuple(sorted(known))
        else:
            found[where.cell(slot)] = None
    return dict(sorted(found.items()))
