"""The reference of the standard library, with the cost of every routine.

`python -m benchmarks.library` writes `docs/library.md`: modules, signatures and contracts are those
of the sources, costs are measured. `make docs` does the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import mlpl
from benchmarks.routines import CALLS, INPUTS, Array, Call
from mlpl.base.source import Source
from mlpl.lang.documentation import Documentation, documentation, file_documentation

PATH = Path(__file__).parent.parent / "docs" / "library.md"

MODULES = (
    *("math", "bits", "fixed", "primes", "random", "array", "sort", "search", "matrix", "text"),
    *("stack", "queue", "heap"),
)
"""In the order of the reference."""

INTRODUCTION = """# The standard library

The modules of L9, written in MLPL: sources are in `mlpl/stdlib/`, and `import sort;` makes
`sort.quick(a)` known. Arguments outside a routine's contract end in the trap `assertion-failed`
with a message that names the routine, also under `--unchecked`. Results that do not fit the word
wrap, as those of operators do. w is the number of bits of a word. Arrays that a routine only reads
may be constant.

This page is made by `make docs` from the comments of the sources.

**Costs** are for words of 16 bits at `-O2`, on the reference machine. *Steps* are those of a
program that makes the call once, with the arguments stated, less those of the same program without
the call; *cells* are the words that the call adds to the program's image, with all that the routine
calls in its turn. Calls that a program makes again cost their steps again, and few cells. The
arguments stand in memory when the program starts: the compiler knows none of them.
"""


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """What a call takes."""

    steps: int
    cells: int

    def __sub__(self, other: Cost) -> Cost:
        """Returns what this takes more than `other`."""
        return Cost(self.steps - other.steps, self.cells - other.cells)


def sources() -> Iterator[tuple[str, Source]]:
    """Yields the modules of the library by name."""
    for name in MODULES:
        text = files("mlpl.stdlib").joinpath(f"{name}.mlpl").read_text(encoding="utf-8")
        yield name, Source(f"{name}.mlpl", text)


def routines(source: Source) -> list[Documentation]:
    """Returns the public functions of a module."""
    found = documentation(source).values()
    return [d for d in found if d.signature.startswith("fn ") and not d.name.startswith("_")]


def constants(source: Source) -> list[Documentation]:
    """Returns the public constants of a module."""
    found = documentation(source).values()
    return [d for d in found if d.signature.startswith("const ") and not d.name.startswith("_")]


def measure(name: str, result: str, call: Call) -> Cost:
    """Returns what one call adds to a program that does nothing.

    Args:
        name: the routine, with its module.
        result: the type of its result, or "".
        call: its arguments.
    """
    made = f"{name}({', '.join(f'x{i}' for i in range(len(call)))})"
    if not result:
        return _run(name, call, "", f"{made};") - _run(name, call, "", "")
    nothing = "return 0;" if result == "int" else "return false;"
    arrow = f"-> {result} "
    return _run(name, call, arrow, f"return {made};") - _run(name, call, arrow, nothing)


def _run(name: str, call: Call, arrow: str, body: str) -> Cost:
    """Returns what a program takes whose parameters are the call's arguments."""
    types = ["int" if isinstance(value, int) else value.type for value in call]
    parameters = ", ".join(f"x{i}: {type_}" for i, type_ in enumerate(types))
    module = name.split(".")[0]
    program = mlpl.compile(f"import {module};\nfn main({parameters}) {arrow}{{ {body} }}")
    values = [value if isinstance(value, int) else value.values for value in call]
    result = program.run(*values, engine="machine", input=INPUTS.get(name, b""))
    assert result.finished and result.trap is None, (name, result.trap)
    return Cost(result.steps, len(program.image))


def reference(*, costs: bool = True) -> str:
    """Returns the text of the page; without costs nothing is run."""
    parts = [INTRODUCTION]
    for name, source in sources():
        title, _, rest = file_documentation(source).partition(": ")
        assert title == name
        parts.append(f"## {name}\n\n{rest[0].upper()}{rest[1:]}\n")
        parts += [f"### `{name}.{c.name}`\n\n{c.text}\n" for c in constants(source)]
        parts += [
            f"### `{name}.{d.signature.removeprefix('fn ')}`\n\n{d.text}\n"
            for d in routines(source)
        ]
        if costs:
            parts.append(table(name, source))
    return "\n".join(parts)


def table(module: str, source: Source) -> str:
    """Returns the costs of a module's routines."""
    lines = ["| routine | arguments | steps | cells |", "|---|---|--:|--:|"]
    for described in routines(source):
        name = f"{module}.{described.name}"
        result = described.signature.partition(" -> ")[2]
        for number, call in enumerate(CALLS[name]):
            cost = measure(name, result, call)
            shown = ", ".join(v.shown if isinstance(v, Array) else str(v) for v in call)
            first = f"`{described.name}`" if number == 0 else ""
            lines.append(f"| {first} | {shown} | {cost.steps:,} | {cost.cells:,} |")
    return "\n".join(lines) + "\n"


def without_costs(page: str) -> str:
    """Returns a page without its tables."""
    lines = [line for line in page.splitlines() if not line.startswith("|")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main() -> None:
    """Writes the page."""
    PATH.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
