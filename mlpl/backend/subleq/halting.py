"""What a halted state says: a normal end, a trap of the program, or a fault (M2.7, M2.11)."""

from __future__ import annotations

from dataclasses import dataclass

from mlpl.backend.subleq.engine import Change
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.state import State, Words
from mlpl.backend.subleq.unwind import unwind
from mlpl.base.backtrace import with_backtrace
from mlpl.base.traps import Held, Trap, TrapKind, TrapSite, met
from mlpl.base.words import smallest, wrap


@dataclass(frozen=True, slots=True)
class Halt:
    """How a run ended.

    Attributes:
        code: the program counter as a signed word: -1 where a compiled program ends.
        trap: the trap that ended it, or None at a normal end.
    """

    code: int
    trap: Trap | None = None


def is_trap(image: Image, state: State) -> bool:
    """Returns whether a state is halted by a trap or a fault, for which `changes` tell more."""
    code = wrap(state.pc, image.word_bits)
    return code == smallest(image.word_bits) or (code < 0 and state.pc in image.facts.traps)


def read_halt(image: Image, state: State, changes: tuple[Change, ...] = ()) -> Halt:
    """Returns how the run of `image` ended that halted in `state`.

    -2^(w-1) is the fault, a code that the image's facts know is their trap, and every other
    code is a normal end: programs made elsewhere halt with any negative address. `changes` are
    those of the last step; from them a fault gets its place in the source, and a stack-overflow
    its calls.

    Raises:
        ValueError: the state is not halted.
    """
    w = image.word_bits
    code = wrap(state.pc, w)
    if code >= 0:
        raise ValueError(f"the machine is not halted: pc is {code}")
    if code == smallest(w):
        last = [change.before for change in changes if change.part == "pc"]
        location = image.facts.lines.get(last[0]) if last else None
        reason = _written_constant(image, state, last[0]) if last else ""
        return Halt(code, Trap(TrapKind.FAULT, location, reason))
    site = image.facts.traps.get(state.pc)
    return Halt(code, _trap(image, site, state, changes) if site else None)


def _written_constant(image: Image, state: State, pc: int) -> str:
    """Returns what is wrong if the instruction at `pc` writes a fixed cell, else ""."""
    b = int(state.memory[pc + 1]) if pc + 2 < image.memory else -1
    return f"cell {b} is baked as a constant, and is written" if b in image.fixed else ""


def _trap(image: Image, site: TrapSite, state: State, changes: tuple[Change, ...]) -> Trap:
    """Returns the trap that `site` stands for, its values read from the halted state."""
    facts, w = image.facts, image.word_bits
    memory = state.memory
    values = tuple(_value(value, memory, w) for value in site.values)
    if site.kind is TrapKind.INVALID_INPUT:
        values = met(wrap(state.input, w), w)
    trap = Trap(site.kind, site.location, site.message, values)
    before = _undone(memory, changes)
    return with_backtrace(trap, unwind(facts, before, w, site.function, site.location), facts.start)


def _undone(memory: Words, changes: tuple[Change, ...]) -> Words:
    """Returns the memory before the last step: an overflow has taken its words already."""
    before = memory.copy()
    for change in changes:
        if change.part == "memory":
            before[change.index] = change.before
    return before


def _value(value: int | Held, memory: Words, word_bits: int) -> int:
    if isinstance(value, int):
        return value
    return wrap(value.scale * int(memory[value.cell]) + value.offset, word_bits)
