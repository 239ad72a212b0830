"""The ladder of oracles: interpreter = IR before and after every pass = machine = network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlpl.backend.subleq.costs import SubleqCosts
from mlpl.base.source import Source
from mlpl.base.traps import Call, Trap, TrapKind
from mlpl.driver import Compilation
from mlpl.ir import interpreter as ir_interpreter
from mlpl.ir.module import Module
from mlpl.ir.pipeline import optimize
from mlpl.lang import interpreter
from mlpl.options import Options
from mlpl.program import Program
from mlpl.result import Result

__all__ = ["Difference", "Said", "climb", "climb_ir"]

BUDGET = 20_000_000
"""Steps after which a machine is taken to run for ever."""


class Difference(AssertionError):  # noqa: N818 - what the ladder is for
    """A rung says something else than the one below it.

    Attributes:
        stage: names the rung.
    """

    def __init__(self, stage: str, expected: object, found: object) -> None:
        super().__init__(f"{stage}:\n  expected {expected}\n  found    {found}")
        self.stage = stage


@dataclass(frozen=True)
class Said:
    """What every rung must agree on."""

    value: int | None
    output: bytes
    arrays: dict[str, tuple[int, ...]]
    trap: tuple[TrapKind, str, tuple[int, ...], tuple[str, ...]] | None


def agree(stage: str, expected: object, found: object) -> None:
    """Raises Difference where a rung differs."""
    if found != expected:
        raise Difference(stage, expected, found)


def trap_of(trap: Trap | None) -> tuple[TrapKind, str, tuple[int, ...], tuple[str, ...]] | None:
    """Returns what every rung must say of a trap, its function and its calls included."""
    if trap is None:
        return None
    places = [Call(trap.function, trap.location), *trap.calls]
    calls = tuple(f"{call.location} in {call.function}" for call in places)
    return trap.kind, str(trap.location), trap.values, calls


def compiled(
    text: str, word_bits: int, level: str = "O2", memory: int | None = None
) -> Compilation:
    options = Options(word_bits=word_bits, level=level, memory=memory)
    return Compilation(Source("test.mlpl", text), options)


def by_interpreter(
    compilation: Compilation, words: Sequence[Sequence[int]], data: bytes, steps: int = 2_000_000
) -> Said:
    entry = compilation.entry
    arguments = [
        w[0] if str(p.type) in ("int", "bool") else list(w)
        for p, w in zip(entry.parameters, words, strict=True)
    ]
    done = interpreter.run(compilation.typed, arguments, input=data, max_steps=steps)
    assert done.finished
    value = None if done.value is None else int(done.value)
    said = Said(value, done.output, dict(done.arrays), trap_of(done.trap))
    return narrowed(said, compilation.options.word_bits)


def by_ir(module: Module, words: Sequence[Sequence[int]], data: bytes) -> Said:
    done = ir_interpreter.run(module, words, input=data, max_steps=50_000_000)
    arrays = {
        a.name: tuple(done.arguments[a.name]) for a in module.arguments if a.type.endswith("]")
    }
    said = Said(done.value, done.output, arrays, trap_of(done.trap))
    return narrowed(said, module.word_bits)


def by_engine(program: Program, words: Sequence[Sequence[int]], data: bytes, engine: str) -> Result:
    from mlpl.backend.subleq.drive import once

    session = program.session(words, engine)
    output = bytearray()
    session.run(once(data), output.extend, BUDGET)
    return session.result(bytes(output))


def flat(value: object) -> tuple[int, ...]:
    if isinstance(value, list):
        return tuple(x for item in value for x in flat(item))
    assert isinstance(value, int)
    return (int(value),)


def said(result: Result) -> Said:
    assert result.finished, "the machine did not halt"
    value = None if result.value is None else int(result.value)
    arrays = {name: flat(value) for name, value in result.arrays.items()}
    return Said(value, result.output, arrays, trap_of(result.trap))


def narrowed(what: Said, word_bits: int) -> Said:
    """Returns the same with output bytes modulo 2^w: a digit's code is no word of 5 bits."""
    mask = (1 << word_bits) - 1
    return replace(what, output=bytes(b & mask for b in what.output))


def climb_passes(
    module: Module, words: Sequence[Sequence[int]], data: bytes, level: str, expected: Said
) -> Module:
    """Climbs the rungs of a level's passes, with the target's costs; returns the module."""

    def watch(name: str, before: Module, after: Module) -> None:
        if after != before:
            agree(f"{name} at {level}", expected, by_ir(after, words, data))

    return optimize(module, level, [watch], costs=SubleqCosts())


def climb_engines(
    program: Program,
    words: Sequence[Sequence[int]],
    data: bytes,
    engines: Sequence[str],
    expected: Said,
) -> None:
    """Climbs the rungs of a program's engines, which agree in steps and final states too."""
    first: Result | None = None
    for engine in engines:
        result = by_engine(program, words, data, engine)
        agree(engine, expected, said(result))
        if first is not None:
            agree(f"steps of {engine}", (first.steps, first.halt), (result.steps, result.halt))
            agree(f"state of {engine}", first.state, result.state)
        first = first or result


def climb_ir(
    text: str, words: Sequence[Sequence[int]], data: bytes, word_bits: int, level: str = "O2"
) -> Said:
    """Climbs the rungs that need no memory: the interpreter, and the IR around every pass."""
    compilation = compiled(text, word_bits, level)
    expected = by_interpreter(compilation, words, data)
    agree("ir", expected, by_ir(compilation.ir, words, data))
    climb_passes(compilation.ir, words, data, level, expected)
    return expected


def climb(
    text: str,
    words: Sequence[Sequence[int]],
    data: bytes,
    word_bits: int,
    *,
    level: str = "O2",
    engines: Sequence[str] = ("machine", "network"),
) -> Said:
    """Climbs every rung; `engines` must agree in steps and final states too.

    The last rung is the machine of the baked program, on which a cell that the facts take to be
    constant faults where it is written.
    """
    expected = climb_ir(text, words, data, word_bits, level)
    program = Program(compiled(text, word_bits, level))
    climb_engines(program, words, data, engines, expected)
    climb_engines(program.bake(), words, data, ("machine",), expected)
    return expected
