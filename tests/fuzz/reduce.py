"""Makes a failing case small: delta debugging on its syntax tree, its input and its arguments.

Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002; on trees as in
Misherghi and Su, "HDD: Hierarchical Delta Debugging", 2006.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from mlpl.base.diagnostics import CompileError
from tests.fuzz.case import Case
from tests.fuzz.edits import apply, edits
from tests.fuzz.trial import Failure, run
from tests.malformed import guarded


def reduce(case: Case, failure: Failure, seconds: float = 120.0) -> Case:
    """Returns a smaller case that fails at the same stage in the same way."""
    end = time.monotonic() + seconds

    def fails(smaller: Case) -> bool:
        if time.monotonic() > end:
            return False
        try:
            with guarded():
                run(smaller)
        except Failure as found:
            return found.signature == failure.signature
        except CompileError:
            return False
        return False

    while time.monotonic() < end:
        smaller = _round(case, fails)
        if smaller == case:
            break
        case = smaller
    return case


def _round(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Returns the case after one pass over all that can be left out."""
    for simpler in _settings(case):
        if fails(simpler):
            case = simpler
    case = replace(case, source=_text(case.source, lambda t: fails(replace(case, source=t))))
    for name in case.modules:
        text = case.modules[name]

        def still_fails(t: str, name: str = name, case: Case = case) -> bool:
            return fails(replace(case, modules={**case.modules, name: t}))

        case = replace(case, modules={**case.modules, name: _text(text, still_fails)})
    return case


def _settings(case: Case) -> Iterator[Case]:
    """Yields the case with less around its program."""
    for level in case.levels if len(case.levels) > 1 else ():
        yield replace(case, levels=(level,))
    yield from (replace(case, network=False),) if case.network else ()
    if case.passes:
        yield replace(case, passes=())
        for at in range(len(case.passes)):
            yield replace(case, passes=case.passes[:at] + case.passes[at + 1 :])
    for name in case.modules:
        yield replace(case, modules={n: t for n, t in case.modules.items() if n != name})
    if case.input:
        yield replace(case, input=b"")
        yield replace(case, input=case.input[: len(case.input) // 2])
        yield replace(case, input=case.input[1:])
        yield replace(case, input=case.input[:-1])


def _text(text: str, fails: Callable[[str], bool]) -> str:
    """Returns a smaller text that fails; after an edit succeeds the rest is found anew."""
    skip = 0
    while True:
        for number, edit in enumerate(edits(text)):
            if number < skip:
                continue
            smaller = apply(text, edit)
            if smaller != text and fails(smaller):
                text, skip = smaller, number
                break
        else:
            return _tidy(text, fails)


def _tidy(text: str, fails: Callable[[str], bool]) -> str:
    """Returns the text without blank lines, if it still fails then."""
    tidy = "\n".join(line for line in text.splitlines() if line.strip()) + "\n"
    return tidy if tidy != text and fails(tidy) else text
