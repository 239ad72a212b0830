"""Every rule that a diagnostic can name, with an explanation: one file of this folder each.

A file has a heading with the rule's name, a line with its kind and the place in docs/language.md
or docs/machine.md, the rule in one sentence, the reason, and examples of what breaks it and what
does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KINDS = {
    "error": "errors in programs",
    "warning": "warnings",
    "trap": "traps",
    "image": "errors in images",
    "command": "commands and files",
}
"""What a rule is about, and in words; in the order in which they are listed."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule, explained.

    Attributes:
        name: as diagnostics name it.
        kind: a key of `KINDS`.
        law: the numbers of the rules of the language or machine, or "".
        sentence: what the rule says.
        text: everything behind that, in Markdown.
    """

    name: str
    kind: str
    law: str
    sentence: str
    text: str

    @property
    def markdown(self) -> str:
        """The whole explanation without its heading."""
        first = f"{self.kind}, {self.law}" if self.law else self.kind
        return f"{first}\n\n{self.sentence}\n\n{self.text}\n"


@cache
def rule_names() -> tuple[str, ...]:
    """Returns the names of all rules, kind by kind, in alphabetical order."""
    order = list(KINDS)
    return tuple(sorted(_names(), key=lambda name: (order.index(explain(name).kind), name)))


@cache
def _names() -> frozenset[str]:
    found = (file.name for file in files(__name__).iterdir())
    return frozenset(name.removesuffix(".md") for name in found if name.endswith(".md"))


@cache
def explain(name: str) -> Explanation:
    """Returns the explanation of a rule.

    Raises:
        KeyError: there is no such rule.
    """
    if name not in _names():
        raise KeyError(name)
    whole = files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    heading, first, sentence, text = whole.split("\n\n", 3)
    assert heading == f"# {name}"
    kind, _, law = first.partition(", ")
    return Explanation(name, kind, law, sentence, text.rstrip("\n"))
