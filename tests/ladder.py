"""The ladder of oracles: interpreter = IR before and after every pass = machine = network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlpl.base.source import Source
from mlpl.base.traps import TrapKind
from mlpl.driver import Compilation
from mlpl.ir import interpreter as ir_interpreter
from mlpl.ir.module import Module
from mlpl.ir.pipeline import optimize
from mlpl.lang import interpreter
from mlpl.options import Options
from mlpl.program import Program
from mlpl.result import Result

__all__ = ["Said", "climb", "climb_ir"]

BUDGET = 20_000_000
"""Steps after which a machine is taken to run for ever."""


@dataclass(frozen=True)
class Said:
    """What every rung must agree on."""

    value: int | None
    output: bytes
    arrays: dict[str, tuple[int, ...]]
    trap: tuple[TrapKind, str, tuple[int, ...]] | None


def trap_of(trap: object) -> tuple[TrapKind, str, tuple[int, ...]] | None:
    if trap is None:
        return None
    kind, location, values = (getattr(trap, name) for name in ("kind", "location", "values"))
    return kind, str(location), tuple(values)


def compiled(
    text: str, word_bits: int, level: str = "O2", memory: int | None = None
) -> Compilation:
    options = Options(word_bits=word_bits, level=level, memory=memory)
    return Compilation(Source("test.mlpl", text), options)


def by_interpreter(compilation: Compilation, words: Sequence[Sequence[int]], data: bytes) -> Said:
    entry = compilation.entry
    arguments = [
        w[0] if str(p.type) in ("int", "bool") else list(w)
        for p, w in zip(entry.parameters, words, strict=True)
    ]
    done = interpreter.run(compilation.typed, arguments, input=data, max_steps=2_000_000)
    assert done.finished
    value = None if done.value is None else int(done.value)
    return Said(value, done.output, dict(done.arrays), trap_of(done.trap))


def by_ir(module: Module, words: Sequence[Sequence[int]], data: bytes) -> Said:
    done = ir_interpreter.run(module, words, input=data, max_steps=50_000_000)
    arrays = {
        a.name: tuple(done.arguments[a.name]) for a in module.arguments if a.type.endswith("]")
    }
    return Said(done.value, done.output, arrays, trap_of(done.trap))


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


def climb_ir(
    text: str, words: Sequence[Sequence[int]], data: bytes, word_bits: int, level: str = "O2"
) -> Said:
    """Climbs the rungs that need no memory: the interpreter, and the IR around every pass."""
    compilation = compiled(text, word_bits, level)
    expected = narrowed(by_interpreter(compilation, words, data), word_bits)
    assert narrowed(by_ir(compilation.ir, words, data), word_bits) == expected, "ir"

    def watch(name: str, before: Module, after: Module) -> None:
        if after != before:
            assert narrowed(by_ir(after, words, data), word_bits) == expected, name

    optimize(compilation.ir, level, [watch])
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
    """Climbs every rung; `engines` must agree in steps and final states too."""
    expected = climb_ir(text, words, data, word_bits, level)
    program = Program(compiled(text, word_bits, level))
    first: Result | None = None
    for engine in engines:
        result = by_engine(program, words, data, engine)
        assert said(result) == expected, engine
        if first is not None:
            assert (result.steps, result.halt) == (first.steps, first.halt), engine
            assert result.state == first.state, engine
        first = first or result
    return expected
