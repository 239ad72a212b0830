"""Pages of the documentation: their fenced blocks, and what those promise."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"

_FENCE = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<text>.*?)^```$", re.M | re.S)
_PROMISE = re.compile(r"// (?P<kind>error|warning|trap): (?P<rule>[a-z-]+)$")
_PRINTS = re.compile(r"// prints ?(?P<line>.*)$")
_START = "fn main() { "


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: the first word behind the fence.
        words: the others; `name=value` is an option.
        text: what stands in it.
        line: the line of the fence, from 1.
        span: where the text begins and ends in the page.
    """

    language: str
    words: tuple[str, ...]
    text: str
    line: int
    span: tuple[int, int]

    @property
    def options(self) -> dict[str, str]:
        return dict(word.split("=", 1) for word in self.words if "=" in word)

    @property
    def file(self) -> str | None:
        """The name of the file that the block is."""
        return next((word for word in self.words if "=" not in word), None)


def blocks(page: str) -> list[Block]:
    """Returns the fenced blocks of a page."""
    found = []
    for fence in _FENCE.finditer(page):
        language, *words = shlex.split(fence["info"]) or [""]
        line = page.count("\n", 0, fence.start()) + 1
        found.append(Block(language, tuple(words), fence["text"], line, fence.span("text")))
    return found


@dataclass(frozen=True)
class Example:
    """A program in a reference page.

    Attributes:
        line: of its fence.
        source: the program, with a `main` around it if it has none.
        output: what it writes.
        promises: line, kind (error, warning, trap) and rule of each that it names.
        options: `input` and `arguments`.
    """

    line: int
    source: str
    output: str
    promises: frozenset[tuple[int, str, str]]
    options: dict[str, str]


def examples(page: str) -> list[Example]:
    """Returns the `mlpl` blocks of a page that are programs."""
    found = blocks(page)
    result = []
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block.language != "mlpl" or block.file is not None:
            continue
        output = following.text if following and following.language == "output" else None
        result.append(_example(block, output))
    return result


def _example(block: Block, output: str | None) -> Example:
    promises, lines = set(), []
    for number, line in enumerate(block.text.split("\n"), 1):
        promise, prints = _PROMISE.search(line), _PRINTS.search(line)
        if promise:
            promises.add((number, promise["kind"], promise["rule"]))
        if prints:
            lines.append(f"{prints['line']}\n")
    source = block.text if "fn main(" in block.text else f"{_START}{block.text}}}\n"
    expected = "".join(lines) if output is None else output
    return Example(block.line, source, expected, frozenset(promises), block.options)
