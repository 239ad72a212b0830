"""Every rule that a diagnostic can name is explained, with examples that do what they say."""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlpl.base.traps import TrapKind
from mlpl.cli.main import main
from mlpl.rules import KINDS, explain, rule_names
from mlpl.rules.reference import update
from tests.golden import cases
from tests.rule_examples import examples, outcome

ROOT = Path(__file__).parent.parent
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAKERS = ("Diagnostic", "error", "warning", "LiteralError", "_whole")
"""What is called with the name of a rule as its first argument."""
WITHOUT_EXAMPLES = {
    *("interrupted", "internal", "machine-size", "machine-too-large", "module-error"),
    *("mismatch", "no-program", "out-of-memory"),
}


def constants(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def named(node: ast.AST) -> Iterator[str]:
    """The names of rules that a piece of the code may give a diagnostic."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]):
            if name in MAKERS:
                yield from constants(first)
        case ast.Return(value=ast.Tuple(elts=[ast.Constant(value=str(name)), _, _])):
            yield name
        case ast.Assign(targets=[ast.Name(id="rule")], value=value):
            yield from constants(value)
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="rule"), *_])], value=ast.Tuple(elts)):
            yield from constants(elts[0])
        case _:
            return


def rules_in_code() -> set[str]:
    found = {kind.value for kind in TrapKind}
    for path in (ROOT / "mlpl").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            found.update(named(node))
    return {name for name in found if NAME.fullmatch(name)}


def test_what_the_code_names_is_explained_and_nothing_else() -> None:
    assert sorted(rules_in_code()) == sorted(rule_names())


@pytest.mark.parametrize("name", rule_names())
def test_explanations_have_their_form(name: str) -> None:
    rule = explain(name)
    assert rule.kind in KINDS
    assert re.fullmatch(r"|[LM]\d(\.\d)?(, [LM]\d(\.\d)?)*", rule.law)
    assert rule.sentence.endswith(".")
    assert set(examples(name)) == (set() if name in WITHOUT_EXAMPLES else {"Wrong", "Right"})
    laws = (ROOT / "docs" / "language.md").read_text() + (ROOT / "docs" / "machine.md").read_text()
    for law in rule.law.split(", ") if rule.law else ():
        assert re.search(rf"(\*\*|## ){law}\b", laws), law


@pytest.fixture
def run(tmp_path, monkeypatch, capfdbinary):
    """Runs `mlpl` in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(words: list[str], stdin: bytes) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        fast = ["--engine=machine"] if words[0] == "run" and "--engine" not in words else []
        code = main([*words, *fast])
        return code, capfdbinary.readouterr().err.decode()

    return run


@pytest.mark.parametrize("name", sorted(set(rule_names()) - WITHOUT_EXAMPLES))
def test_examples_break_the_rule_and_do_not(name: str, run, tmp_path, monkeypatch) -> None:
    ends: dict[str, tuple[int, list[str]]] = {}
    for title, example in examples(name).items():
        (tmp_path / title).mkdir()
        monkeypatch.chdir(tmp_path / title)
        ends[title] = outcome(example, run)
    code, broken = ends["Wrong"]
    assert broken == [name]
    assert (code == 0) == (explain(name).kind == "warning")
    assert ends["Right"] == (0, [])


def test_every_rule_of_the_language_has_a_golden_case() -> None:
    shown = "".join(text for case in cases("lang") for text in case.sections.values())
    told = set(re.findall(r"^(?:error|warning)\[([a-z0-9-]+)\]", shown, re.MULTILINE))
    kinds = ("error", "warning")
    assert {n for n in rule_names() if explain(n).kind in kinds} - told == set()


def test_the_documentation_is_up_to_date() -> None:
    text = (ROOT / "docs" / "diagnostics.md").read_text()
    assert update(text) == text, "`make docs` writes it"
    assert "[docs/diagnostics.md](docs/diagnostics.md)" in (ROOT / "README.md").read_text()


def test_explain(run, capfdbinary) -> None:
    def explained(*words: str) -> tuple[int, str]:
        code = main(["explain", *words])
        out, err = capfdbinary.readouterr()
        return code, (out + err).decode()

    code, text = explained("missing-brace")
    assert code == 0
    assert text.startswith("missing-brace: error (L4.2)\n\n") and "```" not in text
    assert '\n    if x > 0 print("positive");\n' in text.replace("        if", "    if")
    code, text = explained("index-out-of-bounds")
    assert code == 0 and "$ mlpl run pick.mlpl 3" in text
    code, text = explained()
    assert code == 0 and all(f"\n  {name} " in text for name in rule_names())
    code, text = explained("unknow-name")
    assert code == 2 and "did you mean `unknown-name`?" in text
    for odd in ("..", "../rules", "", "__init__", "a/b", "x" * 10_000):
        assert explained(odd)[0] == 2
