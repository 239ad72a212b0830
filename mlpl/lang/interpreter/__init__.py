"""The reference interpreter: what a typed program means, at any word of 4 to 32 bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlpl.base.recursion import deep_recursion
from mlpl.base.traps import Trap
from mlpl.lang import typed
from mlpl.lang.datatypes import BOOL, ArrayType, is_scalar, size
from mlpl.lang.interpreter.actions import Actions
from mlpl.lang.interpreter.machine import Halted, Machine, OutOfSteps, Trapped, Undefined
from mlpl.lang.interpreter.ports import Ports, Sink, Supply
from mlpl.lang.interpreter.values import Callee, Frame

DEPTH = 10_000
"""Calls that may be active at once, unless `run` is told otherwise."""

_FRAMES = 400_000
"""Python frames, whatever the calls need of them."""

_UNBOUNDED = 1 << 62


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        value: the entry's result, a bool for a bool; None if it has none, halted, trapped or
            ran out of steps.
        output: what was written, if no function was given to take it.
        arrays: the words of each array parameter of the entry afterwards, flattened.
        trap: the trap that ended it, or None.
        halted: whether `halt()` ended it.
        finished: False if it ran out of steps.
        steps: iterations of loops, and calls.
    """

    value: int | None
    output: bytes
    arrays: Mapping[str, tuple[int, ...]]
    trap: Trap | None
    halted: bool
    finished: bool
    steps: int


def run(
    program: typed.Program,
    arguments: Sequence[int | Sequence[int]] = (),
    *,
    entry: str = "main",
    input: Supply = b"",
    output: Sink | None = None,
    max_steps: int | None = None,
    max_depth: int = DEPTH,
) -> Outcome:
    """Returns the outcome of a run from the entry on.

    Args:
        program: what to run.
        arguments: a word for each scalar parameter, all words of each array, flattened; see
            `mlpl.lang.entry`.
        entry: the function to begin with.
        input: all of the input, or a function that returns more of it, and b"" at its end.
        output: takes what the program writes; before more input is asked for, and at the end.
        max_steps: iterations and calls after which the run is broken off.
        max_depth: calls that may be active at once; one more is a stack-overflow.

    Raises:
        Undefined: an unchecked program did what only a check would have trapped.
    """
    budget = _UNBOUNDED if max_steps is None else max_steps
    ports = Ports(input, output)
    machine = Machine(program.word_bits, program.checked, ports, budget, max_depth)
    function = program.functions[entry]
    try:
        with deep_recursion(_FRAMES):
            callee = load(program, machine)[entry]
            return _run(machine, function, callee, arguments, budget)
    finally:
        ports.flush()


def load(program: typed.Program, machine: Machine) -> dict[str, Callee]:
    """Returns every function as a callee; the globals get their initial words."""
    for variable in program.globals:
        machine.globals[variable.id] = list(variable.initial)
    callees = {name: Callee() for name in program.functions}
    for name, function in program.functions.items():
        Actions(machine, callees).function(function, callees[name])
    return callees


def _run(
    machine: Machine,
    function: typed.Function,
    callee: Callee,
    arguments: Sequence[int | Sequence[int]],
    budget: int,
) -> Outcome:
    frame = _frame(function, arguments)
    frame += [0] * (callee.slots - len(frame))
    arrays = {
        parameter.name: frame[1 + number][0]
        for number, parameter in enumerate(function.parameters)
        if not is_scalar(parameter.type)
    }
    value: int | None = None
    trap: Trap | None = None
    halted, finished = False, True
    try:
        callee.body(frame)
        if function.result is not None:
            value = bool(frame[0]) if function.result == BOOL else frame[0]
    except Trapped as trapped:
        trap = trapped.traced(function.name)
    except Halted:
        halted = True
    except OutOfSteps:
        finished = False
    afterwards = {name: tuple(cells) for name, cells in arrays.items()}
    machine.ports.flush()
    steps = budget - max(machine.budget, 0)
    written = bytes(machine.ports.written)
    return Outcome(value, written, afterwards, trap, halted, finished, steps)


def _frame(function: typed.Function, arguments: Sequence[int | Sequence[int]]) -> Frame:
    """Returns the entry's frame with its parameters."""
    frame: Frame = [0]
    for parameter, argument in zip(function.parameters, arguments, strict=True):
        cells = [argument] if isinstance(argument, int) else list(argument)
        if len(cells) != size(parameter.type):
            raise ValueError(f"`{parameter.name}` takes {size(parameter.type)} words")
        if is_scalar(parameter.type):
            frame.append(int(cells[0]))
        else:
            length = parameter.type.length if isinstance(parameter.type, ArrayType) else 0
            frame.append(([int(cell) for cell in cells], 0, length))
    return frame


__all__ = ["DEPTH", "Outcome", "Undefined", "load", "run"]
