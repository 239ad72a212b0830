"""Layering of blocks: which layer each block of neurons stands in."""

from __future__ import annotations

from collections.abc import Sequence

from mlpl.backend.mlp.algebra.wires import Block


def topological(outputs: Sequence[Block]) -> list[Block]:
    """Returns every block that the outputs depend on, each after those it is computed from."""
    order: list[Block] = []
    entered: set[Block] = set()
    stack: list[tuple[Block, bool]] = [(block, False) for block in reversed(outputs)]
    while stack:
        block, finished = stack.pop()
        if finished:
            order.append(block)
        elif block not in entered:
            entered.add(block)
            stack.append((block, True))
            stack.extend((source, False) for source in reversed(sources(block)))
    return order


def sources(block: Block) -> list[Block]:
    """Returns the blocks that a block is computed from, in order of first use."""
    if block.wires is None:
        return []
    return list(dict.fromkeys(term.block for term in block.wires.terms))


def place(order: Sequence[Block], outputs: Sequence[Block]) -> dict[Block, int]:
    """Returns the layer of each block: 0 for the state, the last one for every output.

    Blocks with a layer of their own stand there, early ones in the first layer possible, all
    others in the last.

    Raises:
        ValueError: a block is computed from one that does not stand before its layer.
    """
    earliest: dict[Block, int] = {}
    for block in order:
        first = max((earliest[source] + 1 for source in sources(block)), default=0)
        earliest[block] = first if block.layer is None else block.layer
        if earliest[block] < first:
            raise ValueError(f"{block.name} cannot stand in layer {block.layer}, before {first}")
    depth = max(earliest[block] for block in outputs)
    layer = dict.fromkeys(order, depth)
    final = set(outputs)
    for block in reversed(order):
        if block.wires is None:
            layer[block] = 0
        elif (block.early or block.layer is not None) and block not in final:
            layer[block] = earliest[block]
        for source in sources(block):
            layer[source] = min(layer[source], layer[block] - 1)
    return layer
