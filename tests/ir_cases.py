"""Golden cases of the IR's passes: free text, `--- ir`, then a section for each list of passes.

A section `--- fold simplify` holds the IR after these passes, in this order, on the input.
`PASSES=update` in the environment, or `pytest --update-golden`, rewrites the sections.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlpl.ir.module import Module
from mlpl.ir.pipeline import PASSES
from mlpl.ir.read import parse_module
from mlpl.ir.text import module_text
from mlpl.ir.verify import require_valid

FOLDER = Path(__file__).parent / "golden" / "ir"


@dataclass(frozen=True)
class Case:
    """One file: free text, then sections by title."""

    path: Path
    text: str
    sections: dict[str, str]

    @property
    def module(self) -> Module:
        return require_valid(parse_module(self.sections["ir"]), "the case")

    def after(self, title: str) -> str:
        """Returns the text after the passes that a section is titled by."""
        module = self.module
        for name in title.split():
            module = require_valid(PASSES[name](module), name)
        return module_text(module)

    def update(self) -> None:
        """Rewrites all sections but the input with what the passes make of it now."""
        made = {t: body if t == "ir" else self.after(t) for t, body in self.sections.items()}
        parts = [f"--- {title}\n{body}" for title, body in made.items()]
        self.path.write_text(self.text + "\n".join(parts))


def read_case(path: Path) -> Case:
    head, *rest = ("\n" + path.read_text()).split("\n--- ")
    sections: dict[str, str] = {}
    for part in rest:
        title, _, body = part.partition("\n")
        sections[title] = body.rstrip("\n") + "\n"
    return Case(path, head.removeprefix("\n") + "\n", sections)


def cases() -> list[Case]:
    return [read_case(path) for path in sorted(FOLDER.glob("*.test"))]
