"""Runs a module: the meaning of the IR, at any word width, before and after every pass.

An address is a pair of an object's cells and an offset modulo 2^w, so memory may hold more than
2^w cells. Frames are explicit; a recursion of the program is none of Python's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mlpl.base.backtrace import with_backtrace
from mlpl.base.traps import Call as Active
from mlpl.base.traps import Trap, TrapKind, met
from mlpl.base.words import wrap
from mlpl.ir.code import Call, Choice, Decoder, Goto, Leave, Raise, Registers, Stop
from mlpl.ir.module import Module

MAX_DEPTH = 10_000
"""Frames at most, unless the caller says otherwise; beyond them is a stack-overflow."""


class UndefinedBehaviorError(Exception):
    """The module accessed a cell that its object does not have."""


class StepLimitError(Exception):
    """The module was still running after `max_steps` instructions."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has done.

    Attributes:
        value: the entry's result as a signed word or 0/1; None without, or after a halt or trap.
        output: the bytes written.
        arguments: the words of each of the entry's arguments afterwards, by name.
        trap: how it ended, if by a trap.
        halted: whether it ended by `halt()` (known where `Module.returned` is).
        steps: instructions executed, terminators included.
    """

    value: int | None
    output: bytes
    arguments: Mapping[str, tuple[int, ...]]
    trap: Trap | None
    halted: bool
    steps: int


@dataclass(slots=True)
class _Frame:
    """An activation that waits for a call to return."""

    function: str
    registers: Registers
    call: Call


@dataclass(slots=True)
class _Input:
    """Bytes that are fetched in chunks, each when it is needed; b"" is the end.

    Attributes:
        last: what was returned last.
    """

    fetch: Callable[[], bytes]
    chunk: bytes = b""
    position: int = 0
    ended: bool = False
    last: int = 0

    def __call__(self) -> int:
        """Returns the next byte, -1 at the end."""
        while self.position >= len(self.chunk) and not self.ended:
            self.chunk, self.position = self.fetch(), 0
            self.ended = not self.chunk
        if self.ended:
            self.last = -1
        else:
            self.last = self.chunk[self.position]
            self.position += 1
        return self.last


def run(
    module: Module,
    arguments: Sequence[Sequence[int]] = (),
    *,
    input: bytes | Callable[[], bytes] = b"",
    max_steps: int | None = None,
    max_depth: int = MAX_DEPTH,
) -> Outcome:
    """Runs a module to its end and returns what it has done.

    Args:
        module: a valid module.
        arguments: the words of each argument of the entry, in order.
        input: all bytes, or a function that returns the next chunk, b"" at the end.
        max_steps: instructions at most.
        max_depth: frames at most.

    Raises:
        UndefinedBehaviorError: a cell outside its object was used.
        StepLimitError: the run takes more than `max_steps`.
    """
    return _Run(module, arguments, input).run(max_steps, max_depth)


@dataclass(slots=True)
class _Run:
    """One run; `memory` holds the cells of the module's objects."""

    module: Module
    given: Sequence[Sequence[int]]
    input: bytes | Callable[[], bytes]
    memory: dict[str, list[int]] = field(default_factory=dict)
    output: bytearray = field(default_factory=bytearray)

    def run(self, max_steps: int | None, max_depth: int) -> Outcome:
        self._fill()
        data = self.input
        chunks = iter((data,)) if isinstance(data, bytes) else None
        fetch = (lambda: next(chunks, b"")) if chunks is not None else data
        assert callable(fetch)
        taken = _Input(fetch)
        decoder = Decoder(self.module, self.memory, taken, self.output)
        try:
            trap, steps = self._loop(decoder, taken, max_steps, max_depth)
        except IndexError as error:
            raise UndefinedBehaviorError("a cell outside its object") from error
        return self._outcome(trap, steps)

    def _fill(self) -> None:
        """Makes the initial memory, with the entry's arguments in it (L7.1)."""
        for object_ in self.module.objects:
            rest = object_.size - len(object_.initial)
            self.memory[object_.name] = [*object_.initial, *[0] * rest]
        for argument, words in zip(self.module.arguments, self.given, strict=True):
            cells = self.memory[argument.object]
            if len(words) != len(cells):
                raise ValueError(f"`{argument.name}` takes {len(cells)} words")
            cells[:] = words

    def _loop(
        self, decoder: Decoder, taken: _Input, max_steps: int | None, max_depth: int
    ) -> tuple[Trap | None, int]:
        """Runs segment after segment; returns the trap at the end, if any, and the steps."""
        function = self.module.entry
        code = decoder.code(function)
        registers, segment = code.activate(()), code.first
        frames: list[_Frame] = []
        steps = 0
        while True:
            for step in segment.steps:
                step(registers)
            steps += segment.cost
            if max_steps is not None and steps > max_steps:
                raise StepLimitError(f"still running after {max_steps} steps")
            match segment.end:
                case Choice(condition, then, otherwise):
                    segment = (then if registers[condition] else otherwise).take(registers)
                case Goto() as goto:
                    segment = goto.take(registers)
                case Call() as call:
                    if len(frames) >= max_depth:
                        overflow = Trap(TrapKind.STACK_OVERFLOW, call.location)
                        return self._traced(overflow, function, frames), steps
                    frames.append(_Frame(function, registers, call))
                    function = call.callee
                    code = decoder.code(function)
                    registers = code.activate([registers[a] for a in call.arguments])
                    segment = code.first
                case Leave(value):
                    result = None if value is None else registers[value]
                    if not frames:
                        return None, steps
                    frame = frames.pop()
                    function, registers = frame.function, frame.registers
                    if frame.call.result is not None:
                        registers[frame.call.result] = result
                    segment = frame.call.following
                case Raise(trap, values):
                    words = tuple(registers[value] for value in values)
                    if trap.kind is TrapKind.INVALID_INPUT:
                        w = self.module.word_bits
                        words = met(wrap(taken.last, w), w)
                    raised = Trap(trap.kind, trap.location, trap.message, words)
                    return self._traced(raised, function, frames), steps
                case Stop():
                    return None, steps

    def _traced(self, trap: Trap, function: str, frames: Sequence[_Frame]) -> Trap:
        """Returns the trap, which happened in `function`, with the calls that led to it."""
        calls = (Active(f.function, f.call.location) for f in reversed(frames))
        places = (Active(function, trap.location), *calls)
        return with_backtrace(trap, places, self.module.entry)

    def _outcome(self, trap: Trap | None, steps: int) -> Outcome:
        module = self.module
        after = {a.name: tuple(self.memory[a.object]) for a in module.arguments}
        halted = module.returned is not None and not self.memory[module.returned][0]
        halted = halted and trap is None
        value = None
        if module.result is not None and trap is None and not halted:
            value = self.memory[module.result[0]][0]
        return Outcome(value, bytes(self.output), after, trap, halted, steps)
