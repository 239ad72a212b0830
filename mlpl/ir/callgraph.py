"""Who calls whom, and which functions can be active more than once at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlpl.ir.module import Function, Module, Op


@dataclass(frozen=True, slots=True)
class CallGraph:
    """The calls of a module.

    Attributes:
        callees: of each function, each once, in order of the calls. Routines of the ops that a
            function uses count as called.
        components: the strongly connected components, callees before their callers.
        recursive: the functions that can be active more than once at a time.
    """

    callees: Mapping[str, tuple[str, ...]]
    components: tuple[tuple[str, ...], ...]
    recursive: frozenset[str]

    @property
    def cycles(self) -> dict[str, frozenset[str]]:
        """For each function the component it is in: a call of one of these may run it again."""
        return {name: frozenset(found) for found in self.components for name in found}

    def reachable(self, roots: Iterable[str]) -> frozenset[str]:
        """Returns the roots and all that they call, directly or not."""
        found: set[str] = set()
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.callees[name]
        return frozenset(found)


def call_graph(module: Module) -> CallGraph:
    """Returns the call graph of a module."""
    callees = {
        name: tuple(dict.fromkeys(_callees(function, module)))
        for name, function in module.functions.items()
    }
    found = components(callees)
    recursive = {
        name
        for component in found
        for name in component
        if len(component) > 1 or name in callees[name]
    }
    return CallGraph(callees, found, frozenset(recursive))


def _callees(function: Function, module: Module) -> Iterable[str]:
    for instruction in function.instructions():
        if instruction.op is Op.CALL:
            yield instruction.symbol
        elif instruction.op in module.routines:
            yield module.routines[instruction.op]


def components(callees: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Returns the strongly connected components, each after those that it leads to.

    Source: Tarjan, "Depth-first search and linear graph algorithms" (1972), with a stack of its
    own instead of recursion.
    """
    found: list[tuple[str, ...]] = []
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}
    for root in callees:
        if root in index:
            continue
        stack = [(root, iter(callees[root]))]
        index[root] = low[root] = len(index)
        open_[root] = None
        while stack:
            name, following = stack[-1]
            callee = next(following, None)
            if callee is None:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[name])
                if low[name] == index[name]:
                    found.append(_take(open_, name))
            elif callee not in index:
                index[callee] = low[callee] = len(index)
                open_[callee] = None
                stack.append((callee, iter(callees[callee])))
            elif callee in open_:
                low[name] = min(low[name], index[callee])
    return tuple(found)


def _take(open_: dict[str, None], root: str) -> tuple[str, ...]:
    """Removes the component of `root` from the end of the open functions and returns it."""
    found: list[str] = []
    while True:
        name, _ = open_.popitem()
        found.append(name)
        if name == root:
            return tuple(reversed(found))
