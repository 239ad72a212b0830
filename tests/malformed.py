"""Malformed sources and images: each is answered, in little time and memory.

    python -m tests.malformed --count 10000 --seed 1

Every input is read, parsed and checked; what is accepted is compiled. Whatever comes out must be
a program or diagnostics that render; an exception, a hang, or too much memory is a failure.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from mlpl.backend.subleq.disassembler import disassemble
from mlpl.backend.subleq.formats import read_image
from mlpl.base.diagnostics import CompileError, Diagnostic, Severity
from mlpl.base.render import json_line, render
from mlpl.driver import Compilation
from mlpl.lang.load import decode_source
from mlpl.lang.vocabulary import KEYWORD_TEXTS, TEXTS
from tests.damage import Damage
from tests.generator import random_program
from tests.golden import cases

ROOT = Path(__file__).parent.parent
PATIENCE = 60
"""Seconds of the processor after which one input hangs; each takes a fraction of one."""
MEMORY = 3 << 30
"""Bytes of address space that the process may have."""

WORDS = (
    *KEYWORD_TEXTS,
    *TEXTS.values(),
    *("+", "-", "*", "/", "%", "&", "|", "^", "~", "<<", ">>", "<", "!=", "+=", "<<=", "?", "\n"),
    *("x", "y", "i", "xs", "main", "f", "sort", "_p", "0", "1", "2", "-1", "70000", "0xff", "0b1"),
    *("'a'", "'\\n'", '"s"', '"', "'", "//", "/*", "*/", "read", "print", "len", "halt", "#", "@"),
    *("and", "or", "not", "elif", "++", "--", "..=", "...", "=>", ":=", "**", "===", "$", "`"),
)
IMAGE_WORDS = (
    *("a", "b:", "c", "start:", "?", ".", ";", ",", "[", "]", "(", ")", "+", "-", "#", "\n"),
    *("0", "1", "-1", "3", "65535", "65536", "99999999999999999999", "0x10", "[5]", "[0]", "OUT"),
    *("'a'", '"text"', '"', "'", "\\", "IN", "A -1", "?+3", "(-1)", "[999999999]"),
)


@cache
def programs() -> tuple[str, ...]:
    """Good sources, and those of the golden cases."""
    examples = [path.read_text() for path in sorted((ROOT / "examples").glob("*.mlpl"))]
    names = sorted(f.name for f in files("mlpl.stdlib").iterdir() if f.name.endswith(".mlpl"))
    library = [files("mlpl.stdlib").joinpath(name).read_text() for name in names]
    golden = [c.sections["mlpl"] for f in ("lang", "ir") for c in cases(f) if "mlpl" in c.sections]
    generated = [random_program(seed).source for seed in range(20)]
    return (*examples, *library, *golden, *generated)


@cache
def images() -> tuple[str, ...]:
    """Good images, as decimals and as assembly."""
    written = [path.read_text() for path in sorted((ROOT / "tests" / "images").glob("*.asq"))]
    made = Compilation(decode_source("x.mlpl", b"fn main(n: int) { print(n / 3, n % 3); }"))
    decimal = [made.text("image"), "9 -1 3 10 -1 6 0 0 -1 72 105 # Hi"]
    return (*written, *decimal, made.text("assembly"))


def judge_source(content: bytes) -> list[str]:
    """Returns the rules that a source breaks; compiles it where it breaks none."""
    try:
        compilation = Compilation(decode_source("test.mlpl", content))
        _ = compilation.warnings
        if compilation.has_entry:
            _ = compilation.image
    except CompileError as error:
        return _rules(error.diagnostics)
    _shown(compilation.warnings)
    return []


def judge_image(content: bytes, suffix: str) -> list[str]:
    """Returns the rules that an image breaks; disassembles it where it breaks none."""
    try:
        image = read_image(decode_source(f"test{suffix}", content))
    except CompileError as error:
        return _rules(error.diagnostics)
    assert disassemble(image)
    return []


def _rules(diagnostics: Sequence[Diagnostic]) -> list[str]:
    """Returns the rules of the errors, of which there are some, none said twice."""
    _shown(diagnostics)
    errors = [d for d in diagnostics if d.severity is Severity.ERROR]
    assert errors, "rejected without an error"
    told = Counter((d.rule, d.message, d.mark) for d in errors)
    assert max(told.values()) == 1, f"said twice: {told.most_common(1)}"
    return [d.rule for d in errors]


def _shown(diagnostics: Sequence[Diagnostic]) -> None:
    """Checks that diagnostics can be shown, and mark what is there."""
    for diagnostic in diagnostics:
        assert diagnostic.rule and diagnostic.message
        assert render(diagnostic).isprintable() or "\n" in render(diagnostic)
        assert "\n" not in json_line(diagnostic)
        for mark in (diagnostic.mark, *diagnostic.others):
            if mark is not None:
                assert 0 <= mark.span.start <= mark.span.end <= len(mark.span.source.text) + 1


class HangError(Exception):
    """An input took too long."""


@contextmanager
def guarded() -> Iterator[None]:
    """Raises HangError where the `with` takes too much of the processor, however busy it is."""

    def stop(*_: object) -> None:
        raise HangError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def inputs(seed: int) -> Iterator[tuple[bytes, Callable[[bytes], list[str]]]]:
    """Yields broken inputs, three sources for every image, and who judges each."""
    rng = random.Random(seed)
    source, image = Damage(rng, programs(), WORDS), Damage(rng, images(), IMAGE_WORDS)
    while True:
        for _ in range(3):
            yield source.next(), judge_source
        yield image.next(), partial(judge_image, suffix=rng.choice((".asq", ".dec", "")))


def run(count: int, seed: int, failed: Callable[[int, bytes], None]) -> Counter[str]:
    """Judges inputs; returns how many broke each rule, the accepted ones under ``.

    Args:
        count: how many.
        seed: which.
        failed: called within the exception of each that fails.
    """
    broken: Counter[str] = Counter()
    for number, (content, judge) in zip(range(count), inputs(seed), strict=False):
        try:
            with guarded():
                broken.update(set(judge(content)) or {""})
        except Exception:
            failed(number, content)
    return broken


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs from the command line; returns 1 where an input failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    failures = 0

    def failed(number: int, content: bytes) -> None:
        nonlocal failures
        failures += 1
        print(f"input {number} of seed {options.seed}: {content!r}", file=sys.stderr)
        traceback.print_exc(limit=-8, chain=False)

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    broken = run(options.count, options.seed, failed)
    accepted = broken.pop("", 0)
    print(f"{options.count:,} malformed inputs, {accepted:,} of them accepted, {failures} failures")
    print(f"{len(broken)} rules broken: {', '.join(sorted(broken))}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
