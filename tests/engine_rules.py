"""What an engine does beyond one step, as checks that take an engine's factory.

Each check makes the engines it needs; `ENGINE_RULES` and `LONG_RULES` list them
for parametrised tests.
"""

from __future__ import annotations

import numpy as np
import pytest

from mlpl.backend.subleq.engine import Change, Engine, Stop
from mlpl.backend.subleq.image import Image
from mlpl.backend.subleq.state import ACCUMULATE, STANDARD, State
from tests.machine_rules import EngineFactory

W, N = 8, 32
PORT = 255

ECHO = (PORT, 30, 3, 30, PORT, 6, 31, 31, 0)
"""Copies its input to its output for ever."""

COUNT_DOWN = (31, 30, 255, 29, 29, 0)
"""Subtracts cell 31 from cell 30 until that is 0 or below, then halts."""


def start(
    make: EngineFactory, words: tuple[int, ...], cells: dict[int, int], mode: str = STANDARD
) -> Engine:
    """An engine at the start of a program, with some more cells set."""
    state = Image(words, W, N, mode).start()
    for cell, value in cells.items():
        state.memory[cell] = value
    engine = make(W, N, mode)
    engine.restore(state)
    return engine


def halts_and_counts(make: EngineFactory) -> None:
    """M2.10: every step from a state that is not halted counts, the halting one included."""
    engine = start(make, COUNT_DOWN, {30: 4, 31: 1})
    assert engine.run(1000) is Stop.HALTED
    assert (engine.steps, engine.pc) == (7, 255)
    assert engine.passes >= 1
    after = engine.state()
    assert engine.run(1000) is Stop.HALTED
    assert engine.steps == 7
    assert engine.state() == after


def faults_and_counts(make: EngineFactory) -> None:
    """M2.10, M2.7: the faulting step counts; -2^(w-1) is the fault."""
    engine = start(make, (200, 30, 0), {30: 4})
    assert engine.run(1000) is Stop.HALTED
    assert (engine.steps, engine.pc) == (1, 128)


def stops_at_the_limit(make: EngineFactory) -> None:
    """A run makes at most as many steps as it is allowed; halting comes before the limit."""
    engine = start(make, COUNT_DOWN, {30: 4, 31: 1})
    assert engine.run(0) is Stop.LIMIT
    assert engine.run(2) is Stop.LIMIT
    assert engine.steps == 2
    assert engine.run(5) is Stop.HALTED
    assert engine.run(0) is Stop.HALTED


def input_is_lazy(make: EngineFactory) -> None:
    """N1.1: no word is asked for before the step that takes it, and none is lost."""
    engine = start(make, ECHO, {})
    before = engine.state()
    assert engine.run(100) is Stop.INPUT
    assert engine.state() == before
    assert engine.steps == 0
    assert engine.run(0) is Stop.LIMIT
    engine.feed([65, 66])
    assert engine.run(100) is Stop.INPUT
    assert (engine.steps, engine.pc) == (6, 0)
    assert engine.drain().tolist() == [65, 66]
    assert engine.drain().tolist() == []
    engine.feed([])
    assert engine.run(100) is Stop.INPUT
    engine.feed([67])
    assert engine.run(1) is Stop.LIMIT
    assert engine.state().registers() == (3, 67, True, 0, False)


def the_end_of_input_is_minus_one(make: EngineFactory) -> None:
    """M2.5: -1 for ever after the last word; words may come with the end."""
    engine = start(make, ECHO, {})
    engine.feed([65], end=True)
    assert engine.run(9) is Stop.LIMIT
    assert engine.drain().tolist() == [65, 255, 255]
    engine = start(make, ECHO, {}, ACCUMULATE)
    engine.feed([], end=True)
    assert engine.run(3) is Stop.LIMIT
    assert engine.drain().tolist() == [255]


def input_words_wrap(make: EngineFactory) -> None:
    """Input words are taken modulo 2^w, from sequences and from arrays."""
    engine = start(make, ECHO, {})
    engine.feed([-1, 256 + 65, 128])
    engine.feed(np.array([511], dtype=np.int64))
    assert engine.run(100) is Stop.INPUT
    assert engine.drain().tolist() == [255, 65, 128, 255]


def faults_take_no_input(make: EngineFactory) -> None:
    """M2.7: a fault does not ask for input either."""
    engine = start(make, (PORT, 200, 3), {})
    assert engine.run(100) is Stop.HALTED
    assert engine.state().registers() == (128, 0, False, 0, False)
    engine = start(make, (PORT, 200, 3), {})
    engine.feed([7])
    assert engine.run(100) is Stop.HALTED
    assert engine.state().registers() == (128, 0, False, 0, False)


def halting_keeps_the_last_flags(make: EngineFactory) -> None:
    """A run ends with the state that the halting step left: here with its output."""
    state = State(np.zeros(256, dtype=np.int64), pc=126, input=9)
    state.memory[126:129] = (5, PORT, 0)
    state.memory[5] = 77
    engine = make(W, 256, STANDARD)
    engine.restore(state)
    assert engine.run(100) is Stop.HALTED
    assert engine.state().registers() == (129, 9, False, 77, True)
    assert engine.drain().tolist() == [77]


def a_restored_output_is_not_collected(make: EngineFactory) -> None:
    """The output of the step before `restore` is in the state, but is not put out again."""
    engine = make(W, N, STANDARD)
    image = Image(COUNT_DOWN, W, N).start()
    engine.restore(State(image.memory, 0, 3, True, 7, True))
    assert engine.state().registers() == (0, 3, True, 7, True)
    assert engine.run(1) is Stop.HALTED
    assert engine.state().registers() == (255, 3, False, 0, False)
    assert engine.drain().tolist() == []


def restoring_forgets(make: EngineFactory) -> None:
    """`restore` empties queue and output, takes back the end of input, and counts from 0."""
    engine = start(make, ECHO, {})
    engine.feed([1, 2, 3], end=True)
    assert engine.run(3) is Stop.LIMIT
    engine.restore(Image(ECHO, W, N).start())
    assert (engine.steps, engine.passes, engine.changes()) == (0, 0, ())
    assert engine.drain().tolist() == []
    assert engine.run(100) is Stop.INPUT


def states_are_copies(make: EngineFactory) -> None:
    """Neither the restored state nor a returned one is altered by a run."""
    state = Image(COUNT_DOWN, W, N).start()
    state.memory[30:32] = (4, 1)
    kept = state.memory.copy()
    engine = make(W, N, STANDARD)
    engine.restore(state)
    early = engine.state()
    assert engine.run(100) is Stop.HALTED
    assert np.array_equal(state.memory, kept)
    assert np.array_equal(early.memory, kept)
    engine.state().memory[:] = 0
    assert engine.state().memory[31] == 1


def changes_are_those_of_the_last_step(make: EngineFactory) -> None:
    """`changes` names what altered in the last counted step, and stays over stops."""
    engine = start(make, ECHO, {})
    assert engine.changes() == ()
    engine.feed([65])
    engine.run(1)
    assert engine.changes() == (
        Change("memory", 30, 0, 65),
        Change("pc", 0, 0, 3),
        Change("input", 0, 0, 65),
        Change("taken", 0, 0, 1),
    )
    engine.run(1)
    want = (
        Change("pc", 0, 3, 6),
        Change("taken", 0, 1, 0),
        Change("output", 0, 0, 65),
        Change("valid", 0, 0, 1),
    )
    assert engine.changes() == want
    assert engine.run(0) is Stop.LIMIT
    assert engine.changes() == want
    assert engine.run(5) is Stop.INPUT
    assert engine.changes() == (
        Change("pc", 0, 6, 0),
        Change("output", 0, 65, 0),
        Change("valid", 0, 1, 0),
    )


def a_full_output_stops_and_loses_nothing(make: EngineFactory) -> None:
    """More output than an engine holds comes out whole, in order (70,000 steps)."""
    output = [word for cell in range(200, 240) for word in (cell, PORT, 0)]
    state = Image((*output, 250, 250, 0), W, 256).start()
    state.memory[200:240] = range(40)
    engine = make(W, 256, STANDARD)
    engine.restore(state)
    words: list[int] = []
    while engine.steps < 70_000:
        stop = engine.run(70_000 - engine.steps)
        assert stop in (Stop.OUTPUT, Stop.LIMIT)
        words += engine.drain().tolist()
    assert words == [i % 40 for i in range(len(words))]
    assert len(words) == 70_000 - 70_000 // 41


def wrong_states_are_refused(make: EngineFactory) -> None:
    """A state of another size is an error of the caller."""
    engine = make(W, N, STANDARD)
    with pytest.raises(ValueError, match="memory"):
        engine.restore(State(np.zeros(N + 1, dtype=np.int64)))


def chunks_do_not_matter(make: EngineFactory) -> None:
    """The same run in pieces of any size gives the same state and output."""
    whole, pieces = (start(make, ECHO, {}) for _ in range(2))
    for engine in (whole, pieces):
        engine.feed(range(40), end=True)
    whole.run(100)
    while pieces.steps < 100:
        pieces.run(min(7, 100 - pieces.steps))
    assert whole.state() == pieces.state()
    assert whole.changes() == pieces.changes()
    assert whole.drain().tolist() == pieces.drain().tolist()


ENGINE_RULES = (
    halts_and_counts,
    faults_and_counts,
    stops_at_the_limit,
    input_is_lazy,
    the_end_of_input_is_minus_one,
    input_words_wrap,
    faults_take_no_input,
    halting_keeps_the_last_flags,
    a_restored_output_is_not_collected,
    restoring_forgets,
    states_are_copies,
    changes_are_those_of_the_last_step,
    wrong_states_are_refused,
    chunks_do_not_matter,
)

LONG_RULES = (a_full_output_stops_and_loses_nothing,)
"""Those that make many steps, for engines that are fast enough."""
