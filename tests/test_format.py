"""The formatter: golden layouts, and what holds for every source."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from mlpl.base.diagnostics import CompileError
from mlpl.base.source import Source
from mlpl.lang.format import format_source
from mlpl.lang.format.printer import WIDTH
from tests.generator import random_program
from tests.golden import FOLDER, Case, cases, read_case
from tests.layouts import any_layout, destroyed, formatted, one_line

ROOT = Path(__file__).parent.parent
FOLDERS = ("examples", "mlpl/stdlib", "benchmarks")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.mlpl"))


@pytest.mark.parametrize("case", cases("format"), ids=lambda case: case.path.stem)
def test_layouts(case: Case, request: pytest.FixtureRequest) -> None:
    made = {"formatted": formatted(case.sections["mlpl"])}
    case.expect(made, update=bool(request.config.getoption("--update-golden")))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_sources_of_the_repository_are_formatted(path: Path) -> None:
    text = path.read_text()
    assert formatted(text) == text, f"`mlpl fmt {path.relative_to(ROOT)}` formats it"


def _parsable() -> list[str]:
    """Returns sources of all kinds, some of each; `make fuzz` takes more."""
    texts = [path.read_text() for path in SOURCES[::4]]
    texts += [random_program(seed).source for seed in range(4)]
    for path in sorted(FOLDER.rglob("*.test")):
        text = read_case(path).sections.get("mlpl", "")
        try:
            format_source(Source("test.mlpl", text))
        except CompileError:
            continue
        texts.append(text)
    return texts


def test_every_layout_becomes_the_one() -> None:
    random = Random(1)
    for text in _parsable():
        formatted(any_layout(text, random))


def test_the_layout_depends_on_the_tokens_alone() -> None:
    random = Random(2)
    for text in _parsable()[::3]:
        line = one_line(text)
        spread = destroyed(line, random, comments=0).replace("\r", " ").replace("\n", " ")
        assert formatted(spread) == format_source(Source("test.mlpl", line))


def test_long_lines_are_broken() -> None:
    text = destroyed((ROOT / "examples/queens.mlpl").read_text(), Random(3), comments=0, longer=25)
    for line in formatted(text).split("\n"):
        assert len(line) <= WIDTH


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("", ""),
        (" \n\n\t", ""),
        ("// only\r\n\r\n\r\n// comments", "// only\n\n// comments\n"),
        ("\n\n/* a */\n\n\nvar x = 1; // b", "/* a */\n\nvar x = 1; // b\n"),
        ("var x=1;\r\n", "var x = 1;\n"),
        ("var s = \"a  //b\";var c=' ';", "var s = \"a  //b\";\nvar c = ' ';\n"),
    ],
)
def test_small_texts(text: str, made: str) -> None:
    assert formatted(text) == made


def test_syntax_errors_are_reported() -> None:
    with pytest.raises(CompileError) as caught:
        format_source(Source("test.mlpl", "fn main( { print(1; }"))
    assert caught.value.diagnostics[0].rule == "missing-parenthesis"


@pytest.mark.parametrize(
    "statement",
    [
        f"x = {'(' * 190}a{')' * 190};",
        f"x = {'+'.join('a' * 490)};",
        f"x = {'a ? b : ' * 240}c;",
        f"x = {'-' * 490}a;",
        f"x = f{'(a, b)' * 240};",
        f"x = {'f(a, ' * 190}b{')' * 190};",
        f"{'if a { } else ' * 480}{{ }}",
        f"{'{' * 190}{'}' * 190}",
        f"f({'a, ' * 2000});",
        f"f({'/* a */ ' * 2000});",
        "x // a\n = /* b */ 5;" * 500,
    ],
    ids=lambda text: text[:12],
)
def test_deep_and_long_sources(statement: str) -> None:
    text = f"fn main() {{ {statement} }}"
    made = format_source(Source("test.mlpl", text))
    assert format_source(Source("test.mlpl", made)) == made


def test_what_is_too_large_when_formatted_is_refused() -> None:
    text = f"fn main() {{ {'if x { ' * 190}{'f(); ' * 8000}{'}' * 190} }}"
    with pytest.raises(CompileError) as caught:
        format_source(Source("test.mlpl", text))
    assert caught.value.diagnostics[0].rule == "source-too-large"
