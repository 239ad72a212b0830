"""Entering and leaving functions, and calls outside cycles of the call graph."""

from __future__ import annotations

from mlpl.backend.subleq import memory_access
from mlpl.backend.subleq.call_sites import CallSite
from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.linkage import Linkage, Way, back_of, exit_of
from mlpl.backend.subleq.selected import ZERO, At, Cell, Expression, Pool, Slot
from mlpl.base.source import Location
from mlpl.base.traps import TrapKind
from mlpl.ir.module import Function


def enter(out: Emitter, linkage: Linkage, function: Function) -> dict[str, Cell]:
    """Emits the addresses of the objects in an activation's stack frame; returns their cells."""
    frame = linkage.frame(function.name)
    bases = {}
    for obj, offset in linkage.stacked(function):
        bases[obj.name] = out.cell(obj.name.lstrip("$") + "@")
        memory_access.frame_address(out, bases[obj.name], frame, offset)
    return bases


def leave(out: Emitter, linkage: Linkage, name: str) -> None:
    """Emits the one way out of a function."""
    out.depth = 0
    match linkage.ways[name]:
        case Way.PATCHED:
            out.sub(ZERO, ZERO, Expression(), label=exit_of(name).label)
        case Way.FIXED:
            out.label(exit_of(name).label)
            out.jump(to(back_of(name)))
        case Way.NEVER:
            pass


def overflow(out: Emitter, location: Location | None) -> Expression:
    """Returns the halt address of a stack overflow at a call."""
    return out.exits.trap(out.function, TrapKind.STACK_OVERFLOW, location)


def call(out: Emitter, linkage: Linkage, callee: str) -> None:
    """Emits the jump into `callee` and what happens behind it; the arguments are in place."""
    frame = linkage.frame(callee)
    if frame:
        memory_access.reserve(out, frame, overflow(out, out.location))
    place = linkage.return_address(callee)
    back = back_of(callee) if place is None else out.fresh("r")
    linkage.sites.add(back, CallSite(out.function, out.location, frame))
    enter_label = to(linkage.entry(callee))
    match linkage.ways[callee], place:
        case Way.NEVER, None:
            out.label(back)
            out.jump(enter_label)
        case Way.NEVER, At():
            out.load(place, to(back))
            out.label(back)
            out.jump(enter_label)
        case Way.FIXED, _:
            out.jump(enter_label)
            out.label(back)
        case _, Slot():
            out.sub(Pool(Expression(symbol=back, sign=-1)), place)
            out.jump(enter_label)
            out.label(back)
            out.clear(place)
    if frame:
        memory_access.release(out, frame)
