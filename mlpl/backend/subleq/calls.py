"""Entering functions, and what a call is in plain SUBLEQ once cells have addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from mlpl.backend.subleq import memory_access
from mlpl.backend.subleq.call_sites import CallSite
from mlpl.backend.subleq.emitter import Emitter, to
from mlpl.backend.subleq.linkage import Linkage
from mlpl.backend.subleq.selected import (
    ROOM,
    ROOM_NEGATED,
    STACK_END,
    At,
    Call,
    Cell,
    Expression,
    Operand,
    Pool,
    SelectedFunction,
    Slot,
    exit_of,
)
from mlpl.base.source import Location
from mlpl.base.traps import TrapKind
from mlpl.ir.module import Function

CALLER = "#caller"
"""Ends the names of cells where calls of functions are noted that do not return."""
DEPTH = "#depth"
"""Ends the names of cells that count the activations of functions, from 1 where there are none."""


class Way(Enum):
    """How a function finds back to its caller."""

    PATCHED = "patched"
    """The caller writes the return address into the function's exit."""
    FIXED = "fixed"
    """There is one call in the whole program: the exit jumps to behind it."""
    COUNTED = "counted"
    """There is one recursive call: activations by it are counted, and return to behind it; what is
    left is a call from outside, which patches the exit."""
    NEVER = "never"
    """It does not return."""
    NOTED = "noted"
    """It does not return, but callers note where they called it, for debug information."""


def ways(linkage: Linkage, functions: Mapping[str, SelectedFunction]) -> dict[str, Way]:
    """Returns how each function returns."""
    sites = Counter(i.callee for f in functions.values() for i in f.items if isinstance(i, Call))
    recursive = Counter(
        i.callee for f in functions.values() for i in f.items if isinstance(i, Call) and i.recursive
    )
    found = {}
    for name in functions:
        single = sites[name] <= 1 and not linkage.cycles.get(name)
        if linkage.returns(name) and recursive[name] == 1:
            found[name] = Way.COUNTED
        elif linkage.returns(name):
            found[name] = Way.FIXED if single else Way.PATCHED
        else:
            found[name] = Way.NEVER if single else Way.NOTED
    return found


def return_address(name: str, way: Way) -> Slot | At | None:
    """Returns where callers put the return address of a function; None for a fixed one.

    Where activations are counted, that is the one for calls from outside.
    """
    match way:
        case Way.PATCHED | Way.COUNTED:
            return exit_of(name)
        case Way.NOTED:
            return At(f"{name}{CALLER}")
        case Way.FIXED | Way.NEVER:
            return None


def depth_of(function: str) -> At:
    """Returns the cell that counts the activations of a function."""
    return At(f"{function}{DEPTH}")


def back_of(function: str) -> str:
    """The return address of a function with a single call, or a single recursive one."""
    return f"{function}#back"


def enter(out: Emitter, linkage: Linkage, function: Function) -> dict[str, Cell]:
    """Emits the addresses of the objects in an activation's stack frame; returns their cells."""
    frame = linkage.frame(function.name)
    bases = {}
    for obj, offset in linkage.stacked(function):
        bases[obj.name] = out.cell(obj.name.lstrip("$") + "@")
        memory_access.frame_address(out, bases[obj.name], frame, offset)
    return bases


def overflow(out: Emitter, location: Location | None) -> Expression:
    """Returns the halt address of a stack overflow at a call."""
    return out.exits.trap(out.function, TrapKind.STACK_OVERFLOW, location)


@dataclass(frozen=True, slots=True)
class Calls:
    """Writes calls, and the stack around them.

    Attributes:
        caller: the function that is written.
        out: where to.
        linkage: of the program.
        ways: how each function returns.
        functions: of the program.
    """

    caller: str
    out: Emitter
    linkage: Linkage
    ways: Mapping[str, Way]
    functions: Mapping[str, SelectedFunction]

    def call(self, call: Call, pushed: int) -> None:
        """Writes the jump into the callee and what happens behind it.

        Args:
            call: the call.
            pushed: words that its `save` has pushed; without one 0.
        """
        out, callee = self.out, call.callee
        entry = to(self.functions[callee].entry)
        frame = 0 if call.recursive else self.linkage.frame(callee)
        if frame:
            memory_access.reserve(out, frame, call.overflow)
        back = self._note_return(call, pushed or frame)
        if not self.linkage.returns(callee):
            out.label(back)
            out.jump(entry)
            return
        out.jump(entry)
        out.label(back)
        place = return_address(callee, self.ways[callee])
        if place is not None and not call.recursive:
            out.clear(place)
        if frame:
            memory_access.release(out, frame)

    def _note_return(self, call: Call, pushed: int) -> str:
        """Writes what tells the callee where to return to; returns the label of that place."""
        out, callee, way = self.out, call.callee, self.ways[call.callee]
        counted = call.recursive and way is Way.COUNTED
        place = None if counted else return_address(callee, way)
        back = back_of(callee) if place is None else out.fresh("r")
        kept = None
        if call.recursive and not counted:
            kept = pushed - self.linkage.frame(callee) - 1
        self.linkage.sites.add(back, CallSite(self.caller, call.location, pushed, kept))
        if counted:
            out.increase(depth_of(callee), 1)
        elif place is not None:
            if call.recursive or way is Way.NOTED:
                out.clear(place)
            out.sub(Pool(Expression(symbol=back, sign=-1)), place)
        return back

    def _kept(self, callee: str, cells: list[At]) -> list[Operand]:
        """Returns what a recursive call pushes: the callee's return address comes last."""
        if self.ways[callee] is Way.COUNTED:
            return [*cells]
        place = return_address(callee, self.ways[callee])
        assert place is not None, "recursive functions have no fixed return address"
        return [*cells, place] if self.linkage.returns(callee) else [place]

    def leave(self, name: str, cleared: Operand) -> None:
        """Writes the one way out of a function, which clears a cell as it goes."""
        match self.ways[name]:
            case Way.PATCHED:
                self.out.sub(cleared, cleared, Expression(), label=exit_of(name).label)
            case Way.FIXED:
                self.out.clear(cleared, to(back_of(name)))
            case Way.COUNTED:
                outside = self.out.fresh("o")
                self.out.sub(self.out.pool(1), depth_of(name), to(outside))
                self.out.clear(cleared, to(back_of(name)))
                self.out.label(outside)
                self.out.increase(depth_of(name), 1)
                self.out.sub(cleared, cleared, Expression(), label=exit_of(name).label)
            case Way.NEVER | Way.NOTED:
                pass

    def save(self, callee: str, cells: list[At], overflow: Expression) -> int:
        """Writes the push of `cells` and of the callee's way back, and makes its stack frame.

        Returns the words that this takes from the stack.
        """
        kept = self._kept(callee, cells)
        total = self._size(callee, kept)
        memory_access.reserve(self.out, total, overflow)
        for i, cell in enumerate(kept):
            self._push(cell, Expression(1 - total + i, STACK_END))
        return total

    def restore(self, callee: str, cells: list[At]) -> None:
        """Writes the pop of what `save` has pushed."""
        if not self.linkage.returns(callee):
            return
        kept = self._kept(callee, cells)
        total = self._size(callee, kept)
        for i, cell in enumerate(kept):
            self._pop(cell, Expression(1 - total + i, STACK_END))
        memory_access.release(self.out, total)

    def _size(self, callee: str, kept: list[Operand]) -> int:
        """Returns the words of the stack that a recursive call takes, which bound its depth."""
        return max(len(kept) + self.linkage.frame(callee), 1)

    def _push(self, cell: Operand, place: Expression) -> None:
        """Stores the negative of a cell; the operands stand ready for ROOM to be subtracted."""
        out = self.out
        wipe, fill = out.fresh("p"), out.fresh("p")
        slots = (Slot(wipe, 0), Slot(wipe, 1), Slot(fill, 1))
        target = At(place.symbol, place.constant)
        for slot in slots:
            out.sub(ROOM, slot)
        out.sub(target, target, label=wipe)
        out.sub(cell, target, label=fill)
        for slot in slots:
            out.sub(ROOM_NEGATED, slot)

    def _pop(self, cell: Operand, place: Expression) -> None:
        out = self.out
        slot = Slot(out.fresh("p"), 0)
        out.sub(ROOM, slot)
        out.clear(cell)
        out.sub(At(place.symbol, place.constant), cell, label=slot.label)
        out.sub(ROOM_NEGATED, slot)
