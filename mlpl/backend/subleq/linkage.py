"""What the functions of a program must know about each other before any is selected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpl.backend.subleq.call_sites import CallSites
from mlpl.backend.subleq.emitter import Exits
from mlpl.backend.subleq.operator_plan import Plan
from mlpl.backend.subleq.selected import Array, Cell
from mlpl.ir.alias import Writes, writes_of_calls
from mlpl.ir.callgraph import call_graph, components
from mlpl.ir.module import Function, Module, Object, Op, Return, Value
from mlpl.ir.ranges import Ranges, program_ranges


@dataclass(frozen=True, slots=True)
class Linkage:
    """Facts about calls.

    Attributes:
        module: the program.
        cycles: for each function the functions of its cycle in the call graph, itself
            included; empty for a function that cannot be active twice.
        exits: hands out halt addresses.
        sites: what expansion finds out about each call.
        writes: what a call of each function may write.
        plan: which routine does which operator.
        known: the ranges of the functions' values, by name.
        small: whether few cells matter more than few steps.
    """

    module: Module
    cycles: Mapping[str, frozenset[str]]
    exits: Exits
    sites: CallSites
    writes: Mapping[str, Writes]
    plan: Plan
    known: Mapping[str, Ranges]
    small: bool

    def ranges(self, function: Function) -> Ranges:
        """Returns the ranges of a function's values."""
        return self.known[function.name]

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
            Array(f"{function.name}{o.name}", o.size, o.type, _source(o, function.name))
            for o in function.objects
        )

    def frame(self, name: str) -> int:
        """Returns how many stack cells an activation of a function takes for objects."""
        function = self.module.functions.get(name)
        return sum(o.size for o, _ in self.stacked(function)) if function else 0

    def parameters(self, name: str) -> tuple[Cell, ...]:
        """Returns the cells where a function expects its arguments."""
        return tuple(cell_of(p, name) for p in self.module.functions[name].parameters)

    def results(self, name: str) -> tuple[Cell, ...]:
        """Returns the cells where a function leaves its result."""
        kind = self.module.functions[name].result
        return () if kind is None else (Cell(-1, "result", kind.value, name),)

    def returns(self, name: str) -> bool:
        """Whether a function can come back."""
        if name not in self.module.functions:
            return True
        blocks = self.module.functions[name].blocks
        return any(isinstance(b.terminator, Return) for b in blocks)


def link(module: Module, *, small: bool = False) -> Linkage:
    """Returns what selection must know about calls in `module`; `small`: cells before steps."""
    callees = {
        name: tuple(dict.fromkeys(i.symbol for i in f.instructions() if i.op is Op.CALL))
        for name, f in module.functions.items()
    }
    cycles: dict[str, frozenset[str]] = {}
    for component in components(callees):
        cyclic = len(component) > 1 or component[0] in callees[component[0]]
        cycles |= {f: frozenset(component) if cyclic else frozenset() for f in component}
    writes = writes_of_calls(module, call_graph(module))
    known = program_ranges(module)
    plan = Plan(module, lambda f: known[f.name], small=small)
    return Linkage(module, cycles, Exits(), CallSites(), writes, plan, known, small)


def _source(object_: Object, function: str) -> str:
    """Returns the qualified name of the variable that `$name` or `$name.1` stands for."""
    return f"{object_.scope or function}.{object_.name[1:].partition('.')[0]}"


def cell_of(value: Value, function: str) -> Cell:
    """Returns the virtual cell of a value."""
    return Cell(value.id, value.name, value.kind.value, function, value.scope)


def back_of(function: str) -> str:
    """The label behind the one call of a function with a fixed way back."""
    return f"{function}#back"
