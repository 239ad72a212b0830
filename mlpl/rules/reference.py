"""The rules as a chapter of the documentation: `python -m mlpl.rules.reference FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from mlpl.rules import KINDS, explain, rule_names

MARK = "<!-- What follows is written by `make docs` from mlpl/rules/. -->"


def reference() -> str:
    """Returns all explanations in Markdown, kind by kind."""
    parts = []
    for kind, title in KINDS.items():
        parts.append(f"## {title.capitalize()}\n")
        parts += [
            f"### {name}\n\n{explain(name).markdown}"
            for name in rule_names()
            if explain(name).kind == kind
        ]
    return "\n".join(parts)


def update(text: str) -> str:
    """Returns a document with the explanations behind its mark."""
    return f"{text.partition(MARK)[0]}{MARK}\n\n{reference()}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(update(path.read_text(encoding="utf-8")), encoding="utf-8")
