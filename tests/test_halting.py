"""M2.11: what the halted program counter says."""

from __future__ import annotations

import numpy as np
import pytest

from mlpl.backend.subleq.halting import Halt, read_halt
from mlpl.backend.subleq.image import Facts, Image
from mlpl.backend.subleq.reference import ReferenceMachine
from mlpl.backend.subleq.state import State
from mlpl.base.source import Location
from mlpl.base.traps import Held, Trap, TrapKind, TrapSite

HERE = Location("a.mlpl", 3, 7)
INDEX = TrapSite(TrapKind.INDEX_OUT_OF_BOUNDS, HERE, values=(Held(4), 9))
SHIFT = TrapSite(TrapKind.NEGATIVE_SHIFT, HERE, values=(Held(5, scale=-1, offset=-1),))
FAILED = TrapSite(TrapKind.ASSERTION_FAILED, None, "no luck")
FACTS = Facts(traps={254: INDEX, 253: SHIFT, 252: FAILED}, lines={0: HERE})
IMAGE = Image((1, 2, 3), 8, 16, facts=FACTS)


def halted(pc: int, **cells: int) -> State:
    memory = np.zeros(16, dtype=np.int64)
    for cell, value in cells.items():
        memory[int(cell[1:])] = value
    return State(memory, pc)


def test_normal_end():
    assert read_halt(IMAGE, halted(255)) == Halt(-1)


def test_other_codes_of_foreign_images_are_normal_ends():
    assert read_halt(IMAGE, halted(200)) == Halt(-56)


def test_values_are_read_from_memory_as_signed_words():
    trap = read_halt(IMAGE, halted(254, c4=250)).trap
    assert trap == Trap(TrapKind.INDEX_OUT_OF_BOUNDS, HERE, values=(-6, 9))
    assert trap.describe() == "index-out-of-bounds: index -6 is outside 0..9"


def test_held_values_are_scaled():
    trap = read_halt(IMAGE, halted(253, c5=4)).trap
    assert trap is not None
    assert trap.values == (-5,)
    assert read_halt(IMAGE, halted(253, c5=128)).trap == Trap(
        TrapKind.NEGATIVE_SHIFT, HERE, values=(127,)
    )


def test_messages_stay():
    halt = read_halt(IMAGE, halted(252))
    assert halt == Halt(-4, Trap(TrapKind.ASSERTION_FAILED, None, "no luck"))


def test_faults_have_the_place_of_the_last_step():
    engine = ReferenceMachine(8, 16)
    engine.restore(State(np.full(16, 77, dtype=np.int64)))
    engine.run(5)
    assert read_halt(IMAGE, engine.state(), engine.changes()) == Halt(
        -128, Trap(TrapKind.FAULT, HERE)
    )
    assert read_halt(IMAGE, engine.state()) == Halt(-128, Trap(TrapKind.FAULT))


def test_running_machines_have_no_halt():
    with pytest.raises(ValueError, match="not halted"):
        read_halt(IMAGE, halted(127))
