"""Holds every engine to results that a test has worked out by itself, from the rules alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlpl.base.words import wrap
from mlpl.program import Program
from tests.ladder import Said, by_engine, by_interpreter, by_ir, compiled, said

WIDTHS = (13, 16, 24, 32)


def conform(
    text: str,
    w: int,
    *,
    words: Sequence[Sequence[int]] = (),
    data: bytes = b"",
    output: str | bytes | None = None,
    arrays: Mapping[str, Sequence[int]] | None = None,
    level: str = "O2",
    engines: Sequence[str] = ("machine",),
) -> None:
    """Runs a program on interpreter, IR and engines; each must do what the test expects.

    Args:
        text: the program.
        w: bits of a word.
        words: of each argument of `main`.
        data: the input.
        output: what it writes.
        arrays: what its array parameters hold afterwards, modulo 2^w.
        level: of optimization.
        engines: what else runs it.
    """
    compilation = compiled(text, w, level)
    rungs = {
        "interpreter": by_interpreter(compilation, words, data),
        "ir": by_ir(compilation.ir, words, data),
        "optimized": by_ir(compilation.optimized, words, data),
    }
    program = Program(compilation)
    for engine in engines:
        rungs[engine] = said(by_engine(program, words, data, engine))
    for name, what in rungs.items():
        assert what.trap is None, f"{name}: {what.trap}"
        _agree(name, what, w, output, arrays)


def _agree(
    name: str,
    what: Said,
    w: int,
    output: str | bytes | None,
    arrays: Mapping[str, Sequence[int]] | None,
) -> None:
    if output is not None:
        expected = output if isinstance(output, bytes) else output.encode()
        assert what.output == expected, name
    for array, cells in (arrays or {}).items():
        assert what.arrays[array] == tuple(wrap(cell, w) for cell in cells), f"{name}: {array}"
