"""The language reference: every example does what the page says, on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpl.base.diagnostics import CompileError, Diagnostic
from mlpl.base.source import Source
from mlpl.base.traps import Trap
from mlpl.driver import Compilation
from mlpl.options import Options
from mlpl.program import Program
from tests.ladder import by_engine
from tests.pages import DOCS, Example, blocks, examples

PAGE = (DOCS / "language.md").read_text()
EXAMPLES = examples(PAGE)
NAME = "example.mlpl"
ENGINES = ("interpreter", "machine", "network")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with the modules of the page."""
    folder = tmp_path_factory.mktemp("modules")
    for block in blocks(PAGE):
        if block.language == "mlpl" and block.file is not None:
            (folder / block.file).write_text(block.text)
    return folder


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line {example.line}")
def test_example(example: Example, modules: Path) -> None:
    options = Options(paths=(modules,))
    compilation = Compilation(Source(NAME, example.source), options)
    errors = {promise for promise in example.promises if promise[1] == "error"}
    try:
        warnings = compilation.warnings
        _ = compilation.entry
    except CompileError as error:
        assert {_promise(d, "error") for d in error.diagnostics} == errors
        return
    assert errors == set()
    promised = {promise for promise in example.promises if promise[1] == "warning"}
    assert {_promise(d, "warning") for d in warnings} >= promised
    _run(example, Program(compilation))


def _run(example: Example, program: Program) -> None:
    data = example.options.get("input", "").encode().decode("unicode_escape").encode()
    words = program.parse_words(example.options.get("arguments", "").split())
    traps = {promise for promise in example.promises if promise[1] == "trap"}
    for engine in ENGINES[_overflows(traps) :]:
        result = by_engine(program, words, data, engine)
        output = result.output.decode()
        assert output.removesuffix("\n") == example.output.removesuffix("\n"), engine
        assert _met(result.trap, traps) == traps, engine


def _met(trap: Trap | None, promised: set[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    """Returns the trap of a run; one in a module counts for the line that is promised."""
    if trap is None or trap.location is None:
        return set()
    lines = {line for line, _, _ in promised}
    if trap.location.path == NAME:
        lines = {trap.location.line}
    return {(line, "trap", trap.kind.value) for line in lines}


def _overflows(traps: set[tuple[int, str, str]]) -> bool:
    """Whether the program needs more memory than the machine has: the interpreter has more."""
    return any(rule == "stack-overflow" for _, _, rule in traps)


def _promise(diagnostic: Diagnostic, kind: str) -> tuple[int, str, str]:
    assert diagnostic.mark is not None
    return diagnostic.mark.span.location.line, kind, diagnostic.rule


def test_every_rule_has_examples() -> None:
    sections = PAGE.split("\n### ")
    without = {"L7.2", "L7.4"}
    for section in sections[1:]:
        rule = section.split(" ", 1)[0]
        assert ("```mlpl" in section.split("\n## ")[0]) or rule in without, rule
