"""The TextMate grammar in Visual Studio Code's own reader; needs Node and npm."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.editor_cases import EXAMPLES, LIBRARY, ROOT
from tests.editor_scopes import differences
from tests.test_highlight import TRICKY, VSCODE, textmate_kind

PACKAGES = ("vscode-textmate@9", "vscode-oniguruma@2")


def test_textmate_agrees_with_the_language(tmp_path: Path) -> None:
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tmp_path)]
    subprocess.run([*install, *PACKAGES], check=True, timeout=300)
    tricky = tmp_path / "tricky.mlpl"
    tricky.write_text(TRICKY)
    sources = [*EXAMPLES, *LIBRARY, tricky]
    script = ROOT / "tests" / "extended" / "textmate.js"
    grammar = VSCODE / "syntaxes" / "mlpl.tmLanguage.json"
    done = subprocess.run(
        ["node", str(script), str(grammar), *map(str, sources)],
        env={**os.environ, "NODE_PATH": str(tmp_path / "node_modules")},
        capture_output=True,
        check=True,
        timeout=120,
    )
    for path, scopes in zip(sources, json.loads(done.stdout), strict=True):
        text = path.read_text()
        units = [scope for scope in scopes if scope is not None]
        kinds = [textmate_kind(scope) for scope in by_character(text, units)]
        assert differences(text, kinds) == [], path.name


def by_character(text: str, units: list[str]) -> list[str]:
    """One scope a character, of one a UTF-16 unit."""
    found, at = [], 0
    for character in text:
        found.append(units[at])
        at += 1 if ord(character) < 0x10000 else 2
    return found
