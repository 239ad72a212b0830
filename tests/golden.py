"""Golden cases: a file of free text, then sections `--- title`, inputs and expectations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
_TITLE = re.compile(r"^--- (.+)$", re.M)


@dataclass(frozen=True)
class Case:
    """One file: free text, then the text of each section by its title."""

    path: Path
    text: str
    sections: Mapping[str, str]

    def expect(self, made: Mapping[str, str], *, update: bool) -> None:
        """Compares what was made with the sections, or rewrites those with it."""
        if update:
            sections = {**self.sections, **made}
            kept = {t: body for t, body in sections.items() if t in made or is_input(t)}
            parts = [f"--- {title}\n{body.strip()}\n" for title, body in kept.items()]
            self.path.write_text(f"{self.text.strip()}\n" + "\n".join(["", *parts]))
            return
        expected = {t: body.strip() for t, body in self.sections.items() if not is_input(t)}
        assert {title: body.strip() for title, body in made.items()} == expected


INPUTS = ("mlpl", "ir", "folder", "input", "arguments", "options")


def is_input(title: str) -> bool:
    """Whether a section is none of those that come out: `mlpl`, `mlpl module.mlpl`, ..."""
    return title.split()[0] in INPUTS


def read_case(path: Path) -> Case:
    text = path.read_text()
    titles = list(_TITLE.finditer(text))
    ends = [*(t.start() for t in titles[1:]), len(text)]
    sections = {t[1]: text[t.end() : end] for t, end in zip(titles, ends, strict=True)}
    return Case(path, text[: titles[0].start()], sections)


def cases(folder: str) -> list[Case]:
    return [read_case(path) for path in sorted((FOLDER / folder).glob("*.test"))]
