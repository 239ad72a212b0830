"""The Pygments lexer and the TextMate grammar agree with the lexer of the language."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pygments.token import Comment, Error, Keyword, Name, Number, String, Whitespace

from mlpl.highlight import MlplLexer
from mlpl.lang.check.names import BUILTINS
from mlpl.lang.vocabulary import KEYWORD_TEXTS
from tests.editor_cases import EXAMPLES, LIBRARY, ROOT
from tests.editor_scopes import differences

SOURCES = [*EXAMPLES, *LIBRARY]
VSCODE = ROOT / "editors" / "vscode"
GRAMMAR = json.loads((VSCODE / "syntaxes" / "mlpl.tmLanguage.json").read_text())
TRICKY = """
fn f(/* fn */ _x1: int) -> int { // "not a string" /*
    let s = "a // b /* c \\" \\\\"; let c = '"'; let d = '\\''; let e = '/';
    return 0xFF_00 + 0b1_0 + 1_000 + _x1/2/* x */*3;
}
/* one ** two **/ fn iffy() { print("é🙂", 1 >= 2, a.len(x), intern, trueish, 7..9); }
"""


def pygments_kinds(text: str) -> list[str]:
    lexer = MlplLexer(stripnl=False, ensurenl=False)
    found: list[str] = []
    for kind, value in lexer.get_tokens(text):
        assert kind is not Error, value
        name = next(
            (
                name
                for parent, name in (
                    (Whitespace, "space"),
                    (Comment, "comment"),
                    (String, "string"),
                    (Number, "number"),
                    (Keyword, "keyword"),
                    (Name, "name"),
                )
                if str(kind).startswith(str(parent))
            ),
            "sign",
        )
        found += [name] * len(value)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_pygments_agrees_with_the_language(path: Path) -> None:
    text = path.read_text()
    lexer = MlplLexer(stripnl=False, ensurenl=False)
    assert "".join(value for _, value in lexer.get_tokens(text)) == text
    assert differences(text, pygments_kinds(text)) == []


def test_pygments_on_tricky_places() -> None:
    assert differences(TRICKY, pygments_kinds(TRICKY)) == []


def test_pygments_finds_the_lexer() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pygments.lexers"] == {"mlpl": "mlpl.highlight:MlplLexer"}
    assert (MlplLexer.aliases, MlplLexer.filenames) == (["mlpl"], ["*.mlpl"])


@pytest.mark.parametrize("text", ['"open', "/* open", "'ab'", "0x", "@", '"\\q"', "1a"])
def test_pygments_marks_what_is_wrong_and_goes_on(text: str) -> None:
    tokens = [*MlplLexer(stripnl=False, ensurenl=False).get_tokens(f"{text}\n")]
    assert "".join(value for _, value in tokens) == f"{text}\n"
    assert any(kind is Error for kind, _ in tokens)


# The TextMate grammar, read with Python's regular expressions, which mean the same here


class TextMate:
    """A reader of the part of TextMate's grammars that this one uses: line by line."""

    def __init__(self, grammar: dict[str, Any]) -> None:
        self.repository = grammar["repository"]
        self.rules = self._rules(grammar["patterns"])

    def _rules(self, patterns: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for pattern in patterns:
            if "include" in pattern:
                found += self._rules(self.repository[pattern["include"][1:]]["patterns"])
            else:
                found.append(pattern)
        return found

    def scopes(self, text: str) -> list[str]:
        """The innermost scope of every character."""
        found: list[str] = []
        inside: dict[str, Any] | None = None
        for line in text.split("\n"):
            scopes, inside = self._line(line, inside)
            found += [*scopes, ""]
        return found[:-1]

    def _line(
        self, line: str, inside: dict[str, Any] | None
    ) -> tuple[list[str], dict[str, Any] | None]:
        scopes = [""] * len(line)
        at = 0
        while True:
            rules = self.rules if inside is None else inside.get("patterns", [])
            best: tuple[re.Match[str], dict[str, Any] | None] | None = None
            if inside is not None:
                end = re.compile(inside["end"]).search(line, at)
                best = (end, None) if end else None
            for rule in rules:
                hit = re.compile(rule.get("match") or rule["begin"]).search(line, at)
                if hit and (best is None or hit.start() < best[0].start()):
                    best = hit, rule
            if inside is not None:
                stop = best[0].start() if best else len(line)
                scopes[at:stop] = [inside["name"]] * (stop - at)
            if best is None:
                return scopes, inside
            hit, rule_found = best
            name = (rule_found or inside or {}).get("name", "")
            scopes[hit.start() : hit.end()] = [name] * (hit.end() - hit.start())
            for group, capture in (rule_found or {}).get("captures", {}).items():
                start, end_ = hit.span(int(group))
                scopes[start:end_] = [capture["name"]] * (end_ - start)
            if rule_found is None:
                inside = None
            elif "begin" in rule_found:
                inside = rule_found
            at = hit.end()
            if at >= len(line) and inside is None:
                return scopes, None


def textmate_kind(scope: str) -> str:
    assert not scope.startswith("invalid"), scope
    kinds = {
        "comment": "comment",
        "string": "string",
        "constant.character": "string",
        "constant.numeric": "number",
        "constant.language": "keyword",
        "keyword.control": "keyword",
        "storage": "keyword",
        "support.type": "keyword",
        "support.function": "name",
        "entity": "name",
        "variable": "name",
        "keyword.operator": "sign",
        "punctuation": "sign",
    }
    return next((kind for head, kind in kinds.items() if scope.startswith(head)), "space")


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_textmate_agrees_with_the_language(path: Path) -> None:
    text = path.read_text()
    assert differences(text, [*map(textmate_kind, TextMate(GRAMMAR).scopes(text))]) == []


def test_textmate_on_tricky_places() -> None:
    assert differences(TRICKY, [*map(textmate_kind, TextMate(GRAMMAR).scopes(TRICKY))]) == []


def test_the_words_of_the_grammar_are_those_of_the_language() -> None:
    rules = GRAMMAR["repository"]["keywords"]["patterns"]
    written = [word for rule in rules for word in re.findall(r"[a-z]{2,}", rule["match"])]
    assert sorted(written) == sorted(KEYWORD_TEXTS)
    builtin = GRAMMAR["repository"]["names"]["patterns"][0]["match"]
    assert sorted(re.findall(r"[a-z]{2,}", builtin)) == sorted(BUILTINS)


def test_the_extension_names_files_that_exist() -> None:
    package = json.loads((VSCODE / "package.json").read_text())
    json.loads((VSCODE / "language-configuration.json").read_text())
    contributes = package["contributes"]
    paths = [package["main"], contributes["languages"][0]["configuration"]]
    paths += [grammar["path"] for grammar in contributes["grammars"]]
    assert all((VSCODE / path).is_file() for path in paths)
    settings = {name.removeprefix("mlpl.") for name in contributes["configuration"]["properties"]}
    client = (VSCODE / "client.js").read_text()
    assert all(f'settings.get("{name}")' in client for name in settings)
