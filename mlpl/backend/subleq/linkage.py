"""What the functions of a program must know about each other before any is selected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import networkx as nx

from mlpl.backend.subleq.call_sites import CallSites
from mlpl.backend.subleq.emitter import Exits
from mlpl.backend.subleq.selected import Array, At, Slot
from mlpl.ir.module import Function, Module, Object, Op, Return


class Way(Enum):
    """How a function finds back to its caller."""

    PATCHED = "patched"
    """The caller writes the return address into the function's exit."""
    FIXED = "fixed"
    """There is one call in the whole program: the exit jumps to behind it."""
    NEVER = "never"
    """It does not return; where it has several calls, they say for debug information which."""


@dataclass(frozen=True, slots=True)
class Linkage:
    """Facts about calls.

    Attributes:
        module: the program.
        cycles: for each function the functions of its cycle in the call graph, itself
            included; empty for a function that cannot be active twice.
        ways: how each function returns.
        single: whether a function has one call in the whole program, and is not recursive.
        exits: hands out halt addresses.
        sites: what selection and expansion found out about each call.
    """

    module: Module
    cycles: Mapping[str, frozenset[str]]
    ways: Mapping[str, Way]
    single: Mapping[str, bool]
    exits: Exits
    sites: CallSites

    def stacked(self, function: Function) -> tuple[tuple[Object, int], ...]:
        """Objects that each activation has on the stack, with offsets in its frame (cells)."""
        if not self.cycles[function.name]:
            return ()
        offset, result = 0, []
        for obj in function.objects:
            result.append((obj, offset))
            offset += obj.size
        return tuple(result)

    def static(self, function: Function) -> tuple[Array, ...]:
        """Objects that have a place of their own, one for all activations."""
        if self.cycles[function.name]:
            return ()
        return tuple(
            Array(f"{function.name}{o.name}", o.size, o.type, o.name.lstrip("$"))
            for o in function.objects
        )

    def frame(self, name: str) -> int:
        """Returns how many stack cells an activation of a function takes for objects."""
        return sum(o.size for o, _ in self.stacked(self.module.functions[name]))

    def return_address(self, name: str) -> Slot | At | None:
        """Returns where callers put the return address of a function; None for a fixed one."""
        if self.single[name]:
            return None
        return exit_of(name) if self.ways[name] is Way.PATCHED else result_of(name)

    def entry(self, name: str) -> str:
        """Returns the label where callers jump to."""
        return f"{name}/{self.module.functions[name].blocks[0].name}"


def link(module: Module) -> Linkage:
    """Returns what selection must know about calls in `module`."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(module.functions)
    sites: Counter[str] = Counter()
    for function in module.functions.values():
        for i in function.instructions():
            if i.op is Op.CALL:
                graph.add_edge(function.name, i.symbol)
                sites[i.symbol] += 1
    cycles: dict[str, frozenset[str]] = {}
    for component in nx.strongly_connected_components(graph):
        name = next(iter(component))
        cyclic = len(component) > 1 or graph.has_edge(name, name)
        cycles |= {f: frozenset(component) if cyclic else frozenset() for f in component}
    ways = {}
    single = {name: sites[name] == 1 and not cycles[name] for name in module.functions}
    for function in module.functions.values():
        if not any(isinstance(b.terminator, Return) for b in function.blocks):
            ways[function.name] = Way.NEVER
        elif single[function.name]:
            ways[function.name] = Way.FIXED
        else:
            ways[function.name] = Way.PATCHED
    return Linkage(module, cycles, ways, single, Exits(), CallSites())


def result_of(function: str) -> At:
    """The cell where a function leaves its result."""
    return At(f"{function}#result")


def exit_of(function: str) -> Slot:
    """The operand that says where a function returns to; 0 while it is not active."""
    return Slot(f"{function}#exit", 2)


def back_of(function: str) -> str:
    """The return address of a function with a single call."""
    return f"{function}#back"
