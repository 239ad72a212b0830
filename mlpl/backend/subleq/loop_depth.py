"""How deep in loops the blocks of a function are."""

from __future__ import annotations

from mlpl.ir.graph import Graph


def loop_depths(flow: Graph) -> dict[str, int]:
    """Returns for each reachable block in how many loops it lies.

    A loop is taken to be everything laid out, in reverse postorder, between the target and the
    source of a backward edge, which is exact enough for weights.
    """
    position = {name: i for i, name in enumerate(flow.order)}
    change = [0] * (len(position) + 1)
    for name, here in position.items():
        for target in flow.successors[name]:
            if position[target] <= here:
                change[position[target]] += 1
                change[here + 1] -= 1
    depths, depth = {}, 0
    for name, here in position.items():
        depth += change[here]
        depths[name] = depth
    return depths
