"""What baking leaves of the examples' networks. Run `python -m benchmarks.baking`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import mlpl
from mlpl.backend.mlp.build import CONSTRUCTIONS, build_network
from mlpl.networks import network_of

EXAMPLES = Path(__file__).parent.parent / "examples"


def row(path: Path) -> Iterator[str]:
    """Yields the entries of an example's row."""
    image = mlpl.compile_file(path).bake().image
    written = image.memory - len(image.fixed)
    yield path.stem
    yield f"{image.memory:,}"
    yield f"{written:,}"
    yield f"{written / image.memory:.1%}"
    for construction in CONSTRUCTIONS:
        universal = build_network(image.word_bits, image.memory, image.mode, construction)
        baked = network_of(image, construction)
        if construction == "lean":
            yield f"{universal.neurons:,}"
            yield f"{baked.neurons:,}"
        yield f"{baked.neurons / universal.neurons:.1%}"


def main() -> None:
    """Prints the table."""
    head = ["", "cells", "written", "share", "`lean`", "baked", *(f"`{x}`" for x in CONSTRUCTIONS)]
    sys.stdout.write(f"| {' | '.join(head)} |\n|---|{'--:|' * (len(head) - 1)}\n")
    for path in sorted(EXAMPLES.glob("*.mlpl")):
        sys.stdout.write(f"| {' | '.join(row(path))} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
