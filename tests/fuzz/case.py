"""A program, what it is run with, and how it is compiled: all that a failure needs to come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One climb of the ladder.

    Attributes:
        source: the text of the main file.
        modules: the texts of the files beside it, by the names they are imported by.
        arguments: of `main`, as on the command line.
        input: what it reads.
        word_bits: w.
        checked: False to leave checks out.
        levels: of optimisation.
        passes: names of passes to run in this order as well; none if empty.
        network: whether it climbs to the network.
    """

    source: str
    modules: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    input: bytes = b""
    word_bits: int = 16
    checked: bool = True
    levels: tuple[str, ...] = ("O2",)
    passes: tuple[str, ...] = ()
    network: bool = False

    def __str__(self) -> str:
        """Returns the case as text, for people."""
        words = [f"w={self.word_bits}", "checked" if self.checked else "unchecked"]
        words += [*self.levels, *(("network",) if self.network else ())]
        lines = [f"// {' '.join(words)}"]
        lines += [f"// passes: {' '.join(self.passes)}"] if self.passes else []
        lines += [f"// arguments: {' '.join(self.arguments)}"] if self.arguments else []
        lines += [f"// input: {self.input!r}"] if self.input else []
        lines += [self.source]
        for name, text in self.modules.items():
            lines += [f"// module {name}", text]
        return "\n".join(lines)
