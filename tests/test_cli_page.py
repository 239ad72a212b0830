"""The page about the command line: no option, exit code or variable is missing or invented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mlpl
from mlpl.cli.exits import Exit
from mlpl.cli.main import COMMANDS
from mlpl.options import STAGES
from tests.console import Shell
from tests.pages import DOCS

PAGE = (DOCS / "cli.md").read_text()
SECTIONS = {part.split("\n", 1)[0]: part for part in PAGE.split("\n## ")[1:]}
_OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][a-z-]*")


def rows(section: str) -> list[list[str]]:
    """Returns the cells of the tables in a section, without headings."""
    lines = [line for line in SECTIONS[section].split("\n") if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def documented(command: str) -> set[str]:
    """Returns the options that the page gives a command."""
    shared = [
        row[0] for row in rows("Options of several commands") if command in row[1].split(", ")
    ]
    own = [row[0] for row in rows(f"mlpl {command}")] if "| option" in _section(command) else []
    return {option for cell in [*own, *shared] for option in _OPTION.findall(cell)}


def _section(command: str) -> str:
    return SECTIONS.get(f"mlpl {command}", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_options(command: str) -> None:
    told = Shell().run(f"mlpl {command} --help").split("exit codes:")[0]
    listed = told.split("\noptions:\n")[1]
    heads = [line.split("   ")[0] for line in re.findall(r"^  (-.*)$", listed, re.M)]
    assert documented(command) == {o for head in heads for o in _OPTION.findall(head)}


def test_commands() -> None:
    assert set(COMMANDS) == {title[5:] for title in SECTIONS if title.startswith("mlpl ")}
    for command in COMMANDS:
        assert f"[`mlpl {command}`](#mlpl-{command})" in PAGE


def test_stages() -> None:
    assert ", ".join(f"`{stage}`" for stage in STAGES) in _section("build")


def test_exit_codes() -> None:
    assert [int(row[0]) for row in rows("Exit codes")] == [int(code) for code in Exit]


def test_environment_variables() -> None:
    package = Path(mlpl.__file__).parent
    used = {"NUMBA_CACHE_DIR"}
    for path in package.rglob("*.py"):
        used |= set(re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", path.read_text()))
    assert {row[0].strip("`") for row in rows("Environment variables")} == used


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_links(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target
