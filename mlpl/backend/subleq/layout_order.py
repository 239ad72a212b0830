"""The order in which blocks are laid out, and how deep in loops they are."""

from __future__ import annotations

from mlpl.ir.module import Function


def order(function: Function) -> list[str]:
    """Returns the names of the reachable blocks in reverse postorder, the entry first.

    Of two successors the first stands directly behind its predecessor, if nothing else
    reaches it later.
    """
    successors = {b.name: [e.block for e in b.edges] for b in function.blocks}
    entry = function.blocks[0].name
    seen, postorder = {entry}, []
    stack = [(entry, list(successors[entry]))]
    while stack:
        name, rest = stack[-1]
        if not rest:
            stack.pop()
            postorder.append(name)
            continue
        following = rest.pop()
        if following not in seen:
            seen.add(following)
            stack.append((following, list(successors[following])))
    return postorder[::-1]


def loop_depths(function: Function) -> dict[str, int]:
    """Returns for each reachable block in how many loops it lies.

    A loop is taken to be everything laid out between the target and the source of a backward
    edge, which is exact enough for weights.
    """
    names = order(function)
    position = {name: i for i, name in enumerate(names)}
    change = [0] * (len(names) + 1)
    for block in function.blocks:
        if block.name not in position:
            continue
        here = position[block.name]
        for target in {position[e.block] for e in block.edges}:
            if target <= here:
                change[target] += 1
                change[here + 1] -= 1
    depths, depth = {}, 0
    for i, name in enumerate(names):
        depth += change[i]
        depths[name] = depth
    return depths
